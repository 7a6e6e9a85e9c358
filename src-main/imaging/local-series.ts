import { AppError } from '../core/app-error';
import type {
  ChosenVolume,
  ImageLayout,
  PixelLayout,
  ScannedSeries,
  VolumeLayout,
} from '../core/study/entities';
import { guessedBodyPart } from '../core/study/guess-notes';
import type { Modality, VoxelArray } from '../core/volume/volume';
import { percentileWindow, windowsFor } from '../core/volume/windowing';
import { valueRange, voxelTypeOf } from '../core/volume/voxels';
import { hashFiles, type GridFile } from './grid-file';
import { guessBodyPart, guessPhotoModality, guessVolumeModality, isLabelMap, pathWords, stem } from './guess';
import { readMetaImage } from './metaimage/read';
import { readNifti } from './nifti/read';
import { readNrrd } from './nrrd/read';
import { statFile } from './open-source';
import { openRaster, type RasterFormat } from './raster/read';
import { contentUid } from './uid';

type LocalFormat = Exclude<ScannedSeries['format'], 'dicom'>;
type GridFormat = Extract<LocalFormat, 'nifti' | 'nrrd' | 'metaimage'>;

const gridReaders: Readonly<Record<GridFormat, (file: string, volume?: number) => Promise<GridFile>>> = {
  nifti: readNifti,
  nrrd: readNrrd,
  metaimage: readMetaImage,
};

const isGrid = (format: LocalFormat): format is GridFormat => format in gridReaders;

/**
 * Series of files that name no patient, study or modality: one file, one study, ids made from content.
 *
 * @param volume of files that hold several volumes the one to show, from 0.
 */
export async function scanLocalFile(file: string, format: LocalFormat, volume = 0): Promise<ScannedSeries> {
  const found = isGrid(format) ? await scanGrid(file, format, volume) : await scanPhoto(file, format);
  const stamps = await Promise.all(found.files.map(statFile));
  const chosen = found.volume;
  const named = chosen ? `, volume ${chosen.index + 1} of ${chosen.count}` : '';
  return {
    format,
    patient: { id: '', name: stem(file), birthDate: '', sex: '' },
    studyInstanceUid: contentUid('study', found.contentHash),
    studyDescription: '',
    studyDate: '',
    seriesInstanceUid: contentUid(
      'series',
      // The first volume keeps the id that the file had when only that one could be read.
      chosen && chosen.index > 0 ? `${found.contentHash} volume ${chosen.index}` : found.contentHash,
    ),
    seriesDescription: stem(file) + named,
    modality: found.modality,
    bodyPart: found.bodyPart,
    bodyPartGuessed: found.bodyPart !== '',
    files: found.files,
    fileStamps: stamps.map(({ size, mtimeMs }) => ({ size, mtimeMs })),
    pixels: found.pixels,
    dicom: null,
    ...(chosen && { volume: chosen }),
    warnings: found.warnings,
    analysable: true,
  };
}

interface Found {
  readonly files: readonly string[];
  readonly volume: ChosenVolume | null;
  readonly contentHash: string;
  readonly modality: Modality;
  readonly bodyPart: string;
  readonly pixels: PixelLayout;
  readonly warnings: readonly string[];
}

async function scanPhoto(file: string, format: RasterFormat): Promise<Found> {
  const raster = await openRaster(file, format);
  try {
    const photo = await raster.readFrame(0);
    const range = valueRange(photo.data);
    for (let frame = 1; frame < raster.frames; frame++) {
      const [low, high] = valueRange((await raster.readFrame(frame)).data);
      range[0] = Math.min(range[0], low);
      range[1] = Math.max(range[1], high);
    }
    const guess = guessBodyPart(...pathWords(file));
    const modality = guessPhotoModality(file, guess?.photo ?? 'OT');
    const bodyPart = guess?.bodyPart ?? '';
    // 8-bit pictures are shown as they are; deeper ones by what they hold.
    const voi =
      photo.data instanceof Uint8Array
        ? [{ name: 'As stored', center: 128, width: 256 }]
        : windowsFor(modality, bodyPart, [], range, percentileWindow(photo.data));
    const pixels: ImageLayout = {
      kind: 'image',
      width: photo.width,
      height: photo.height,
      frames: raster.frames,
      channels: photo.channels,
      voxelType: voxelTypeOf(photo.data),
      pixelSpacing: null,
      valueRange: range,
      voi,
    };
    const warnings = [...raster.warnings, 'A picture without calibration: sizes are in pixels.'];
    if (guess) warnings.push(guessedBodyPart(guess.bodyPart, "the file's name or folder"));
    return {
      files: [file],
      volume: null,
      contentHash: raster.contentHash,
      modality,
      bodyPart,
      pixels,
      warnings,
    };
  } finally {
    await raster.close();
  }
}

async function scanGrid(file: string, format: GridFormat, volume: number): Promise<Found> {
  const grid = await gridReaders[format](file, volume);
  if (isLabelMap(file, grid.data, grid.valueRange)) {
    throw new AppError('file.unsupported', 'a mask, not an image', 'Open the image that it was drawn on.', {
      file,
    });
  }
  const { modality, warning } = guessVolumeModality(grid.valueRange);
  const guess = guessBodyPart(...pathWords(file), grid.description);
  const bodyPart = guess?.bodyPart ?? '';
  const voi = windowsFor(
    modality,
    bodyPart,
    [],
    grid.valueRange,
    modality === 'CT' ? null : percentileWindow(grid.data),
  );
  const warnings = [...grid.warnings, warning];
  if (guess) warnings.push(guessedBodyPart(guess.bodyPart, "the file's name or folder"));
  return {
    files: grid.files,
    volume: grid.volume,
    contentHash: await hashFiles(grid.files),
    modality,
    bodyPart,
    pixels: gridLayout(grid, voi),
    warnings,
  };
}

/** The voxels of a scanned series of one volume file. */
export const readGrid = async (series: ScannedSeries, format: GridFormat): Promise<VoxelArray> =>
  (await gridReaders[format](series.files[0]!, series.volume?.index)).data;

/** One slice has no third dimension to page or measure in: it is a calibrated picture. */
function gridLayout(grid: GridFile, voi: VolumeLayout['voi']): PixelLayout {
  const shared = { voxelType: voxelTypeOf(grid.data), valueRange: grid.valueRange, voi };
  const { dims, spacing } = grid.geometry;
  return dims[2] > 1
    ? { kind: 'volume', geometry: grid.geometry, ...shared }
    : {
        kind: 'image',
        width: dims[0],
        height: dims[1],
        frames: 1,
        channels: 1,
        pixelSpacing: [spacing[0], spacing[1]],
        ...shared,
      };
}
