import { boxLpsToIjk } from '../geometry/affine';
import type { Box2, Box3 } from '../geometry/box';
import type { RgbaImage } from '../report/report';
import type { VoiWindow, VolumeGeometry, VoxelArray } from './volume';
import { applyWindow, windowOfRange } from './windowing';

// Shape shorthand: Box2 = [x0, y0, x1, y1] in pixels, half-open; RGBA rows top to bottom.

export interface Picture {
  readonly data: VoxelArray;
  readonly width: number;
  readonly height: number;
  /** 1 = grey through the window, 3 = interleaved RGB as it is. */
  readonly channels: 1 | 3;
  readonly voi: readonly VoiWindow[];
  readonly valueRange: readonly [number, number];
  /** [column, row] distance; only their ratio counts. Null: square pixels. */
  readonly pixelSpacing: readonly [number, number] | null;
}

export interface CropRequest {
  readonly box: Box2;
  /** Sides of the square result in pixels. */
  readonly size: number;
  readonly drawBox: boolean;
  /** Side of the crop as a multiple of the box's longer side. */
  readonly margin?: number;
}

const outline = [255, 196, 0] as const;
/** A box of two pixels would fill its crop with a blur: at least this many picture pixels are shown. */
const leastPixels = 24;

/**
 * A square around the box, true to the aspect of the pixels, windowed with the picture's first window and
 * scaled bilinearly. What lies outside the picture is black.
 */
export function cropToRgba(picture: Picture, { box, size, drawBox, margin = 1.8 }: CropRequest): RgbaImage {
  const [sx, sy] = picture.pixelSpacing ?? [1, 1];
  const side = Math.max((box[2] - box[0]) * sx, (box[3] - box[1]) * sy, 0) * margin;
  const shown = Math.max(side, leastPixels * Math.min(sx, sy));
  const stepX = shown / size / sx;
  const stepY = shown / size / sy;
  const left = (box[0] + box[2]) / 2 - (size / 2) * stepX;
  const top = (box[1] + box[3]) / 2 - (size / 2) * stepY;
  const image = resample(picture, left, top, stepX, stepY, size, size);
  if (drawBox)
    drawOutline(image, [
      (box[0] - left) / stepX,
      (box[1] - top) / stepY,
      (box[2] - left) / stepX,
      (box[3] - top) / stepY,
    ]);
  return image;
}

/** The whole picture, pixel for pixel. */
export function renderRgba(picture: Picture): RgbaImage {
  return resample(picture, 0, 0, 1, 1, picture.width, picture.height);
}

/** The slice (third axis) through the middle of an LPS box, and the box in that slice's pixels. */
export function boxInSlice(geometry: VolumeGeometry, boxLps: Box3): { slice: number; box: Box2 } {
  const ijk = boxLpsToIjk(geometry, boxLps);
  const middle = Math.floor((ijk[2] + ijk[5]) / 2);
  const slice = Math.min(geometry.dims[2] - 1, Math.max(0, middle));
  return { slice, box: [ijk[0], ijk[1], ijk[3], ijk[4]] };
}

/** Output pixel (x, y) shows the picture at pixel-edge coordinate (left + (x + 0.5) stepX, top + (y + 0.5) stepY). */
function resample(
  picture: Picture,
  left: number,
  top: number,
  stepX: number,
  stepY: number,
  width: number,
  height: number,
): RgbaImage {
  const { channels, voi, valueRange } = picture;
  const window = voi[0] ?? windowOfRange(valueRange[0], valueRange[1]);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const px = left + (x + 0.5) * stepX;
      const py = top + (y + 0.5) * stepY;
      rgba[at + 3] = 255;
      if (px < 0 || py < 0 || px >= picture.width || py >= picture.height) continue;
      for (let c = 0; c < channels; c++) {
        const value = bilinear(picture, px - 0.5, py - 0.5, c);
        rgba[at + c] = channels === 3 ? value : Math.round(applyWindow(value, window) * 255);
      }
      if (channels === 1) rgba[at + 1] = rgba[at + 2] = rgba[at]!;
    }
  }
  return { width, height, rgba };
}

/** Value at a pixel-centre coordinate; the border pixels reach outwards. */
function bilinear({ data, width, height, channels }: Picture, x: number, y: number, channel: number): number {
  const x0 = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const y0 = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const x1 = Math.min(width - 1, x0 + 1);
  const y1 = Math.min(height - 1, y0 + 1);
  const fx = Math.min(1, Math.max(0, x - x0));
  const fy = Math.min(1, Math.max(0, y - y0));
  const at = (i: number, j: number): number => data[(j * width + i) * channels + channel]!;
  const upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * fx;
  const lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * fx;
  return upper + (lower - upper) * fy;
}

function drawOutline({ width, height, rgba }: RgbaImage, box: Box2): void {
  const thickness = Math.max(1, Math.round(width / 128));
  const [x0, y0, x1, y1] = box.map(Math.round) as [number, number, number, number];
  for (let y = Math.max(0, y0 - thickness); y < Math.min(height, y1 + thickness); y++) {
    for (let x = Math.max(0, x0 - thickness); x < Math.min(width, x1 + thickness); x++) {
      if (x >= x0 && x < x1 && y >= y0 && y < y1) continue;
      rgba.set(outline, (y * width + x) * 4);
    }
  }
}
