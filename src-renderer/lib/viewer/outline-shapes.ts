import { ijkToLps } from '../../../src-main/core/geometry/affine';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import { sliceContours } from '../../../src-main/core/segmentation/contours';
import { decodeMask, regionOf, type RegionMask } from '../../../src-main/core/segmentation/outline-mask';
import { boxInSeries } from '../../../src-main/core/segmentation/outline-of';
import type { Finding, OutlineMask, PixelLayout } from '../../../src-main/core/study/entities';
import type { Cut } from './boxes';
import { normalAxis, voxelAxisAlong } from './planes';
import type { ViewPane } from './view-pane';

/** Voxel axis that a pane's slices are across, and mm (px) a voxel along each. */
export function sliceOfCut(cut: Cut, pixels: PixelLayout): { axis: 0 | 1 | 2; spacing: Vec3 } {
  if (cut.kind === 'frame' || pixels.kind === 'image') return { axis: 2, spacing: [1, 1, 1] };
  const { geometry } = pixels;
  return { axis: voxelAxisAlong(geometry, normalAxis[cut.plane]), spacing: geometry.spacing };
}

/** Voxel of the series (centres at whole numbers) as a point of the world. */
export function voxelToWorld(cut: Cut, pixels: PixelLayout, voxel: Vec3): Vec3 {
  if (pixels.kind === 'volume') return ijkToLps(pixels.geometry, voxel);
  const [sx, sy] = cut.kind === 'frame' ? cut.spacing : [1, 1];
  return [voxel[0] * sx, voxel[1] * sy, 0];
}

/** The border of a mask in the slice that a pane shows, as an SVG path; empty where it shows none. */
export function outlinePath(
  pane: ViewPane,
  cut: Cut,
  pixels: PixelLayout,
  mask: RegionMask,
  index: number,
): string {
  const { axis } = sliceOfCut(cut, pixels);
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const canvas = (u: number, v: number): string => {
    const voxel: [number, number, number] = [0, 0, 0];
    voxel[axis] = index;
    voxel[a] = u;
    voxel[b] = v;
    const [x, y] = pane.toCanvas(voxelToWorld(cut, pixels, voxel));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return sliceContours(mask, axis, index)
    .map(([u0, v0, u1, v1]) => `M${canvas(u0, v0)}L${canvas(u1, v1)}`)
    .join('');
}

/** An axis of the measurements as a pane shows it; null where it lies in another slice. */
export function axisLine(
  pane: ViewPane,
  cut: Cut,
  ends: readonly [Vec3, Vec3],
  thickness: number,
): readonly [readonly [number, number], readonly [number, number]] | null {
  const points = ends.map((end): Vec3 | null => {
    if (cut.kind === 'frame')
      return Math.round(end[2]) === cut.frame
        ? [(end[0] - 0.5) * cut.spacing[0], (end[1] - 0.5) * cut.spacing[1], 0]
        : null;
    return Math.abs(end[normalAxis[cut.plane]] - cut.position) <= thickness ? end : null;
  });
  const [p, q] = points;
  return p && q ? [pane.toCanvas(p), pane.toCanvas(q)] : null;
}

const decoded = new WeakMap<OutlineMask, RegionMask>();

/** Kept as long as the outline is: panes ask with each move. */
export function maskOf(outline: OutlineMask): RegionMask {
  const known = decoded.get(outline);
  if (known) return known;
  const mask = decodeMask(outline);
  decoded.set(outline, mask);
  return mask;
}

/** A mask that a brush can paint in: the finding's outline, with room round its box. */
export function paintable(finding: Finding, pixels: PixelLayout): RegionMask {
  const box = boxInSeries(finding.place, pixels);
  const dims = pixels.kind === 'volume' ? pixels.geometry.dims : [pixels.width, pixels.height, pixels.frames];
  const own = finding.outline?.region ?? box;
  const region = [0, 1, 2, 3, 4, 5].map((n) => {
    const a = n % 3;
    const flat = pixels.kind === 'image' && a === 2;
    const room = flat ? 0 : Math.max(8, 0.5 * (box[a + 3]! - box[a]!));
    return n < 3
      ? Math.max(0, Math.floor(Math.min(box[a]!, own[a]!) - room))
      : Math.min(dims[a]!, Math.ceil(Math.max(box[n]!, own[n]!) + room));
  }) as unknown as RegionMask['region'];
  const empty = { region, inside: new Uint8Array(0) };
  return finding.outline
    ? regionOf(maskOf(finding.outline), region)
    : regionOf({ ...empty, region: [0, 0, 0, 0, 0, 0] }, region);
}
