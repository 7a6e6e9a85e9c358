import { utilities, type Types } from '@cornerstonejs/core';
import type { SeriesSummary } from '../../../src-main/contract/entities';
import type { ImageLayout } from '../../../src-main/core/study/entities';
import { invoke } from '../api/client';
import { textureArray, voxelView } from './voxel-arrays';

interface OpenPicture {
  readonly seriesId: string;
  readonly pixels: ImageLayout;
  readonly modality: string;
}

/** Series whose frames may be asked for: Cornerstone names a frame by a string only. */
const open = new Map<string, OpenPicture>();

/** Cornerstone's image ids of a picture series, one a frame. */
export function openFrames(series: SeriesSummary): string[] {
  const { pixels, seriesId, modality } = series;
  if (pixels.kind !== 'image') throw new TypeError('openFrames takes a picture series');
  open.set(seriesId, { seriesId, pixels, modality });
  return Array.from({ length: pixels.frames }, (_, frame) => `regio:${seriesId}:${frame}`);
}

function parse(imageId: string): { picture: OpenPicture; frame: number } | null {
  const match = /^regio:(.+):(\d+)$/.exec(imageId);
  const picture = match && open.get(match[1]!);
  return picture ? { picture, frame: Number(match[2]) } : null;
}

/** [column, row] spacing; 1 where the picture is not calibrated, so that world units are then pixels. */
const spacingOf = (pixels: ImageLayout): readonly [number, number] => pixels.pixelSpacing ?? [1, 1];

/** Cornerstone's metadata provider for `regio:` pictures: they lie in a plane of their own, pixel (0,0) at the origin. */
export function frameMetadata(type: string, imageId: string): unknown {
  const found = typeof imageId === 'string' ? parse(imageId) : null;
  if (!found) return undefined;
  const { pixels, modality, seriesId } = found.picture;
  const [columnSpacing, rowSpacing] = spacingOf(pixels);
  switch (type) {
    case 'imagePlaneModule':
      return {
        frameOfReferenceUID: seriesId,
        rows: pixels.height,
        columns: pixels.width,
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        imagePositionPatient: [0, 0, 0],
        pixelSpacing: [rowSpacing, columnSpacing],
        rowPixelSpacing: rowSpacing,
        columnPixelSpacing: columnSpacing,
      };
    case 'imagePixelModule': {
      const bits = pixels.voxelType === 'uint8' ? 8 : pixels.voxelType.endsWith('16') ? 16 : 32;
      return {
        rows: pixels.height,
        columns: pixels.width,
        samplesPerPixel: pixels.channels,
        photometricInterpretation: pixels.channels === 3 ? 'RGB' : 'MONOCHROME2',
        bitsAllocated: bits,
        bitsStored: bits,
        highBit: bits - 1,
        pixelRepresentation: pixels.voxelType.startsWith('u') ? 0 : 1,
      };
    }
    case 'generalSeriesModule':
      return { modality, seriesInstanceUID: seriesId };
    case 'voiLutModule': {
      const window = defaultWindow(pixels);
      return { windowCenter: [window.center], windowWidth: [window.width] };
    }
    default:
      return undefined;
  }
}

function defaultWindow(pixels: ImageLayout): { center: number; width: number } {
  const [low, high] = pixels.valueRange;
  return pixels.voi[0] ?? { center: (low + high) / 2, width: Math.max(high - low, 1) };
}

/** Cornerstone's image loader for `regio:` ids. */
export function loadFrame(imageId: string): { promise: Promise<Types.IImage> } {
  return { promise: load(imageId) };
}

async function load(imageId: string): Promise<Types.IImage> {
  const found = parse(imageId);
  if (!found) throw new Error(`no open picture for ${imageId}`);
  const { picture, frame } = found;
  const { pixels, seriesId } = picture;
  const [slice] = await invoke('series.readSlices', { seriesId, indices: [frame] });
  if (!slice) throw new Error(`main sent no frame ${frame}`);
  const raw = voxelView(pixels.voxelType, slice.data);
  const data = textureArray(pixels.voxelType, raw.length);
  data.set(raw);
  const { width, height, channels } = pixels;
  const [columnSpacing, rowSpacing] = spacingOf(pixels);
  const window = defaultWindow(pixels);
  return {
    imageId,
    dataType: data.constructor.name as Types.PixelDataTypedArrayString,
    minPixelValue: pixels.valueRange[0],
    maxPixelValue: pixels.valueRange[1],
    slope: 1,
    intercept: 0,
    windowCenter: window.center,
    windowWidth: window.width,
    voiLUTFunction: 'LINEAR' as Types.IImage['voiLUTFunction'],
    getPixelData: () => data,
    getCanvas: () => {
      throw new Error('pictures are drawn from their pixels');
    },
    rows: height,
    columns: width,
    height,
    width,
    color: channels === 3,
    rgba: false,
    numberOfComponents: channels,
    columnPixelSpacing: columnSpacing,
    rowPixelSpacing: rowSpacing,
    invert: false,
    photometricInterpretation: channels === 3 ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: data.byteLength,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width,
      height,
      numberOfComponents: channels,
      scalarData: data,
    }) as Types.IImage['voxelManager'],
  };
}
