import type { MouseMap } from '../../../src-main/contract/entities';

/** As in the viewers that clinicians know. */
export const usualMouse: MouseMap = {
  left: 'window',
  middle: 'pan',
  right: 'zoom',
  shiftLeft: 'pan',
  wheel: 'scroll',
};

/** What the mouse does in the viewer: `settings.mouse`, held here so that the viewer needs no settings. */
class Mouse {
  current = $state.raw<MouseMap>(usualMouse);
}
export const mouse = new Mouse();
