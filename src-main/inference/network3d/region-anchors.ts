import { box3Iou, type Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec } from '../bundle/schema';
import { anchorAt, originShift } from './anchor-at';

/**
 * The anchor of a window that overlaps each region of selective search most, without a list of all anchors: of one level
 * and shape it is the one whose centre lies nearest.
 *
 * Shape shorthand: R: regions [R, 6] flat, voxels of the window
 */
export interface RegionAnchor {
  readonly level: number;
  /** Into [D, H, W, A] of its level. */
  readonly anchor: number;
}

/** @param maps locations along x, y, z of each level @returns one a region; null where no anchor meets it */
export function nearestAnchors(
  regions: ArrayLike<number>,
  anchors: VolumeAnchorSpec,
  maps: readonly Vec3[],
): (RegionAnchor | null)[] {
  const out: (RegionAnchor | null)[] = [];
  for (let r = 0; r < regions.length; r += 6) {
    const region = [0, 1, 2, 3, 4, 5].map((n) => regions[r + n]!) as unknown as Box3;
    let best: RegionAnchor | null = null;
    let bestIou = 0;
    anchors.levels.forEach(({ stride, shapes }, level) => {
      const map = maps[level]!;
      const at = [0, 1, 2].map((a) => {
        const center = (region[a]! + region[a + 3]!) / 2 - originShift(anchors);
        const place = Math.round(center / stride[a]! - anchors.offset);
        return Math.min(map[a]! - 1, Math.max(0, place));
      }) as unknown as Vec3;
      shapes.forEach((_, shape) => {
        const iou = box3Iou(region, anchorAt(anchors, level, at, shape));
        if (iou <= bestIou) return;
        bestIou = iou;
        const location = (at[2] * map[1] + at[1]) * map[0] + at[0];
        best = { level, anchor: location * shapes.length + shape };
      });
    });
    out.push(best);
  }
  return out;
}
