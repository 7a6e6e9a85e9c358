import type { Random } from '../../random';
import type { ScannerAugmentation } from './options';
import { toUnit, type Raster } from './raster';

/** Light and colour of endoscopes and fundus cameras. */
export function drawLighting(
  raster: Raster,
  a: Pick<ScannerAugmentation, 'hue' | 'vignette' | 'highlights'>,
  random: Random,
): void {
  if (a.hue && raster.channels === 3 && random.uniform() < a.hue.probability) {
    const saturation = Math.exp(random.between(-1, 1) * Math.log(a.hue.saturation));
    turnHue(raster, (random.between(-a.hue.degrees, a.hue.degrees) * Math.PI) / 180, saturation);
  }
  if (a.vignette && random.uniform() < a.vignette.probability)
    drawVignette(raster, a.vignette.strength, random);
  if (a.highlights && random.uniform() < a.highlights.probability) {
    const count = 1 + random.below(a.highlights.count);
    for (let n = 0; n < count; n++) drawHighlight(raster, random);
  }
}

/** A turn and scaling in the chroma plane of YIQ; luma stays. */
function turnHue(raster: Raster, angle: number, saturation: number): void {
  const { data } = raster;
  const c = saturation * Math.cos(angle);
  const s = saturation * Math.sin(angle);
  for (let n = 0; n < data.length; n += 3) {
    const [r, g, b] = [data[n]!, data[n + 1]!, data[n + 2]!];
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    const i = 0.595716 * r - 0.274453 * g - 0.321263 * b;
    const q = 0.211456 * r - 0.522591 * g + 0.311135 * b;
    const i2 = c * i - s * q;
    const q2 = s * i + c * q;
    data[n] = toUnit(y + 0.9563 * i2 + 0.621 * q2);
    data[n + 1] = toUnit(y - 0.2721 * i2 - 0.6474 * q2);
    data[n + 2] = toUnit(y - 1.107 * i2 + 1.7046 * q2);
  }
}

function drawVignette(raster: Raster, strength: number, random: Random): void {
  const { data, width, height, channels } = raster;
  const loss = random.between(0, strength);
  const cx = width * random.between(0.3, 0.7);
  const cy = height * random.between(0.3, 0.7);
  const farthest = Math.max(cx, width - cx) ** 2 + Math.max(cy, height - cy) ** 2;
  let n = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const gain = 1 - (loss * ((x - cx) ** 2 + (y - cy) ** 2)) / farthest;
      for (let c = 0; c < channels; c++, n++) data[n]! *= gain;
    }
  }
}

/** A small white ellipse with a soft rim. */
function drawHighlight(raster: Raster, random: Random): void {
  const { data, width, height, channels } = raster;
  const cx = width * random.uniform();
  const cy = height * random.uniform();
  const long = width * Math.exp(random.between(Math.log(0.004), Math.log(0.04)));
  const short = long * random.between(0.25, 1);
  const angle = random.between(0, Math.PI);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const peak = random.between(0.6, 1.2);
  const reach = Math.ceil(2 * long) + 1;
  for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(height, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(width, cx + reach); x++) {
      const u = (c * (x - cx) + s * (y - cy)) / long;
      const v = (c * (y - cy) - s * (x - cx)) / short;
      const light = toUnit(peak * (2 - Math.hypot(u, v)));
      if (light <= 0) continue;
      for (let k = 0; k < channels; k++) {
        const at = (y * width + x) * channels + k;
        data[at] = data[at]! + light * (1 - data[at]!);
      }
    }
  }
}
