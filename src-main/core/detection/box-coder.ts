import type { Box2 } from '../geometry/box';

/**
 * Boxes <-> deltas relative to anchors (Ren et al. 2015, equation 2), as torchvision's and MONAI's BoxCoder.
 *
 * Shape shorthand: N: boxes; D: dimensions (2 or 3); boxes and anchors [N, 2 D] flat, lows then highs;
 *   deltas [N, 2 D]: shift of the centre along each axis, in sides of the anchor, then log of the ratio of sides
 */

/** Largest log ratio of sides, log(1000 / 16): keeps exp() finite (torchvision, detectron2, MONAI). */
export const maxLogScale = Math.log(1000 / 16);

export interface BoxCoderOptions {
  readonly dimensions: 2 | 3;
  /** [2 D]: what each delta is multiplied by when encoded (torchvision's second stage: 10, 10, 5, 5); 1 unless given. */
  readonly weights?: readonly number[];
  /** Largest log ratio of sides when decoding; {@link maxLogScale} unless given. */
  readonly clamp?: number;
}

/** @throws RangeError where anchors, boxes and weights do not belong together. @returns deltas [N, 2 D] */
export function encodeBoxesFlat(
  anchors: ArrayLike<number>,
  boxes: ArrayLike<number>,
  options: BoxCoderOptions,
): Float32Array {
  const out = new Float32Array(boxes.length);
  encodeInto(out, anchors, boxes, options);
  return out;
}

/** @throws RangeError where anchors, deltas and weights do not belong together. @returns boxes [N, 2 D] */
export function decodeBoxesFlat(
  anchors: ArrayLike<number>,
  deltas: ArrayLike<number>,
  options: BoxCoderOptions,
): Float32Array {
  const out = new Float32Array(deltas.length);
  decodeInto(out, anchors, deltas, options);
  return out;
}

/** {@link encodeBoxesFlat} of one 2D box. */
export function encodeBox(anchor: Box2, target: Box2): [number, number, number, number] {
  const out: [number, number, number, number] = [0, 0, 0, 0];
  encodeInto(out, anchor, target, { dimensions: 2 });
  return out;
}

/** {@link decodeBoxesFlat} of one 2D box. */
export function decodeBox(anchor: Box2, deltas: Box2): Box2 {
  const out: [number, number, number, number] = [0, 0, 0, 0];
  decodeInto(out, anchor, deltas, { dimensions: 2 });
  return out;
}

type Target = Float32Array | number[];

function encodeInto(
  out: Target,
  anchors: ArrayLike<number>,
  boxes: ArrayLike<number>,
  options: BoxCoderOptions,
): void {
  const { dimensions: d, width, weights } = layout(anchors, boxes, options);
  for (let at = 0; at < boxes.length; at += width) {
    for (let axis = 0; axis < d; axis++) {
      const low = at + axis;
      const high = low + d;
      const anchorSide = anchors[high]! - anchors[low]!;
      const shift = (boxes[low]! + boxes[high]! - anchors[low]! - anchors[high]!) / 2;
      out[low] = (weights[axis]! * shift) / anchorSide;
      out[high] = weights[axis + d]! * Math.log((boxes[high]! - boxes[low]!) / anchorSide);
    }
  }
}

function decodeInto(
  out: Target,
  anchors: ArrayLike<number>,
  deltas: ArrayLike<number>,
  options: BoxCoderOptions,
): void {
  const { dimensions: d, width, weights } = layout(anchors, deltas, options);
  const clamp = options.clamp ?? maxLogScale;
  for (let at = 0; at < deltas.length; at += width) {
    for (let axis = 0; axis < d; axis++) {
      const low = at + axis;
      const high = low + d;
      const side = anchors[high]! - anchors[low]!;
      const center = (anchors[low]! + anchors[high]!) / 2 + (deltas[low]! / weights[axis]!) * side;
      const half = (side * Math.exp(Math.min(deltas[high]! / weights[axis + d]!, clamp))) / 2;
      out[low] = center - half;
      out[high] = center + half;
    }
  }
}

function layout(anchors: ArrayLike<number>, values: ArrayLike<number>, options: BoxCoderOptions) {
  const { dimensions } = options;
  const width = 2 * dimensions;
  const weights = options.weights ?? new Array<number>(width).fill(1);
  if (anchors.length !== values.length || anchors.length % width !== 0) {
    throw new RangeError(`${anchors.length} and ${values.length} numbers are not pairs of ${width}`);
  }
  if (weights.length !== width) throw new RangeError(`${weights.length} weights are not ${width}`);
  return { dimensions, width, weights };
}
