import type { BoxXywh } from '../geometry/box';
import type { ImageLayout } from '../study/entities';

/** Why sizes in a place of a picture are pixels and not lengths. */
export type Unscaled = 'uncalibrated' | 'outside-regions' | 'across-regions' | 'unsafe';

export const unscaledWords: Readonly<Record<Unscaled, string>> = {
  uncalibrated: 'uncalibrated',
  'outside-regions': 'outside the calibrated regions',
  'across-regions': 'across the border of a calibrated region',
  unsafe: 'series unsafe to measure in',
};

export type PictureScale =
  | { readonly unit: 'mm'; readonly spacing: readonly [column: number, row: number] }
  | { readonly unit: 'px'; readonly why: Unscaled };

/**
 * The scale of a box in a picture. Ultrasound may show a B-mode picture and a trace side by side, each with a scale of
 * its own (PS3.3 C.8.5.5): a box is measured where it lies wholly inside one of them and touches none of another
 * scale, and nowhere else.
 *
 * @param unsafe the series has an issue for which nothing is measured in it
 */
export function scaleAt(pixels: ImageLayout, box: BoxXywh, unsafe = false): PictureScale {
  if (unsafe) return { unit: 'px', why: 'unsafe' };
  if (pixels.pixelSpacing) return { unit: 'mm', spacing: pixels.pixelSpacing };
  const regions = pixels.regions ?? [];
  if (regions.length === 0) return { unit: 'px', why: 'uncalibrated' };
  const touched = regions.filter((region) => overlap(region.boxPx, box));
  const [first] = touched;
  if (!first) return { unit: 'px', why: 'outside-regions' };
  const agree = touched.every(({ spacing }) =>
    spacing.every((mm, axis) => Math.abs(mm - first.spacing[axis]!) < 1e-4),
  );
  return agree && touched.some(({ boxPx }) => holds(boxPx, box))
    ? { unit: 'mm', spacing: first.spacing }
    : { unit: 'px', why: 'across-regions' };
}

/** Boxes are half-open; a drawn corner may lie on the edge itself. */
const within = 1e-6;

const overlap = ([ax, ay, aw, ah]: BoxXywh, [bx, by, bw, bh]: BoxXywh): boolean =>
  ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah;

const holds = ([ax, ay, aw, ah]: BoxXywh, [bx, by, bw, bh]: BoxXywh): boolean =>
  bx >= ax - within && by >= ay - within && bx + bw <= ax + aw + within && by + bh <= ay + ah + within;
