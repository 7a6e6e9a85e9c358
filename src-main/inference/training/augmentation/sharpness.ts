import { letterbox, scaling } from '../../preprocess/affine2';
import { sampleToCanvas } from '../../preprocess/sample';
import type { Random } from '../../random';
import type { ScannerAugmentation } from './options';
import { toUnit, type Raster } from './raster';

/** Coarser matrix, blur of motion or depth, a scanner's edge filter. */
export function drawSharpness(
  raster: Raster,
  a: Pick<ScannerAugmentation, 'resample' | 'blur' | 'sharpen'>,
  random: Random,
): void {
  if (a.resample && random.uniform() < a.resample.probability) {
    coarsen(raster, random.between(...a.resample.factor));
  }
  if (a.blur && random.uniform() < a.blur.probability) {
    raster.data.set(blurred(raster, random.between(0.3, a.blur.sigma)));
  }
  if (a.sharpen && random.uniform() < a.sharpen.probability) {
    const amount = random.between(0, a.sharpen.amount);
    const soft = blurred(raster, 1);
    const { data } = raster;
    for (let n = 0; n < data.length; n++) data[n] = toUnit(data[n]! + amount * (data[n]! - soft[n]!));
  }
}

/** Shrinks a square raster by `factor` and enlarges it again. */
function coarsen(raster: Raster, factor: number): void {
  const size = raster.width;
  const small = Math.max(8, Math.round(size * factor));
  const data = sampleToCanvas(raster, letterbox(size, size, small), small);
  const shrunk: Raster = { data, width: small, height: small, channels: raster.channels };
  raster.data.set(sampleToCanvas(shrunk, scaling(size / small, size / small), size));
}

/** Gaussian blur, rows then columns; the border is repeated outwards. */
export function blurred(raster: Raster, sigma: number): Float32Array {
  const { data, width, height, channels } = raster;
  const radius = Math.max(1, Math.ceil(2.5 * sigma));
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-((n - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((total, w) => total + w, 0);
  for (let n = 0; n < kernel.length; n++) kernel[n]! /= sum;
  const across = along(data, height, width * channels, width, channels, kernel);
  // Columns: each "line" is one row's worth of interleaved values, stepped by rows.
  return alongRows(across, width * channels, height, kernel);
}

/** Filters within each line of `count` pixels of `channels` values. */
function along(
  data: Float32Array,
  lines: number,
  lineLength: number,
  count: number,
  channels: number,
  kernel: Float32Array,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(data.length);
  for (let line = 0; line < lines; line++) {
    const from = line * lineLength;
    for (let x = 0; x < count; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const at = x + k < 0 ? 0 : x + k >= count ? count - 1 : x + k;
          sum += kernel[k + radius]! * data[from + at * channels + c]!;
        }
        out[from + x * channels + c] = sum;
      }
    }
  }
  return out;
}

/** Filters across lines, whole lines at a time. */
function alongRows(
  data: Float32Array,
  lineLength: number,
  lines: number,
  kernel: Float32Array,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(data.length);
  for (let line = 0; line < lines; line++) {
    for (let k = -radius; k <= radius; k++) {
      const other = Math.min(lines - 1, Math.max(0, line + k)) * lineLength;
      const weight = kernel[k + radius]!;
      for (let n = 0; n < lineLength; n++) out[line * lineLength + n]! += weight * data[other + n]!;
    }
  }
  return out;
}
