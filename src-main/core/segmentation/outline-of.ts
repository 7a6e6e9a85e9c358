import { boxLpsToIjk } from '../geometry/affine';
import type { Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import { scaleAt } from '../report/picture-scale';
import type { FindingPlace, Measurement, OutlineMask, PixelLayout } from '../study/entities';
import type { Modality, VolumeGeometry } from '../volume/volume';
import { blockAround, type Block } from './block';
import { measureOutline } from './measure-outline';
import { outlineLesion } from './outline-lesion';
import { decodeMask, encodeMask, regionDims, regionOf, widened } from './outline-mask';

/** A series as far as outlines need it. */
export interface OutlinedSeries {
  readonly pixels: PixelLayout;
  readonly modality: Modality;
  /** Nothing may be measured in it: outlines only. */
  readonly unsafe: boolean;
}

/** Voxels of a half-open region of the series: [K, J, I, C], i fastest but for channels. */
export type ReadRegion = (region: Box3) => Promise<Float32Array>;

export interface OutlineResult {
  readonly mask: OutlineMask;
  readonly measurement: Measurement;
}

/** The grid of a series: a volume's, or a picture's with the scale at a box, frames being its third axis. */
function gridOf(
  { pixels, unsafe }: OutlinedSeries,
  box: Box3,
): { geometry: VolumeGeometry; unit: 'mm' | 'px'; picture: boolean } {
  if (pixels.kind === 'volume') return { geometry: pixels.geometry, unit: 'mm', picture: false };
  const scale = scaleAt(pixels, [box[0], box[1], box[3] - box[0], box[4] - box[1]], unsafe);
  const spacing: Vec3 = scale.unit === 'mm' ? [scale.spacing[0], scale.spacing[1], 1] : [1, 1, 1];
  const geometry: VolumeGeometry = {
    dims: [pixels.width, pixels.height, pixels.frames],
    spacing,
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  return { geometry, unit: scale.unit, picture: true };
}

/** Voxels of the series that a place covers, half-open, with fractions. */
export function boxInSeries(place: FindingPlace, pixels: PixelLayout): Box3 {
  if (place.space === 'lps') {
    if (pixels.kind !== 'volume') throw new RangeError('mm in a picture');
    return boxLpsToIjk(pixels.geometry, place.boxLps);
  }
  const [x, y, width, height] = place.boxPx;
  return [x, y, place.frame, x + width, y + height, place.frame + 1];
}

/** Looks for the lesion in a box. @returns null where nothing stands out */
export async function findOutline(
  series: OutlinedSeries,
  place: FindingPlace,
  read: ReadRegion,
): Promise<OutlineResult | null> {
  const box = boxInSeries(place, series.pixels);
  const { geometry, picture } = gridOf(series, box);
  const region = blockAround(box, geometry.dims, geometry.spacing, picture);
  const values = await read(region);
  const block: Block = {
    dims: regionDims(region),
    spacing: geometry.spacing,
    channels: channelsOf(series.pixels),
    values,
    box: box.map((v, n) => v - region[n % 3]!) as unknown as Box3,
  };
  const mask = encodeMask({ region, inside: outlineLesion(block, series.modality) });
  return mask && measured(series, mask, read);
}

/** Measures an outline that a hand has drawn or corrected. @returns null where it holds nothing @throws RangeError for none */
export async function measured(
  series: OutlinedSeries,
  mask: OutlineMask,
  read: ReadRegion,
): Promise<OutlineResult | null> {
  const tight = encodeMask(decodeMask(mask));
  if (!tight) return null;
  const { geometry, unit, picture } = gridOf(series, tight.region);
  const region = widened(tight.region, picture ? [2, 2, 0] : [2, 2, 2], geometry.dims);
  const measurement = measureOutline({
    mask: regionOf(decodeMask(tight), region),
    values: grey(await read(region), channelsOf(series.pixels)),
    modality: series.modality,
    geometry,
    picture,
    unit,
  });
  return measurement && { mask: tight, measurement };
}

const channelsOf = (pixels: PixelLayout): 1 | 3 => (pixels.kind === 'image' ? pixels.channels : 1);

/** Brightness of colours (ITU-R BT.601). */
function grey(values: Float32Array, channels: 1 | 3): Float32Array {
  if (channels === 1) return values;
  const out = new Float32Array(values.length / 3);
  for (let n = 0; n < out.length; n++)
    out[n] = 0.299 * values[3 * n]! + 0.587 * values[3 * n + 1]! + 0.114 * values[3 * n + 2]!;
  return out;
}
