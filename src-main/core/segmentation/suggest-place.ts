import { boxIjkToLps } from '../geometry/affine';
import { box3Iou, type Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import type { FindingPlace } from '../study/entities';
import { findOutline, type OutlinedSeries, type ReadRegion } from './outline-of';

/** A place that somebody points at. */
export type PointedAt =
  | { readonly space: 'lps'; readonly point: Vec3 }
  | { readonly space: 'px'; readonly frame: number; readonly point: readonly [number, number] };

/** Sides of the boxes that are tried around a point: mm in a volume, shares of the shorter side in a picture. */
const sidesMm = [8, 14, 24, 40] as const;
const sideShares = [0.06, 0.12, 0.22, 0.4] as const;
/** A box grows by this around the outline, mm or px. */
const room = 1;
/** What fills the tried box less than this was not meant. */
const leastFit = 0.12;

/**
 * A box around what stands out at a point: boxes of several sizes are tried, and that one taken whose outline fills it best
 * without running out of it.
 *
 * @returns null where nothing stands out
 */
export async function suggestPlace(
  series: OutlinedSeries,
  at: PointedAt,
  read: ReadRegion,
): Promise<FindingPlace | null> {
  let best: { fit: number; place: FindingPlace } | null = null;
  for (const tried of boxesAround(series, at)) {
    const found = await findOutline(series, tried, read);
    if (!found) continue;
    const place = placeOf(found.mask.region, tried, series);
    const fit = overlap(place, tried);
    // A thing of another size reaches beyond a box that is too small, or is a speck in one too large.
    if (fit >= leastFit && (!best || fit > best.fit)) best = { fit, place };
  }
  return best?.place ?? null;
}

function boxesAround({ pixels }: OutlinedSeries, at: PointedAt): FindingPlace[] {
  if (at.space === 'lps') {
    const [x, y, z] = at.point;
    return sidesMm.map((side) => {
      const h = side / 2;
      return { space: 'lps', boxLps: [x - h, y - h, z - h, x + h, y + h, z + h] };
    });
  }
  if (pixels.kind !== 'image') throw new RangeError('px in a volume');
  const shorter = Math.min(pixels.width, pixels.height);
  return sideShares.map((share) => {
    const side = Math.max(4, share * shorter);
    return {
      space: 'px',
      boxPx: [at.point[0] - side / 2, at.point[1] - side / 2, side, side],
      frame: at.frame,
    };
  });
}

function placeOf(region: Box3, like: FindingPlace, { pixels }: OutlinedSeries): FindingPlace {
  if (like.space === 'lps' && pixels.kind === 'volume') {
    const box = boxIjkToLps(pixels.geometry, region);
    return { space: 'lps', boxLps: box.map((v, n) => v + (n < 3 ? -room : room)) as unknown as Box3 };
  }
  if (like.space === 'lps' || pixels.kind !== 'image') throw new RangeError('mm in a picture');
  const x = Math.max(0, region[0] - room);
  const y = Math.max(0, region[1] - room);
  const right = Math.min(pixels.width, region[3] + room);
  const bottom = Math.min(pixels.height, region[4] + room);
  return { space: 'px', boxPx: [x, y, right - x, bottom - y], frame: like.frame };
}

function overlap(a: FindingPlace, b: FindingPlace): number {
  if (a.space === 'lps' && b.space === 'lps') return box3Iou(a.boxLps, b.boxLps);
  if (a.space !== 'px' || b.space !== 'px') return 0;
  const deep = ({ boxPx: [x, y, width, height] }: typeof a): Box3 => [x, y, 0, x + width, y + height, 1];
  return box3Iou(deep(a), deep(b));
}
