import { AppError } from '../core/app-error';
import type { RgbaImage } from '../core/report/report';
import type { FindingPlace } from '../core/study/entities';
import { boxInSlice, cropToRgba, type Picture } from '../core/volume/crop';
import type { SeriesReader } from '../imaging';

/** The picture round a finding. @throws AppError request.invalid where it lies in another kind of series */
export async function crop(
  reader: SeriesReader,
  place: FindingPlace,
  { size, drawBox, signal }: { size: number; drawBox: boolean; signal?: AbortSignal | undefined },
): Promise<RgbaImage> {
  const { pixels } = reader;
  if (pixels.kind === 'volume' && place.space === 'lps') {
    const { geometry, voi, valueRange } = pixels;
    const { slice, box } = boxInSlice(geometry, place.boxLps);
    const picture: Picture = {
      data: await reader.readSlice(slice, { signal }),
      width: geometry.dims[0],
      height: geometry.dims[1],
      channels: 1,
      voi,
      valueRange,
      pixelSpacing: [geometry.spacing[0], geometry.spacing[1]],
    };
    return cropToRgba(picture, { box, size, drawBox });
  }
  if (pixels.kind === 'image' && place.space === 'px') {
    const [x, y, width, height] = place.boxPx;
    const data = await reader.readSlice(place.frame, { signal });
    return cropToRgba({ ...pixels, data }, { box: [x, y, x + width, y + height], size, drawBox });
  }
  throw new AppError('request.invalid', 'The box does not lie in this series.', 'Reload the study.');
}
