import type { Box2, Box3 } from '../geometry/box';
import { iouAt } from '../geometry/box-overlap';
import { matchAtss } from './matching-atss';
import { matchNearest } from './matching-nearest';
import { background, ignored, type AnchorLayout, type IouMatching, type Matching } from './matching-rules';
import { BoundedBest } from './bounded-best';

export { background, ignored } from './matching-rules';

/**
 * Shape shorthand: as in matching-rules.ts
 * @param anchors [M, 2 D] flat
 * @param boxes G of D dimensions
 * @param layout needed in 3D, and by ATSS where there are several levels or anchors a location
 */
export function matchAnchors(
  anchors: Float32Array,
  boxes: readonly (Box2 | Box3)[],
  matching: Matching,
  layout: AnchorLayout = { dimensions: 2 },
): Int32Array {
  const width = 2 * layout.dimensions;
  const flat = new Float64Array(boxes.length * width);
  boxes.forEach((box, g) => {
    if (box.length !== width)
      throw new RangeError(`a box of ${box.length} numbers among anchors of ${width}`);
    flat.set(box, g * width);
  });
  switch (matching.kind) {
    case 'iou':
      return matchByIou(anchors, flat, layout.dimensions, matching);
    case 'top-k':
      return matchTopK(anchors, flat, layout.dimensions, matching.k);
    case 'atss':
      return matchAtss(anchors, flat, layout, matching);
    case 'nearest':
      return matchNearest(anchors, flat, layout.dimensions, matching);
  }
}

function matchByIou(
  anchors: Float32Array,
  boxes: Float64Array,
  dimensions: 2 | 3,
  options: IouMatching,
): Int32Array {
  const width = 2 * dimensions;
  const count = anchors.length / width;
  const result = new Int32Array(count).fill(background);
  if (boxes.length === 0) return result;
  const best = new Int32Array(count);
  const bestIou = new Float64Array(count);
  const highest = new Float64Array(boxes.length / width);
  for (let g = 0; g < highest.length; g++) {
    for (let m = 0; m < count; m++) {
      const iou = iouAt(anchors, m * width, boxes, g * width, dimensions);
      if (iou > bestIou[m]!) {
        bestIou[m] = iou;
        best[m] = g;
      }
      if (iou > highest[g]!) highest[g] = iou;
    }
  }
  for (let m = 0; m < count; m++) {
    if (bestIou[m]! >= options.foreground) result[m] = best[m]!;
    else if (bestIou[m]! >= options.background) result[m] = ignored;
  }
  if (options.lowQuality) {
    // As torchvision's Matcher: the anchor joins its own best box, which need not be the one that asked for it.
    // Measured again rather than remembered: G rows of M numbers are too many in a volume.
    for (let g = 0; g < highest.length; g++) {
      if (highest[g] === 0) continue;
      for (let m = 0; m < count; m++) {
        if (bestIou[m]! < highest[g]!) continue;
        if (iouAt(anchors, m * width, boxes, g * width, dimensions) === highest[g]) result[m] = best[m]!;
      }
    }
  }
  return result;
}

function matchTopK(anchors: Float32Array, boxes: Float64Array, dimensions: 2 | 3, k: number): Int32Array {
  const width = 2 * dimensions;
  const count = anchors.length / width;
  const result = new Int32Array(count).fill(background);
  const claimed = new Float64Array(count);
  const best = new BoundedBest(k);
  for (let g = 0; g < boxes.length / width; g++) {
    best.clear();
    const own = g * width;
    search: for (let m = 0; m < count; m++) {
      const at = m * width;
      // Nearly all of a patch's anchors lie elsewhere, which the slowest axis says first.
      for (let d = dimensions - 1; d >= 0; d--) {
        if (
          anchors[at + d]! >= boxes[own + dimensions + d]! ||
          anchors[at + dimensions + d]! <= boxes[own + d]!
        )
          continue search;
      }
      const iou = iouAt(anchors, at, boxes, own, dimensions);
      if (iou > 0) best.offer(m, iou);
    }
    for (let n = 0; n < best.length; n++) {
      const m = best.indices[n]!;
      if (best.values[n]! <= claimed[m]!) continue;
      claimed[m] = best.values[n]!;
      result[m] = g;
    }
  }
  return result;
}
