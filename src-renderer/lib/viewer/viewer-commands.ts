import { layouts, type LayoutName } from '../../../src-main/core/hanging/hanging-protocol';
import { measurementKinds, type MeasurementKind } from '../../../src-main/core/measure/measurement';
import type { Command } from '../commands/commands';
import { inspect } from '../i18n/areas/inspect';
import { viewer } from '../i18n/areas/viewer';
import type { Message } from '../i18n/messages';
import type { ReviewState } from '../state/review.svelte';
import type { Inspector } from '../inspect/inspector.svelte';
import type { Measurements } from '../state/measurements.svelte';
import type { ViewerControls } from './viewer-controls.svelte';

interface ViewerContext {
  readonly review: ReviewState;
  readonly controls: ViewerControls;
  readonly measurements: Measurements;
  readonly inspector: Inspector;
  readonly openWindowEntry: () => void;
}

const measureKeys: Readonly<Record<MeasurementKind, string>> = {
  length: 'L',
  angle: 'Shift+A',
  bidirectional: 'B',
  ellipse: 'Shift+E',
  rectangle: 'Shift+B',
  probe: 'Shift+P',
};

export const layoutNames: Readonly<Record<LayoutName, Message>> = {
  protocol: viewer.layoutProtocol,
  mpr: viewer.layoutMpr,
  '1x1': viewer.layoutOne,
  '1x2': viewer.layoutTwo,
  '2x2': viewer.layoutFour,
};

/** Three planes are of volumes only. */
export const layoutsFor = (review: ReviewState): readonly LayoutName[] =>
  layouts.filter((name) => name !== 'mpr' || review.series?.pixels.kind === 'volume');

/** How pictures are shown and measured; what is said of findings is apart (review-commands). */
export function viewerCommands({
  review,
  controls,
  measurements,
  inspector,
  openWindowEntry,
}: ViewerContext): Command[] {
  const isVolume = (): boolean => review.series?.pixels.kind === 'volume';
  const isGrey = (): boolean =>
    !(review.series?.pixels.kind === 'image' && review.series.pixels.channels === 3);
  return [
    ...measurementKinds.map((kind): Command => ({
      commandId: `measure.${kind}`,
      title: viewer[kind],
      keys: [measureKeys[kind]],
      group: 'Measurements',
      run: () => controls.toggle(kind),
    })),
    {
      commandId: 'measure.clear',
      title: viewer.clearMeasurements,
      keys: [],
      group: 'Measurements',
      enabled: () => measurements.of(review.seriesId ?? '').length > 0,
      run: () =>
        measurements.remove(
          review.seriesId!,
          measurements.of(review.seriesId!).map((m) => m.measurementId),
        ),
    },
    {
      commandId: 'view.inspect',
      title: inspect.why,
      keys: ['Shift+I'],
      group: 'View',
      run: () => {
        inspector.open = !inspector.open;
      },
    },
    {
      commandId: 'view.heat',
      title: inspect.heat,
      keys: ['Shift+H'],
      group: 'View',
      run: () => {
        inspector.heat = !inspector.heat || !inspector.open;
        if (inspector.heat) inspector.open = true;
      },
    },
    {
      commandId: 'view.magnifier',
      title: viewer.magnifier,
      keys: ['M'],
      group: 'View',
      run: () => controls.toggle('magnifier'),
    },
    {
      commandId: 'view.layout',
      title: viewer.nextLayout,
      keys: ['Y'],
      group: 'View',
      run: () => {
        const all = layoutsFor(review);
        controls.layout = all[(all.indexOf(controls.layout) + 1) % all.length]!;
      },
    },
    {
      commandId: 'view.link',
      title: viewer.link,
      keys: ['Shift+Y'],
      group: 'View',
      run: () => {
        controls.linked = !controls.linked;
      },
    },
    {
      commandId: 'view.window-entry',
      title: viewer.windowEntry,
      keys: ['W'],
      group: 'View',
      enabled: isGrey,
      run: openWindowEntry,
    },
    {
      commandId: 'view.invert',
      title: viewer.invert,
      keys: ['I'],
      group: 'View',
      enabled: isGrey,
      run: () => {
        controls.inverted = !controls.inverted;
      },
    },
    {
      commandId: 'view.mirror-sides',
      title: viewer.mirrorSides,
      keys: ['F'],
      group: 'View',
      run: () => controls.mirror('sides'),
    },
    {
      commandId: 'view.mirror-ends',
      title: viewer.mirrorEnds,
      keys: ['Shift+F'],
      group: 'View',
      run: () => controls.mirror('ends'),
    },
    {
      commandId: 'view.turn',
      title: viewer.turn,
      keys: ['Shift+R'],
      group: 'View',
      run: () => controls.turn(),
    },
    {
      commandId: 'view.slab',
      title: viewer.nextSlab,
      keys: ['Z'],
      group: 'View',
      enabled: isVolume,
      run: () => controls.nextSlab(),
    },
  ];
}
