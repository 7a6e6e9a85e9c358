import { iouAt } from '../geometry/box-overlap';
import { BoundedBest } from './bounded-best';
import { background, type AnchorLayout, type AtssMatching } from './matching-rules';

/** How far inside the box a centre must lie, px or voxels (MONAI's min_dist; the paper's code has the same). */
const margin = 0.01;

/**
 * A box's candidates are the anchors nearest its centre, level by level; those of them are foreground whose IoU reaches
 * the mean plus the standard deviation of the candidates' IoUs. An anchor of several boxes goes to the one it overlaps most.
 *
 * Shape shorthand: as in matching-rules.ts; A: anchors a location
 * @throws RangeError where the levels do not sum to M
 */
export function matchAtss(
  anchors: Float32Array,
  boxes: Float64Array,
  layout: AnchorLayout,
  matching: AtssMatching,
): Int32Array {
  const { dimensions, anchorsPerLocation = 1 } = layout;
  const width = 2 * dimensions;
  const count = anchors.length / width;
  const levelSizes = layout.levelSizes ?? [count];
  if (levelSizes.reduce((sum, size) => sum + size, 0) !== count) {
    throw new RangeError(`levels of ${levelSizes.join(', ')} are not ${count} anchors`);
  }
  const result = new Int32Array(count).fill(background);
  const claimed = new Float64Array(count).fill(-1);
  // MONAI takes no more candidates of a level than it has locations.
  const nearest = levelSizes.map(
    (size) => new BoundedBest(Math.min(matching.candidates * anchorsPerLocation, size / anchorsPerLocation)),
  );
  const total = nearest.reduce((sum, best) => sum + best.indices.length, 0);
  const ious = new Float64Array(total);
  const candidates = new Int32Array(total);
  for (let g = 0; g < boxes.length; g += width) {
    let start = 0;
    let found = 0;
    levelSizes.forEach((size, l) => {
      const best = nearest[l]!;
      best.clear();
      for (let m = start; m < start + size; m++) {
        best.offer(m, -squaredDistance(anchors, m * width, boxes, g, dimensions));
      }
      for (let n = 0; n < best.length; n++) candidates[found++] = best.indices[n]!;
      start += size;
    });
    // One candidate has no deviation; MONAI lets it answer for the first box.
    if (total === 1) {
      result[candidates[0]!] = 0;
      continue;
    }
    for (let n = 0; n < total; n++) ious[n] = iouAt(anchors, candidates[n]! * width, boxes, g, dimensions);
    const threshold = meanPlusDeviation(ious);
    for (let n = 0; n < total; n++) {
      const m = candidates[n]!;
      if (!(ious[n]! >= threshold) || ious[n]! <= claimed[m]!) continue;
      if (matching.centerInBox && !holdsCenter(anchors, m * width, boxes, g, dimensions)) continue;
      claimed[m] = ious[n]!;
      result[m] = g / width;
    }
  }
  return result;
}

function squaredDistance(
  anchors: Float32Array,
  i: number,
  boxes: Float64Array,
  j: number,
  dimensions: 2 | 3,
): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) {
    const apart =
      (anchors[i + d]! + anchors[i + dimensions + d]! - boxes[j + d]! - boxes[j + dimensions + d]!) / 2;
    sum += apart * apart;
  }
  return sum;
}

function holdsCenter(
  anchors: Float32Array,
  i: number,
  boxes: Float64Array,
  j: number,
  dimensions: 2 | 3,
): boolean {
  for (let d = 0; d < dimensions; d++) {
    const center = (anchors[i + d]! + anchors[i + dimensions + d]!) / 2;
    if (center - boxes[j + d]! <= margin || boxes[j + dimensions + d]! - center <= margin) return false;
  }
  return true;
}

/** With the deviation of a sample (n - 1), as torch.std. */
function meanPlusDeviation(values: Float64Array): number {
  let sum = 0;
  for (const v of values) sum += v;
  const mean = sum / values.length;
  let squares = 0;
  for (const v of values) squares += (v - mean) ** 2;
  return mean + Math.sqrt(squares / (values.length - 1));
}
