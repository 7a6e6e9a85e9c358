import { seededRandom } from '../seeded-random';
import type { Hierarchy } from './hierarchical-grouping';

/**
 * Shape shorthand: hierarchies H x {boxes Int32Array [2R - 1, 6]}; ranked Int32Array [N, 6], best first.
 */
export interface RankingOptions {
  /**
   * `random`: Uijlings et al. 2013, section 4.4: position from the top of its hierarchy times a random number, so that large
   * regions come first but not always. `hierarchical`: the positions themselves, hierarchies interleaved.
   */
  readonly ordering: 'random' | 'hierarchical';
  readonly seed: number;
  /** Regions kept. */
  readonly limit: number;
  /** A box is dropped where its IoU with a better one is above this; 1 drops equal boxes only. */
  readonly duplicateIou: number;
  /** Smallest extent along each axis of length over 1, in cells. */
  readonly minExtent: readonly [number, number, number];
}

/** One ranked list out of all hierarchies, without duplicates. */
export function rankRegions(hierarchies: readonly Hierarchy[], options: RankingOptions): Int32Array {
  const total = hierarchies.reduce((sum, { count }) => sum + count, 0);
  const boxes = new Int32Array(total * 6);
  const keys = new Float64Array(total);
  const random = seededRandom(options.seed);
  let at = 0;
  for (const hierarchy of hierarchies) {
    boxes.set(hierarchy.boxes, at * 6);
    for (let node = 0; node < hierarchy.count; node++) {
      const position = hierarchy.count - node;
      keys[at++] = options.ordering === 'random' ? position * random() : position;
    }
  }
  // Array.prototype.sort is stable: equal positions keep the order of their hierarchies.
  const order = Array.from({ length: total }, (_, n) => n).sort((a, b) => keys[a]! - keys[b]!);
  return withoutDuplicates(boxes, order, options);
}

function withoutDuplicates(boxes: Int32Array, order: readonly number[], options: RankingOptions): Int32Array {
  const { limit, duplicateIou, minExtent } = options;
  const kept = new Int32Array(Math.min(limit, order.length) * 6);
  const volumes = new Float64Array(kept.length / 6);
  let count = 0;
  for (const candidate of order) {
    if (count * 6 === kept.length) break;
    const from = candidate * 6;
    const x0 = boxes[from]!;
    const y0 = boxes[from + 1]!;
    const z0 = boxes[from + 2]!;
    const x1 = boxes[from + 3]!;
    const y1 = boxes[from + 4]!;
    const z1 = boxes[from + 5]!;
    if (x1 - x0 < minExtent[0] || y1 - y0 < minExtent[1] || z1 - z0 < minExtent[2]) continue;
    const volume = (x1 - x0) * (y1 - y0) * (z1 - z0);
    let duplicate = false;
    for (let n = 0, to = 0; n < count; n++, to += 6) {
      const other = volumes[n]!;
      // The smaller over the larger bounds the IoU from above: most pairs end here.
      const [less, more] = volume < other ? [volume, other] : [other, volume];
      if (less < duplicateIou * more) continue;
      const w = Math.min(x1, kept[to + 3]!) - Math.max(x0, kept[to]!);
      if (w <= 0) continue;
      const h = Math.min(y1, kept[to + 4]!) - Math.max(y0, kept[to + 1]!);
      if (h <= 0) continue;
      const d = Math.min(z1, kept[to + 5]!) - Math.max(z0, kept[to + 2]!);
      if (d <= 0) continue;
      const shared = w * h * d;
      const iou = shared / (volume + other - shared);
      if (iou > duplicateIou || iou === 1) {
        duplicate = true;
        break;
      }
    }
    if (duplicate) continue;
    kept.set(boxes.subarray(from, from + 6), count * 6);
    volumes[count++] = volume;
  }
  return kept.slice(0, count * 6);
}
