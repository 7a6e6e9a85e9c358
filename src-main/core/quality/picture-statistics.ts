/**
 * Plain figures of a picture as a whole, by which one sees that it is blank, over-exposed, blurred or of another kind,
 * without any network.
 *
 * Shape shorthand: G: pixels of a small copy whose longer side is `gridSide` at most; luma [G] 0 (black) .. 1 (white)
 */
export interface QualityPicture {
  /** Row-major, channels interleaved. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** All 0..1 but `detail` and `scatter`, which may go a little beyond. */
export interface PictureStatistics {
  /** Standard deviation of luma. */
  readonly contrast: number;
  /** Mean luma. */
  readonly brightness: number;
  /** Share of pixels that are black. */
  readonly dark: number;
  /** Share of pixels that are white. */
  readonly bright: number;
  /** How far the centre of brightness lies from the picture's, in half sides: 0.5 where a whole half is empty. */
  readonly offset: number;
  /** Fine structure: root mean square of luma minus its 3 x 3 mean, over contrast. Blur lowers it, noise raises it. */
  readonly detail: number;
  /** Mean distance of a pixel's colour from grey, where the picture is not black. */
  readonly colour: number;
  /** Mean red and blue minus luma, where the picture is not black: which colours there are. */
  readonly red: number;
  readonly blue: number;
  /**
   * Colour that brightness does not explain: 0 for grey and for tinted grey (ultrasound in sepia), high for photographs.
   * Standard deviation of red and blue minus luma around their regression on luma.
   */
  readonly scatter: number;
}

export const statisticNames = [
  'contrast',
  'brightness',
  'dark',
  'bright',
  'offset',
  'detail',
  'colour',
  'red',
  'blue',
  'scatter',
] as const satisfies readonly (keyof PictureStatistics)[];
export type StatisticName = (typeof statisticNames)[number];

/** Coarse enough that scanners of different resolution compare, fine enough to tell blur. */
const gridSide = 160;
const black = 0.04;
const white = 0.96;
/** ITU-R BT.601, as JPEG's Y. */
const luma = [0.299, 0.587, 0.114] as const;

/** @param whiteValue pixel value that is white: 255 for bytes */
export function pictureStatistics(picture: QualityPicture, whiteValue: number): PictureStatistics {
  const grid = shrinkToGrid(picture, whiteValue);
  const { light, red, blue, saturation, width, height } = grid;
  const count = light.length;
  const brightness = mean(light);
  const contrast = deviation(light, brightness);
  let dark = 0;
  let bright = 0;
  const lit: number[] = [];
  for (let n = 0; n < count; n++) {
    if (light[n]! > white) bright++;
    if (light[n]! < black) dark++;
    else lit.push(n);
  }
  const ofLit = (values: Float32Array): Float32Array => Float32Array.from(lit, (n) => values[n]!);
  const [litLight, litRed, litBlue] = [ofLit(light), ofLit(red), ofLit(blue)];
  return {
    contrast,
    brightness,
    dark: dark / count,
    bright: bright / count,
    offset: brightnessOffset(light, width, height),
    detail: contrast > 0 ? fineStructure(light, width, height) / contrast : 0,
    colour: mean(ofLit(saturation)),
    red: mean(litRed),
    blue: mean(litBlue),
    scatter: Math.hypot(unexplained(litLight, litRed), unexplained(litLight, litBlue)),
  };
}

interface Grid {
  readonly width: number;
  readonly height: number;
  /** [G] */
  readonly light: Float32Array;
  /** [G] red and blue minus luma, and the largest channel minus the smallest. */
  readonly red: Float32Array;
  readonly blue: Float32Array;
  readonly saturation: Float32Array;
}

/** Means over whole blocks of pixels; a picture that is small already stays as it is. */
function shrinkToGrid({ data, width, height, channels }: QualityPicture, whiteValue: number): Grid {
  const block = Math.max(1, Math.ceil(Math.max(width, height) / gridSide));
  const columns = Math.max(1, Math.floor(width / block));
  const rows = Math.max(1, Math.floor(height / block));
  const count = columns * rows;
  const grid = {
    width: columns,
    height: rows,
    light: new Float32Array(count),
    red: new Float32Array(count),
    blue: new Float32Array(count),
    saturation: new Float32Array(count),
  };
  const scale = 1 / (whiteValue * Math.min(block, width) * Math.min(block, height));
  const unit = (sum: number): number => Math.min(1, Math.max(0, sum * scale));
  for (let row = 0, n = 0; row < rows; row++) {
    const [top, bottom] = [row * block, Math.min(height, (row + 1) * block)];
    for (let column = 0; column < columns; column++, n++) {
      const [left, right] = [column * block, Math.min(width, (column + 1) * block)];
      let [first, second, third] = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        const end = (y * width + right) * channels;
        for (let at = (y * width + left) * channels; at < end; at += channels) {
          first += data[at]!;
          if (channels === 1) continue;
          second += data[at + 1]!;
          third += data[at + 2]!;
        }
      }
      const r = unit(first);
      if (channels === 1) {
        grid.light[n] = r;
        continue;
      }
      const [g, b] = [unit(second), unit(third)];
      const light = luma[0] * r + luma[1] * g + luma[2] * b;
      grid.light[n] = light;
      grid.red[n] = r - light;
      grid.blue[n] = b - light;
      grid.saturation[n] = Math.max(r, g, b) - Math.min(r, g, b);
    }
  }
  return grid;
}

/** Distance of the light's centre from the picture's, in half sides. */
function brightnessOffset(light: Float32Array, width: number, height: number): number {
  let [sum, x, y] = [0, 0, 0];
  for (let row = 0, n = 0; row < height; row++) {
    for (let column = 0; column < width; column++, n++) {
      sum += light[n]!;
      x += light[n]! * (column + 0.5);
      y += light[n]! * (row + 0.5);
    }
  }
  return sum > 0 ? Math.hypot((2 * x) / (sum * width) - 1, (2 * y) / (sum * height) - 1) : 0;
}

/** Root mean square of each inner pixel minus the mean of its 3 x 3 neighbourhood. */
function fineStructure(light: Float32Array, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      let around = 0;
      for (let at = (y - 1) * width + x; at <= (y + 1) * width + x; at += width)
        around += light[at - 1]! + light[at]! + light[at + 1]!;
      sum += (light[y * width + x]! - around / 9) ** 2;
      count++;
    }
  }
  return count > 0 ? Math.sqrt(sum / count) : 0;
}

/** Standard deviation of `values` around their linear regression on `given`. */
function unexplained(given: Float32Array, values: Float32Array): number {
  const [mx, my] = [mean(given), mean(values)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let n = 0; n < given.length; n++) {
    const [dx, dy] = [given[n]! - mx, values[n]! - my];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (given.length === 0) return 0;
  return Math.sqrt(Math.max(0, yy - (xx > 0 ? xy ** 2 / xx : 0)) / given.length);
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return values.length > 0 ? sum / values.length : 0;
}

function deviation(values: Float32Array, around: number): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += (values[n]! - around) ** 2;
  return values.length > 0 ? Math.sqrt(sum / values.length) : 0;
}
