import { dot, type Vec3 } from '../geometry/vec3';
import type { Picture } from './crop';
import type { VolumeGeometry } from './volume';
import { applyWindow, windowOfRange } from './windowing';

// Shape shorthand: rows top to bottom, 1 or 3 channels interleaved, 8 bits.

export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** How a slice is laid on the screen: first its axes change places, then columns and rows are turned round. */
export interface Turn {
  readonly swap: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}
export const asStored: Turn = { swap: false, flipX: false, flipY: false };

const left: Vec3 = [1, 0, 0];
const back: Vec3 = [0, 1, 0];
const feet: Vec3 = [0, 0, -1];
/** To the right and down on the screen, by the axis that the plane is perpendicular to: as the viewer shows them. */
const onScreen: readonly (readonly [Vec3, Vec3])[] = [
  [back, feet],
  [left, feet],
  [left, back],
];

/** The turn that shows a volume's k slices as the viewer does: the patient's right on the left, the head or the front above. */
export function turnOfSlices({ direction: [i, j, k] }: Pick<VolumeGeometry, 'direction'>): Turn {
  const along = k.map(Math.abs);
  const [right, down] = onScreen[along.indexOf(Math.max(...along))]!;
  const swap = Math.abs(dot(j, right)) > Math.abs(dot(i, right));
  const [x, y] = swap ? [j, i] : [i, j];
  return { swap, flipX: dot(x, right) < 0, flipY: dot(y, down) < 0 };
}

/**
 * A picture as small as a list shows it: through its first window, true to its pixels' spacing, each pixel the mean of
 * those that it stands for (thin bright lines stay, and nothing flickers between them).
 *
 * @param side of the longer side, px; a picture that has fewer is not enlarged
 */
export function thumbnailOf(picture: Picture, side: number, turn: Turn = asStored): SmallPicture {
  const [sx, sy] = picture.pixelSpacing ?? [1, 1];
  const [wide, high] = [picture.width * sx, picture.height * sy];
  const longer = Math.min(side, Math.max(picture.width, picture.height));
  const scale = longer / Math.max(wide, high);
  const width = Math.max(1, Math.round(wide * scale));
  const height = Math.max(1, Math.round(high * scale));
  return turned(shrink(picture, width, height), turn);
}

function shrink(picture: Picture, width: number, height: number): SmallPicture {
  const { data, channels, voi, valueRange } = picture;
  const window = voi[0] ?? windowOfRange(valueRange[0], valueRange[1]);
  const shown = channels === 3 ? (v: number) => v : (v: number) => 255 * applyWindow(v, window);
  const columns = shares(picture.width, width);
  const rows = shares(picture.height, height);
  const out = new Uint8Array(width * height * channels);
  const line = new Float64Array(picture.width * channels);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (const [row, share] of rows[y]!) {
      const at = row * line.length;
      for (let n = 0; n < line.length; n++) line[n]! += share * shown(data[at + n]!);
    }
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let mean = 0;
        for (const [column, share] of columns[x]!) mean += share * line[column * channels + c]!;
        out[(y * width + x) * channels + c] = Math.round(mean);
      }
    }
  }
  return { width, height, channels, data: out };
}

/** For each of `to` equal parts of an axis of `from` pixels the pixels in it, and which share of the part each has. */
function shares(from: number, to: number): (readonly [pixel: number, share: number])[][] {
  const step = from / to;
  return Array.from({ length: to }, (_, n) => {
    const [low, high] = [n * step, (n + 1) * step];
    const parts: [number, number][] = [];
    for (let pixel = Math.floor(low); pixel < Math.min(from, Math.ceil(high - 1e-9)); pixel++) {
      const inside = Math.min(high, pixel + 1) - Math.max(low, pixel);
      if (inside > 0) parts.push([pixel, inside / step]);
    }
    return parts;
  });
}

function turned(picture: SmallPicture, { swap, flipX, flipY }: Turn): SmallPicture {
  const { channels, data } = picture;
  const [width, height] = swap ? [picture.height, picture.width] : [picture.width, picture.height];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = flipX ? width - 1 - x : x;
      const v = flipY ? height - 1 - y : y;
      const from = (swap ? u * picture.width + v : v * picture.width + u) * channels;
      for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = data[from + c]!;
    }
  }
  return { width, height, channels, data: out };
}
