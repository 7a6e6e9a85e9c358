import { iouAt } from '../geometry/box-overlap';
import { BoundedBest } from './bounded-best';
import { background, ignored, type NearestMatching } from './matching-rules';

/** Shapes whose fit differs by less are one: corners far from the origin are rounded to float32. */
const sameFit = 1e-4;

/**
 * {@link NearestMatching}
 * Shape shorthand: as in matching-rules.ts
 */
export function matchNearest(
  anchors: Float32Array,
  boxes: Float64Array,
  dimensions: 2 | 3,
  matching: NearestMatching,
): Int32Array {
  const width = 2 * dimensions;
  const count = anchors.length / width;
  const result = new Int32Array(count).fill(background);
  const fits = new Float64Array(count);
  const nearest = new BoundedBest(Math.min(matching.k, count));
  for (const g of smallestFirst(boxes, dimensions)) {
    const at = g * width;
    let bestFit = 0;
    for (let m = 0; m < count; m++) {
      const fit = result[m] === background ? centredIou(anchors, m * width, boxes, at, dimensions) : 0;
      fits[m] = fit;
      if (fit > bestFit) bestFit = fit;
    }
    if (bestFit === 0) continue;
    nearest.clear();
    for (let m = 0; m < count; m++) {
      if (fits[m]! < bestFit - sameFit) continue;
      let distance = 0;
      for (let d = 0; d < dimensions; d++) {
        const low = m * width + d;
        const apart =
          anchors[low]! + anchors[low + dimensions]! - boxes[at + d]! - boxes[at + dimensions + d]!;
        distance += apart * apart;
      }
      nearest.offer(m, -distance);
    }
    for (let n = 0; n < nearest.length; n++) result[nearest.indices[n]!] = g;
  }
  if (matching.ignoreAbove === undefined) return result;
  for (let g = 0; g < boxes.length; g += width) {
    for (let m = 0; m < count; m++) {
      if (result[m] !== background) continue;
      if (iouAt(anchors, m * width, boxes, g, dimensions) > matching.ignoreAbove) result[m] = ignored;
    }
  }
  return result;
}

/** IoU of two boxes moved to one centre: of their shapes alone. */
function centredIou(
  anchors: Float32Array,
  i: number,
  boxes: Float64Array,
  j: number,
  dimensions: 2 | 3,
): number {
  let shared = 1;
  let first = 1;
  let second = 1;
  for (let d = 0; d < dimensions; d++) {
    const a = anchors[i + dimensions + d]! - anchors[i + d]!;
    const b = boxes[j + dimensions + d]! - boxes[j + d]!;
    shared *= a < b ? a : b;
    first *= a;
    second *= b;
  }
  return shared > 0 ? shared / (first + second - shared) : 0;
}

function smallestFirst(boxes: Float64Array, dimensions: 2 | 3): number[] {
  const width = 2 * dimensions;
  const volumes = Array.from({ length: boxes.length / width }, (_, g) => {
    let product = 1;
    for (let d = 0; d < dimensions; d++)
      product *= boxes[g * width + dimensions + d]! - boxes[g * width + d]!;
    return product;
  });
  return volumes.map((_, g) => g).sort((a, b) => volumes[a]! - volumes[b]! || a - b);
}
