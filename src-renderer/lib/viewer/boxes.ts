import { box3Size, type Box3 } from '../../../src-main/core/geometry/box';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';
import { boxOpacity, boxOutline, drawnBox, normalAxis, type Plane } from './planes';

/** Where a pane cuts: a plane of the patient at a position (mm), or one frame of a picture. */
export type Cut =
  | { readonly kind: 'plane'; readonly plane: Plane; readonly position: number; readonly fade: number }
  | { readonly kind: 'frame'; readonly frame: number; readonly spacing: readonly [number, number] };

export interface Outline {
  readonly points: readonly Vec3[];
  readonly opacity: 0.5 | 1;
}

/** The outline of a finding in a pane (world points), or null where the pane does not show it. */
export function outlineIn(cut: Cut, place: FindingPlace): Outline | null {
  if (cut.kind === 'plane') {
    if (place.space !== 'lps') return null;
    const opacity = boxOpacity(place.boxLps, cut.plane, cut.position, cut.fade);
    return opacity === 0 ? null : { points: boxOutline(place.boxLps, cut.plane, cut.position), opacity };
  }
  if (place.space !== 'px' || place.frame !== cut.frame) return null;
  const [x, y, width, height] = place.boxPx;
  const [sx, sy] = cut.spacing;
  // Pixel (0,0) has its centre at the world's origin, so its edge is half a pixel before it.
  const at = (px: number, py: number): Vec3 => [(px - 0.5) * sx, (py - 0.5) * sy, 0];
  return {
    points: [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)],
    opacity: 1,
  };
}

/** The place of a finding drawn from world point `a` to `b` in a pane; null where it is too small to be meant. */
export function placeFromDrag(cut: Cut, a: Vec3, b: Vec3, pixels: PixelLayout): FindingPlace | null {
  if (cut.kind === 'plane') {
    const boxLps = drawnBox(cut.plane, a, b);
    return Math.min(...box3Size(boxLps)) < 0.5 ? null : { space: 'lps', boxLps };
  }
  if (pixels.kind !== 'image') return null;
  const [sx, sy] = cut.spacing;
  const clamp = (value: number, high: number): number => Math.min(Math.max(value, 0), high);
  const xs = [a[0], b[0]].map((x) => clamp(x / sx + 0.5, pixels.width)).sort((p, q) => p - q);
  const ys = [a[1], b[1]].map((y) => clamp(y / sy + 0.5, pixels.height)).sort((p, q) => p - q);
  const [width, height] = [xs[1]! - xs[0]!, ys[1]! - ys[0]!];
  return width < 2 || height < 2
    ? null
    : { space: 'px', boxPx: [xs[0]!, ys[0]!, width, height], frame: cut.frame };
}

/**
 * The place after its corner `corner` (as numbered by the outline) was dragged to `to`; a volume's depth across the
 * plane stays as it is. Null where nothing would be left.
 */
export function dragCorner(
  cut: Cut,
  place: FindingPlace,
  corner: number,
  to: Vec3,
  pixels: PixelLayout,
): FindingPlace | null {
  const outline = outlineIn(cut, place);
  if (!outline) return null;
  const moved = placeFromDrag(cut, outline.points[(corner + 2) % 4]!, to, pixels);
  if (!moved || moved.space !== 'lps' || place.space !== 'lps' || cut.kind !== 'plane') return moved;
  const axis = normalAxis[cut.plane];
  const box = [...moved.boxLps] as [number, number, number, number, number, number];
  box[axis] = place.boxLps[axis]!;
  box[axis + 3] = place.boxLps[axis + 3]!;
  return { space: 'lps', boxLps: box as Box3 };
}
