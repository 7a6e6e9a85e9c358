import { gaussianBlur } from '../../core/proposals/gaussian-blur';
import type { Grid } from '../../core/proposals/grid';
import type { InputSpec } from '../bundle/schema';
import type { IntensityRange } from './intensity';
import { resizePart } from './resize';
import type { Pixels } from './sample';

type LocalContrast = NonNullable<InputSpec['localContrast']>;

/**
 * What a picture shows against its own surroundings, as Weber contrast: (value - mean around) / brightness around. A camera's
 * vignette, the pigment of a fundus and the exposure go, and a lesion in a dim picture stands out as far as in a bright one
 * (after Graham, "Kaggle diabetic retinopathy detection", 2015, who subtracts a Gaussian mean). The brightness is that of
 * all channels together, since a channel that is nearly black would show its noise. What is not foreground neither counts
 * as surroundings nor is shown.
 *
 * Shape shorthand: pixels and result [H, W, C], halfway from black to white where a pixel is as bright as around it; w, h:
 * sides of a copy that is coarse against sigma, on which the means are taken
 * @param isInside whether a pixel is foreground
 */
export function localContrast(
  pixels: Pixels,
  isInside: (x: number, y: number) => boolean,
  { sigma, gain }: LocalContrast,
  [black, white]: IntensityRange,
): Pixels {
  const { data, width, height, channels } = pixels;
  const count = width * height;
  const inside = new Float32Array(count);
  for (let y = 0, n = 0; y < height; y++)
    for (let x = 0; x < width; x++, n++) inside[n] = Number(isInside(x + 0.5, y + 0.5));
  const weights = surroundings(inside, width, height, sigma);
  const values = new Float32Array(count);
  const means = Array.from({ length: channels }, (_, c) => {
    for (let n = 0; n < count; n++) values[n] = inside[n]! * (data[n * channels + c]! - black);
    return surroundings(values, width, height, sigma);
  });
  const out =
    data instanceof Uint8Array || data instanceof Uint8ClampedArray
      ? new Uint8ClampedArray(data.length)
      : new Float32Array(data.length);
  const [middle, half] = [(black + white) / 2, (white - black) / 2];
  const dimmest = leastBrightness * (white - black);
  for (let n = 0; n < count; n++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += means[c]![n]!;
    const weight = Math.max(1e-3, weights[n]!);
    const scale = (gain * half) / Math.max(dimmest, sum / channels / weight);
    for (let c = 0, at = n * channels; c < channels; c++, at++) {
      const value = middle + scale * (data[at]! - black - means[c]![n]! / weight);
      out[at] = inside[n] === 0 ? black : Math.min(white, Math.max(black, value));
    }
  }
  return { data: out, width, height, channels };
}

/** Of white: darker surroundings are all noise, which must not be blown up. */
const leastBrightness = 0.04;

/** Cells of the coarse copy in a sigma: finer ones change the mean by less than a hundredth of a step. */
const cellsInSigma = 4;

/** Gaussian mean of a plane. */
function surroundings(plane: Float32Array, width: number, height: number, sigma: number): ArrayLike<number> {
  const block = Math.max(1, sigma / cellsInSigma);
  const [w, h] = [Math.ceil(width / block), Math.ceil(height / block)];
  const whole = [0, 0, width, height] as const;
  const small = resizePart({ data: plane, width, height, channels: 1 }, { part: whole, width: w, height: h });
  const grid: Grid = { dims: [w, h, 1], spacing: [width / w, height / h, 1] };
  const data = gaussianBlur(small.data as Float32Array, grid, sigma);
  const part = [0, 0, w, h] as const;
  return resizePart({ data, width: w, height: h, channels: 1 }, { part, width, height }).data;
}
