import type { Box2 } from '../../core/geometry/box';
import { pictureStatistics, type PictureStatistics } from '../../core/quality/picture-statistics';
import type { InputSpec } from '../bundle/schema';
import { chain, letterbox, mapBox, scaling, translation, type Affine2 } from '../preprocess/affine2';
import { toNetworkInput, type IntensityRange } from '../preprocess/intensity';
import { makeReading, type Reading } from '../preprocess/picture-plan';
import { sampleToCanvas, type Pixels } from '../preprocess/sample';
import type { Random } from '../random';

/** A picture as the gate shows it to the network: whole, whatever tiles or parts detection reads. */
export interface GateView {
  /** [S, S, 3] normalised. */
  readonly image: Float32Array;
  /** Part of the canvas that the picture covers, px. */
  readonly inside: Box2;
}

/** The whole picture, or the whole of its foreground where the network reads that, in the network's channels. */
export type WholePicture = Pick<Reading, 'pixels' | 'range'>;

export const wholePicture = (given: Pixels, input: InputSpec, whiteValue: number): WholePicture =>
  makeReading(given, { ...input, tiles: undefined }, whiteValue);

/** A grey model's picture loses its colours on the way: what they tell is taken from the picture as it came. */
export function gateStatistics(
  given: Pixels,
  { pixels }: WholePicture,
  whiteValue: number,
): PictureStatistics {
  const statistics = pictureStatistics(pixels, whiteValue);
  if (pixels.channels === given.channels) return statistics;
  return { ...statistics, scatter: pictureStatistics(given, whiteValue).scatter };
}

export function gateView({ pixels, range }: WholePicture, input: InputSpec): GateView {
  return render(pixels, letterbox(pixels.width, pixels.height, input.size), range, input);
}

/** @param toCanvas px of the pixels -> px of the canvas */
export function render(
  pixels: Pixels,
  toCanvas: Affine2,
  range: IntensityRange,
  input: InputSpec,
  shown: Box2 = [0, 0, pixels.width, pixels.height],
): GateView {
  const canvas = sampleToCanvas(pixels, toCanvas, input.size, range[0]);
  const image = toNetworkInput(canvas, pixels.channels, range, input);
  const moved = mapBox(toCanvas, shown);
  const { size } = input;
  const clip = (v: number): number => Math.min(size, Math.max(0, v));
  return { image, inside: [clip(moved[0]), clip(moved[1]), clip(moved[2]), clip(moved[3])] };
}

/**
 * The picture as another camera or scanner might have given it: another part and aspect of the scene or a wider black
 * margin, other brightness, contrast curve and colour balance, less sharp, noisier. The gate must let such pictures pass,
 * so it is fitted to them too.
 */
export function variedView({ pixels, range }: WholePicture, input: InputSpec, random: Random): GateView {
  const { width, height } = pixels;
  const { size } = input;
  const area = random.between(0.65, 1) * width * height;
  const ratio = Math.exp(random.between(-0.5, 0.5)) * (width / height);
  const w = Math.min(width, Math.sqrt(area * ratio));
  const h = Math.min(height, Math.sqrt(area / ratio));
  const x = random.between(0, width - w);
  const y = random.between(0, height - h);
  // Half of the pictures get a margin: heads that fill less of the field of view, endoscopes' black frames.
  const zoom = random.uniform() < 0.5 ? random.between(0.6, 1) : 1;
  const margin = (size * (1 - zoom)) / 2;
  const steps = [letterbox(w, h, size), scaling(zoom, zoom), translation(margin, margin)];
  if (random.uniform() < 0.5) steps.push([-1, 0, size, 0, 1, 0]);
  const toCanvas = chain(translation(-x, -y), ...steps);
  const shown: Box2 = [x, y, x + w, y + h];
  const view = render(pixels, toCanvas, range, input, shown);
  vary(view, input, pixels.channels, random);
  return zoom === 1 ? view : { ...view, inside: mapBox(letterbox(w, h, size), [0, 0, w, h]) };
}

/** Changes the intensities within the shown part, in place, and makes the rest black. */
function vary({ image, inside }: GateView, input: InputSpec, channels: 1 | 3, random: Random): void {
  const { size, mean, deviation } = input;
  const gamma = Math.exp(random.between(-0.35, 0.35));
  const gains = [0, 1, 2].map(() => (channels === 3 ? Math.exp(random.between(-0.12, 0.12)) : 1));
  const gain = Math.exp(random.between(-0.15, 0.15));
  const noise = random.uniform() < 0.3 ? random.between(0, 0.04) : 0;
  const black = -mean / deviation;
  for (let y = 0, n = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const within =
        x + 0.5 >= inside[0] && x + 0.5 < inside[2] && y + 0.5 >= inside[1] && y + 0.5 < inside[3];
      const grain = within && noise > 0 ? noise * random.normal() : 0;
      for (let c = 0; c < 3; c++, n++) {
        if (!within) {
          image[n] = black;
          continue;
        }
        const value = Math.max(0, (image[n]! * deviation + mean) / 255);
        const changed = value ** gamma * gain * gains[c]! + grain;
        image[n] = (255 * Math.min(1, Math.max(0, changed)) - mean) / deviation;
      }
    }
  }
}
