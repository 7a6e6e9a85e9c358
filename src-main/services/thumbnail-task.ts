import { encode } from 'fast-png';
import type { EngineOutput } from '../contract/engine-protocol';
import type { Picture } from '../core/volume/crop';
import { asStored, thumbnailOf, turnOfSlices } from '../core/volume/thumbnail';
import type { SeriesReader } from '../imaging';

/** The middle slice of a volume, turned as the viewer shows it; of pictures the first, as it is stored. */
export async function makeThumbnail(
  reader: SeriesReader,
  size: number,
  signal: AbortSignal | undefined,
): Promise<EngineOutput<'thumbnail'>> {
  const { pixels } = reader;
  const isVolume = pixels.kind === 'volume';
  // The slice that the viewer shows first.
  const index = isVolume ? Math.floor(pixels.geometry.dims[2] / 2) : 0;
  const data = await reader.readSlice(index, { signal });
  const picture: Picture = isVolume
    ? {
        data,
        width: pixels.geometry.dims[0],
        height: pixels.geometry.dims[1],
        channels: 1,
        voi: pixels.voi,
        valueRange: pixels.valueRange,
        pixelSpacing: [pixels.geometry.spacing[0], pixels.geometry.spacing[1]],
      }
    : { ...pixels, data };
  const small = thumbnailOf(picture, size, isVolume ? turnOfSlices(pixels.geometry) : asStored);
  const png = encode({ ...small, depth: 8 });
  return { width: small.width, height: small.height, png: png.slice().buffer };
}
