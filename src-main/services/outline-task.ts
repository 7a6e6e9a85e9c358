import { AppError } from '../core/app-error';
import type { Box3 } from '../core/geometry/box';
import { suggestPlace } from '../core/segmentation/suggest-place';
import { findOutline, measured, type OutlinedSeries, type ReadRegion } from '../core/segmentation/outline-of';
import { isUnsafe } from '../core/volume/series-issues';
import type { EngineInput, EngineOutput } from '../contract/engine-protocol';
import type { ScannedSeries } from '../contract/entities';
import type { SeriesReader } from '../imaging';
import { mutable } from './mutable';

/** The lesion in a box and its measurements, or those of a mask that a hand drew; null: nothing stands out. */
export async function outlineTask(
  reader: SeriesReader,
  { series, place, mask }: EngineInput<'outline'>,
  signal: AbortSignal | undefined,
): Promise<EngineOutput<'outline'>> {
  const source = outlined(reader, series);
  const read = readFrom(reader, signal);
  try {
    return mutable(await (mask ? measured(source, mask, read) : findOutline(source, place, read)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('request.invalid', 'This outline does not lie in its series.', 'Reload the study.');
  }
}

/** A box around what stands out at a point; null: nothing does. */
export async function suggestTask(
  reader: SeriesReader,
  { series, point }: EngineInput<'suggestBox'>,
  signal: AbortSignal | undefined,
): Promise<EngineOutput<'suggestBox'>> {
  return mutable(await suggestPlace(outlined(reader, series), point, readFrom(reader, signal)));
}

const outlined = ({ pixels }: SeriesReader, series: ScannedSeries): OutlinedSeries => ({
  pixels,
  modality: series.modality,
  unsafe: isUnsafe(series.issues ?? []),
});

/** Regions of a series, slice by slice: no more is read than is needed. */
function readFrom(reader: SeriesReader, signal: AbortSignal | undefined): ReadRegion {
  const { pixels } = reader;
  const [width, height, channels] =
    pixels.kind === 'volume'
      ? [pixels.geometry.dims[0], pixels.geometry.dims[1], 1]
      : [pixels.width, pixels.height, pixels.channels];
  const slices = pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;
  return async (region: Box3) => {
    const [i0, j0, k0, i1, j1, k1] = region;
    if (i0 < 0 || j0 < 0 || k0 < 0 || i1 > width || j1 > height || k1 > slices)
      throw new RangeError('a region beyond the series');
    const row = (i1 - i0) * channels;
    const out = new Float32Array(row * (j1 - j0) * (k1 - k0));
    let at = 0;
    for (let k = k0; k < k1; k++) {
      const slice = await reader.readSlice(k, { signal });
      for (let j = j0; j < j1; j++, at += row) {
        const from = (i0 + width * j) * channels;
        out.set(slice.subarray(from, from + row), at);
      }
    }
    return out;
  };
}
