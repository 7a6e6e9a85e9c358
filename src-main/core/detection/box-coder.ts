import type { Box2 } from '../geometry/box';

/**
 * Boxes <-> deltas relative to anchors (Ren et al. 2015, equation 2), weights 1.
 * Shape shorthand: a box is [x0, y0, x1, y1] px; deltas are [dx, dy, dw, dh]
 */

/** Largest dw and dh, log(1000 / 16): keeps exp() finite (torchvision, detectron2). */
export const maxLogScale = Math.log(1000 / 16);

export function encodeBox(anchor: Box2, target: Box2): [number, number, number, number] {
  const [ax, ay, aw, ah] = centerForm(anchor);
  const [tx, ty, tw, th] = centerForm(target);
  return [(tx - ax) / aw, (ty - ay) / ah, Math.log(tw / aw), Math.log(th / ah)];
}

export function decodeBox(anchor: Box2, deltas: Box2): Box2 {
  const [ax, ay, aw, ah] = centerForm(anchor);
  const x = ax + deltas[0] * aw;
  const y = ay + deltas[1] * ah;
  const w = aw * Math.exp(Math.min(deltas[2], maxLogScale));
  const h = ah * Math.exp(Math.min(deltas[3], maxLogScale));
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}

function centerForm(b: Box2): readonly [number, number, number, number] {
  return [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, b[2] - b[0], b[3] - b[1]];
}
