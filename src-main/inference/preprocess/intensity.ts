import { percentiles } from '../../core/volume/windowing';
import type { InputSpec } from '../bundle/schema';
import type { Pixels } from './sample';

/** Pixel values that become black and white. */
export type IntensityRange = readonly [number, number];

/** Luma weights of ITU-R BT.601, as JPEG's Y. */
const luma = [0.299, 0.587, 0.114] as const;

/** One channel of a colour picture where the network wants grey; the picture itself where it has that already. */
export function toGrey(pixels: Pixels): Pixels {
  if (pixels.channels === 1) return pixels;
  const { data, width, height } = pixels;
  const grey = new Float32Array(width * height);
  for (let n = 0; n < grey.length; n++) {
    grey[n] = luma[0] * data[3 * n]! + luma[1] * data[3 * n + 1]! + luma[2] * data[3 * n + 2]!;
  }
  return { data: grey, width, height, channels: 1 };
}

/** Black and white point of a picture, by the network's rule; never an empty range. */
export function intensityRange(
  pixels: Pixels,
  input: Pick<InputSpec, 'intensity'>,
  depthMax = 255,
): IntensityRange {
  if (input.intensity.kind === 'full-scale') return [0, depthMax];
  const [low = 0, high = 0] = percentiles(pixels.data, [input.intensity.low, input.intensity.high]);
  return high > low ? [low, high] : [low, low + 1];
}

/**
 * Canvas [S, S, C] in picture values -> network input [S, S, 3]: black 0, white 255, then (x - mean) / deviation.
 */
export function toNetworkInput(
  canvas: Float32Array,
  channels: 1 | 3,
  range: IntensityRange,
  input: Pick<InputSpec, 'mean' | 'deviation'>,
): Float32Array {
  const pixels = canvas.length / channels;
  const out = new Float32Array(pixels * 3);
  const gain = 255 / (range[1] - range[0]);
  for (let n = 0; n < pixels; n++) {
    for (let c = 0; c < 3; c++) {
      const value = (canvas[n * channels + (channels === 3 ? c : 0)]! - range[0]) * gain;
      out[n * 3 + c] = (Math.min(255, Math.max(0, value)) - input.mean) / input.deviation;
    }
  }
  return out;
}
