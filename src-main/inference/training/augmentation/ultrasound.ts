import type { Random } from '../../random';
import type { ScannerAugmentation } from './options';
import { toUnit, type Raster } from './raster';

/** Speckle and time gain: what differs from one ultrasound machine and reader's setting to the next. */
export function drawUltrasound(
  raster: Raster,
  a: Pick<ScannerAugmentation, 'speckle' | 'timeGain'>,
  random: Random,
): void {
  if (a.timeGain && random.uniform() < a.timeGain.probability)
    drawTimeGain(raster, a.timeGain.strength, random);
  if (a.speckle && random.uniform() < a.speckle.probability) {
    drawSpeckle(raster, random.between(0, a.speckle.strength), random.between(1, a.speckle.grain), random);
  }
}

/** Six sliders from top to bottom, straight between them. */
function drawTimeGain(raster: Raster, strength: number, random: Random): void {
  const { data, width, height, channels } = raster;
  const sliders = Array.from({ length: 6 }, () => 1 + random.between(-strength, strength));
  const line = width * channels;
  for (let row = 0; row < height; row++) {
    const at = (row / Math.max(1, height - 1)) * (sliders.length - 1);
    const low = Math.min(sliders.length - 2, Math.floor(at));
    const gain = sliders[low]! + (sliders[low + 1]! - sliders[low]!) * (at - low);
    for (let n = row * line; n < (row + 1) * line; n++) data[n] = toUnit(data[n]! * gain);
  }
}

/** Log-normal gain on a coarse grid, straight between its points; a resolution cell is wider than it is deep. */
function drawSpeckle(raster: Raster, strength: number, grain: number, random: Random): void {
  const { data, width, height, channels } = raster;
  const [dx, dy] = [grain * 1.6, grain];
  const columns = Math.ceil(width / dx) + 2;
  const rows = Math.ceil(height / dy) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => Math.exp(strength * random.normal()));
  let n = 0;
  for (let y = 0; y < height; y++) {
    const gy = y / dy;
    const y0 = gy | 0;
    const wy = gy - y0;
    for (let x = 0; x < width; x++) {
      const gx = x / dx;
      const x0 = gx | 0;
      const wx = gx - x0;
      const at = y0 * columns + x0;
      const top = grid[at]! + wx * (grid[at + 1]! - grid[at]!);
      const bottom = grid[at + columns]! + wx * (grid[at + columns + 1]! - grid[at + columns]!);
      const gain = top + wy * (bottom - top);
      for (let c = 0; c < channels; c++, n++) data[n] = toUnit(data[n]! * gain);
    }
  }
}
