import type { Box2 } from '../../core/geometry/box';
import type { InputSpec } from '../bundle/schema';
import {
  chain,
  letterbox,
  mapEllipseBox,
  rotation,
  scaling,
  translation,
  type Affine2,
} from '../preprocess/affine2';
import { intensityRange, toNetworkInput, type IntensityRange } from '../preprocess/intensity';
import { sampleToCanvas } from '../preprocess/sample';
import type { Random } from '../random';
import type { Sample } from './dataset';
import type { Augmentation } from './recipe';

/** Shape shorthand: S: canvas side; image [S, S, 3] normalised; boxes canvas px */
export interface Example {
  readonly image: Float32Array;
  readonly boxes: readonly Box2[];
  /** Index into the labels, a box each. */
  readonly classes: readonly number[];
  readonly crowds: readonly Box2[];
}

/** A box of which less than this share is left on the canvas is no longer asked for. */
const leastVisible = 0.35;

/** The picture as inference would see it. */
export function plainExample(sample: Sample, input: InputSpec): Example {
  const toCanvas = letterbox(sample.pixels.width, sample.pixels.height, input.size);
  return render(sample, input, toCanvas, (canvas, range) =>
    toNetworkInput(canvas, sample.pixels.channels, range, input),
  );
}

export function augmentedExample(sample: Sample, input: InputSpec, a: Augmentation, random: Random): Example {
  return render(sample, input, drawTransform(sample, input.size, a, random), (canvas, range) =>
    drawIntensities(
      toNetworkInput(canvas, sample.pixels.channels, range, input),
      input,
      sample.pixels.channels,
      a,
      random,
    ),
  );
}

function render(
  sample: Sample,
  input: InputSpec,
  toCanvas: Affine2,
  finish: (canvas: Float32Array, range: IntensityRange) => Float32Array,
): Example {
  const range = intensityRange(sample.pixels, input, sample.depthMax);
  const canvas = sampleToCanvas(sample.pixels, toCanvas, input.size, range[0]);
  const move = (box: Box2): Box2 | null => visiblePart(mapEllipseBox(toCanvas, box), input.size);
  const seen = sample.boxes.map((box, b) => ({ box: move(box), class: sample.classes[b]! }));
  const lesions = seen.flatMap(({ box, class: index }) => (box ? [{ box, class: index }] : []));
  return {
    image: finish(canvas, range),
    boxes: lesions.map((l) => l.box),
    classes: lesions.map((l) => l.class),
    crowds: sample.crowds.map(move).filter((b) => b !== null),
  };
}

function visiblePart(box: Box2, size: number): Box2 | null {
  const clipped: Box2 = [
    Math.max(0, box[0]),
    Math.max(0, box[1]),
    Math.min(size, box[2]),
    Math.min(size, box[3]),
  ];
  const w = clipped[2] - clipped[0];
  const h = clipped[3] - clipped[1];
  if (w < 2 || h < 2) return null;
  return w * h < leastVisible * (box[2] - box[0]) * (box[3] - box[1]) ? null : clipped;
}

function drawTransform(sample: Sample, size: number, a: Augmentation, random: Random): Affine2 {
  const half = size / 2;
  const steps: Affine2[] = [translation(-half, -half)];
  if (a.flipHorizontal && random.uniform() < 0.5) steps.push(scaling(-1, 1));
  if (a.flipVertical && random.uniform() < 0.5) steps.push(scaling(1, -1));
  if (a.quarterTurns) steps.push(rotation((random.below(4) * Math.PI) / 2));
  // Half of the pictures stay upright: rotation costs sharpness, and most scans are straight.
  if (a.rotationDegrees > 0 && random.uniform() < 0.5) {
    steps.push(rotation((random.between(-a.rotationDegrees, a.rotationDegrees) * Math.PI) / 180));
  }
  const zoom = Math.exp(random.between(Math.log(a.scale[0]), Math.log(a.scale[1])));
  const stretch = Math.exp(random.between(-1, 1) * Math.log(a.stretch) * 0.5);
  steps.push(scaling(zoom * stretch, zoom / stretch));
  const shift = (): number => random.between(-a.translate, a.translate) * size;
  steps.push(translation(half + shift(), half + shift()));
  return chain(letterbox(sample.pixels.width, sample.pixels.height, size), ...steps);
}

function drawIntensities(
  image: Float32Array,
  input: InputSpec,
  channels: 1 | 3,
  a: Augmentation,
  random: Random,
): Float32Array {
  const gamma = a.gamma > 1 ? Math.exp(random.between(-1, 1) * Math.log(a.gamma)) : 1;
  const contrast = 1 + random.between(-a.contrast, a.contrast);
  const brightness = random.between(-a.brightness, a.brightness);
  const gains = [0, 1, 2].map(() => (channels === 3 ? 1 + random.between(-a.colour, a.colour) : 1));
  // Gain 1 + bx x + by y + br (x² + y²), x and y in -1..1.
  const bias = [0, 0, 0].map(() => (a.biasField > 0 ? random.between(-a.biasField, a.biasField) : 0));
  const noise = a.noise > 0 && random.uniform() < 0.5 ? random.between(0, a.noise) : 0;

  // One table of 1024 grey levels a channel stands for gamma, contrast, brightness and colour.
  const tables = gains.map((gain) =>
    Float32Array.from(
      { length: 1025 },
      (_, n) => ((n / 1024) ** gamma - 0.5) * contrast * gain + 0.5 * gain + brightness,
    ),
  );
  const black = -input.mean / input.deviation;
  const toUnit = input.deviation / 255;
  const size = input.size;
  const out = new Float32Array(image.length);
  let n = 0;
  for (let row = 0; row < size; row++) {
    const y = (2 * row) / size - 1;
    for (let column = 0; column < size; column++) {
      const x = (2 * column) / size - 1;
      const gain = 1 + bias[0]! * x + bias[1]! * y + bias[2]! * (x * x + y * y - 0.5);
      // Sum of uniforms: near enough to normal, and cheap. Grey noise, since MR has one channel.
      const grain =
        noise > 0 ? noise * 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5) : 0;
      for (let c = 0; c < 3; c++, n++) {
        const value =
          tables[c]![Math.min(1024, Math.max(0, Math.round((image[n]! - black) * toUnit * 1024)))]! * gain +
          grain;
        out[n] = Math.min(1, Math.max(0, value)) / toUnit + black;
      }
    }
  }
  return out;
}
