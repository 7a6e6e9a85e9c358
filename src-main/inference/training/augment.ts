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
import { sampleToCanvas, type Pixels } from '../preprocess/sample';
import type { Random } from '../random';
import { drawAppearance } from './augmentation/appearance';
import { drawMosaic, mixInto } from './augmentation/mix';
import { paintedOver } from '../preprocess/paint-over';
import { toUnit, type Scene } from './augmentation/raster';
import type { Sample } from './dataset';
import { firstView, rangeAsRead } from './reading-sample';
import type { Augmentation } from './recipe';

/** Shape shorthand: S: canvas side; image [S, S, 3] normalised; boxes canvas px */
export interface Example {
  readonly image: Float32Array;
  readonly boxes: readonly Box2[];
  /** Index into the labels, a box each. */
  readonly classes: readonly number[];
  readonly crowds: readonly Box2[];
  /** Hard negatives. */
  readonly rejected?: readonly Box2[] | undefined;
}

/** A box of which less than this share is left on the canvas is no longer asked for. */
const leastVisible = 0.35;

/** The picture as inference would see it. */
export function plainExample(sample: Sample, input: InputSpec): Example {
  const toCanvas = letterbox(sample.pixels.width, sample.pixels.height, input.size);
  const range = intensityRange(sample.pixels, input, sample.depthMax);
  const canvas = sampleToCanvas(sample.pixels, toCanvas, input.size, range[0]);
  const image = toNetworkInput(canvas, sample.pixels.channels, range, input);
  return { image, ...moveBoxes(sample, toCanvas, input.size) };
}

/** @param others what mosaic and mixup draw from: the training pictures */
export function augmentedExample(
  sample: Sample,
  input: InputSpec,
  a: Augmentation,
  random: Random,
  others: readonly Sample[],
): Example {
  const scene = drawScene(sample, input, a, random, others);
  if (a.mixup && others.length > 0 && random.uniform() < a.mixup.probability) {
    const other = drawScene(others[random.below(others.length)]!, input, a, random, others);
    return finish(mixInto(scene, other, random.between(0, a.mixup.weight)), input, a, random);
  }
  return finish(scene, input, a, random);
}

function finish(scene: Scene, input: InputSpec, a: Augmentation, random: Random): Example {
  drawAppearance(scene, a, random);
  const { raster, ...boxes } = scene;
  return { image: toNetworkInput(raster.data, raster.channels, [0, 1], input), ...boxes };
}

function drawScene(
  sample: Sample,
  input: InputSpec,
  a: Augmentation,
  random: Random,
  others: readonly Sample[],
): Scene {
  if (a.mosaic && others.length > 0 && random.uniform() < a.mosaic.probability) {
    const { zoom } = a.mosaic;
    const four = [sample, ...[0, 1, 2].map(() => others[random.below(others.length)]!)];
    return drawMosaic(four, input.size, random, (s, size) => placed(s, input, size, a, random, zoom));
  }
  return placed(sample, input, input.size, a, random, 1);
}

/** The sample on a canvas of its own, turned, scaled and shifted. @param zoom largest factor on the scale */
function placed(
  sample: Sample,
  input: InputSpec,
  size: number,
  a: Augmentation,
  random: Random,
  zoom: number,
): Scene {
  const toCanvas = drawTransform(sample, size, a, random, zoom);
  const cleaned = a.callipers !== undefined && random.uniform() < a.callipers.paintOver;
  const pixels = cleaned ? paintedOver(sample.pixels) : sample.pixels;
  const range = rangeAsRead(sample) ?? rememberedRange(pixels, input, sample.depthMax);
  const data = sampleToCanvas(pixels, toCanvas, size, range[0]);
  const gain = 1 / (range[1] - range[0]);
  for (let n = 0; n < data.length; n++) data[n] = toUnit((data[n]! - range[0]) * gain);
  const raster = { data, width: size, height: size, channels: sample.pixels.channels };
  return { raster, ...moveBoxes(sample, toCanvas, size) };
}

/** Percentiles sort a picture's values, and every epoch asks for them again. */
function rememberedRange(pixels: Pixels, input: InputSpec, depthMax: number): IntensityRange {
  const known = ranges.get(pixels);
  if (known && known.rule === input.intensity) return known.range;
  const range = intensityRange(pixels, input, depthMax);
  ranges.set(pixels, { rule: input.intensity, range });
  return range;
}
const ranges = new WeakMap<Pixels, { rule: InputSpec['intensity']; range: IntensityRange }>();

function moveBoxes(sample: Sample, toCanvas: Affine2, size: number): Omit<Example, 'image'> {
  const move = (box: Box2): Box2 | null => visiblePart(mapEllipseBox(toCanvas, box), size);
  const seen = sample.boxes.map((box, b) => ({ box: move(box), class: sample.classes[b]! }));
  const lesions = seen.flatMap(({ box, class: index }) => (box ? [{ box, class: index }] : []));
  return {
    boxes: lesions.map((l) => l.box),
    classes: lesions.map((l) => l.class),
    crowds: sample.crowds.map(move).filter((b) => b !== null),
    rejected: sample.rejected?.map(move).filter((b) => b !== null),
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

function drawTransform(sample: Sample, size: number, a: Augmentation, random: Random, zoom: number): Affine2 {
  const half = size / 2;
  const steps: Affine2[] = [translation(-half, -half)];
  if (a.flipHorizontal && random.uniform() < 0.5) steps.push(scaling(-1, 1));
  if (a.flipVertical && random.uniform() < 0.5) steps.push(scaling(1, -1));
  if (a.quarterTurns) steps.push(rotation((random.below(4) * Math.PI) / 2));
  // Half of the pictures stay upright: rotation costs sharpness, and most scans are straight.
  if (a.rotationDegrees > 0 && random.uniform() < 0.5) {
    steps.push(rotation((random.between(-a.rotationDegrees, a.rotationDegrees) * Math.PI) / 180));
  }
  const enlarged = zoom > 1 ? random.between(0, Math.log(zoom)) : 0;
  const scale = Math.exp(random.between(Math.log(a.scale[0]), Math.log(a.scale[1])) + enlarged);
  const stretch = Math.exp(random.between(-1, 1) * Math.log(a.stretch) * 0.5);
  steps.push(scaling(scale * stretch, scale / stretch));
  const shift = (): number => random.between(-a.translate, a.translate) * size;
  steps.push(translation(half + shift(), half + shift()));
  return chain(firstView(sample, size, a, random), ...steps);
}
