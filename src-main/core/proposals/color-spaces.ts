import { derivative } from './region-features';
import type { Grid } from './grid';

/**
 * Shape shorthand: a picture is R, G, B planes, or one grey plane, each Float32Array [cells] in 0..255; a space is 1 to 3 such planes.
 *
 * The complementary spaces of Uijlings et al. 2013, section 3.1: `grey`, `rgb`, `lab`, `hsv`, `rgI` (normalised red and
 * green, and intensity) and `hue`. A grey picture has one channel, so that its complementary views are others: `equalised` (every
 * grey level equally frequent: contrast of dark and bright parts alike) and `gradient` (slope of the intensity: edges, not levels).
 */
export type ColorSpace = 'grey' | 'rgb' | 'lab' | 'hsv' | 'rgI' | 'hue' | 'equalised' | 'gradient';

export const isGrey = (planes: readonly Float32Array[]): boolean => {
  const [r, g, b] = planes;
  if (!r || !g || !b) return true;
  for (let n = 0; n < r.length; n++) if (r[n] !== g[n] || r[n] !== b[n]) return false;
  return true;
};

/** Planes of a space. Colour spaces of a grey picture are its grey plane. */
export function toColorSpace(planes: readonly Float32Array[], grid: Grid, space: ColorSpace): Float32Array[] {
  if (space === 'equalised') return [equalised(intensity(planes))];
  if (space === 'gradient') return [gradientMagnitude(intensity(planes), grid)];
  if (space === 'grey' || planes.length < 3) return [intensity(planes)];
  if (space === 'rgb') return [...planes];
  if (space === 'rgI') return perCell(planes, normalised);
  if (space === 'lab') return perCell(planes, labOf);
  const hsv = perCell(planes, hsvOf);
  return space === 'hue' ? [hsv[0]!] : hsv;
}

/** Rec. 601 luma, as OpenCV's grey. */
function intensity(planes: readonly Float32Array[]): Float32Array {
  const [r, g, b] = planes;
  if (!g || !b) return r!;
  return r!.map((red, n) => 0.299 * red + 0.587 * g[n]! + 0.114 * b[n]!);
}

type Convert = (r: number, g: number, b: number, out: Float32Array) => void;

function perCell([r, g, b]: readonly Float32Array[], convert: Convert): Float32Array[] {
  const cells = r!.length;
  const out = [new Float32Array(cells), new Float32Array(cells), new Float32Array(cells)] as const;
  const three = new Float32Array(3);
  for (let n = 0; n < cells; n++) {
    convert(r![n]!, g![n]!, b![n]!, three);
    out[0][n] = three[0]!;
    out[1][n] = three[1]!;
    out[2][n] = three[2]!;
  }
  return [...out];
}

/** Hue (a full turn is 255), saturation and value, each 0..255. */
const hsvOf: Convert = (r, g, b, out) => {
  const max = r > g ? (r > b ? r : b) : g > b ? g : b;
  const min = r < g ? (r < b ? r : b) : g < b ? g : b;
  const chroma = max - min;
  let sixths = 0;
  if (chroma > 0) {
    if (max === r) sixths = (g - b) / chroma;
    else if (max === g) sixths = 2 + (b - r) / chroma;
    else sixths = 4 + (r - g) / chroma;
    if (sixths < 0) sixths += 6;
  }
  out[0] = sixths * 42.5;
  out[1] = max > 0 ? (chroma / max) * 255 : 0;
  out[2] = max;
};

/** Linear light of an sRGB level (IEC 61966-2-1), 0..255 in tenths of a level. */
const linear = Float32Array.from({ length: 2551 }, (_, n) => {
  const value = n / 2550;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});
/** CIE's cube root with its straight part near black, at 0..1.1 in 4096 steps. */
const cubeRootSteps = 4096;
const cubeRoot = Float32Array.from({ length: Math.ceil(1.1 * cubeRootSteps) + 2 }, (_, n) => {
  const t = n / cubeRootSteps;
  return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
});
const rootOf = (t: number): number => {
  const at = t * cubeRootSteps;
  const low = at | 0;
  return cubeRoot[low]! + (cubeRoot[low + 1]! - cubeRoot[low]!) * (at - low);
};

/** CIE L*a*b* at D65, as 8-bit pictures hold it: L* stretched to 0..255, a* and b* shifted by 128. */
const labOf: Convert = (r, g, b, out) => {
  const lr = linear[(r * 10 + 0.5) | 0]!;
  const lg = linear[(g * 10 + 0.5) | 0]!;
  const lb = linear[(b * 10 + 0.5) | 0]!;
  const x = rootOf((0.412453 * lr + 0.35758 * lg + 0.180423 * lb) / 0.950456);
  const y = rootOf(0.212671 * lr + 0.71516 * lg + 0.072169 * lb);
  const z = rootOf((0.019334 * lr + 0.119193 * lg + 0.950227 * lb) / 1.088754);
  out[0] = (116 * y - 16) * 2.55;
  out[1] = 500 * (x - y) + 128;
  out[2] = 200 * (y - z) + 128;
};

const normalised: Convert = (r, g, b, out) => {
  const sum = r + g + b;
  out[0] = sum > 0 ? (r / sum) * 255 : 85;
  out[1] = sum > 0 ? (g / sum) * 255 : 85;
  out[2] = 0.299 * r + 0.587 * g + 0.114 * b;
};

/** Histogram equalisation over 1024 levels. */
function equalised(plane: Float32Array): Float32Array {
  const levels = 1024;
  const levelOf = (value: number): number => Math.max(0, Math.min(levels - 1, (value * (levels / 256)) | 0));
  const below = new Float64Array(levels + 1);
  for (const value of plane) below[levelOf(value) + 1]!++;
  for (let n = 0; n < levels; n++) below[n + 1]! += below[n]!;
  return plane.map((value) => {
    const level = levelOf(value);
    return (255 * (below[level]! + below[level + 1]!)) / 2 / plane.length;
  });
}

/** Length of the gradient, scaled so that 0..3 RMS fill 0..255. */
export function gradientMagnitude(plane: Float32Array, grid: Grid): Float32Array {
  const out = new Float32Array(plane.length);
  for (let axis = 0; axis < 3; axis++) {
    if (grid.dims[axis]! < 2) continue;
    const slope = derivative(plane, grid, axis);
    for (let n = 0; n < out.length; n++) out[n]! += slope[n]! * slope[n]!;
  }
  let squares = 0;
  for (const square of out) squares += square;
  const scale = squares > 0 ? 255 / (3 * Math.sqrt(squares / out.length)) : 0;
  for (let n = 0; n < out.length; n++) out[n] = Math.min(255, Math.sqrt(out[n]!) * scale);
  return out;
}
