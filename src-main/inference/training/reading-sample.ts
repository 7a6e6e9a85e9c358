import type { Box2 } from '../../core/geometry/box';
import { isForeground } from '../../core/volume/foreground';
import type { InputSpec } from '../bundle/schema';
import { applyPoint, invert, letterbox, mapBox, translation, type Affine2 } from '../preprocess/affine2';
import type { IntensityRange } from '../preprocess/intensity';
import { paintOverMarks } from '../preprocess/paint-over';
import { makeReading, readsCopy } from '../preprocess/picture-plan';
import type { Random } from '../random';
import type { Sample } from './dataset';
import type { Augmentation } from './recipe';

/**
 * Training pictures as a network that reads tiles (or a foreground) will see them: resampled once when they are loaded.
 *
 * Shape shorthand: S: canvas side; boxes of such a sample are px of its reading
 */

/** @param minBox boxes narrower or lower than this are grown about their centre, px of the reading */
export function sampleAsRead(sample: Sample, input: InputSpec, minBox = 0): Sample {
  if (!readsCopy(input)) return input.marks ? { ...sample, pixels: paintOverMarks(sample.pixels) } : sample;
  const { pixels, ...how } = makeReading(sample.pixels, input, sample.depthMax);
  const move = (box: Box2): Box2 => mapBox(how.toReading, box);
  return {
    ...sample,
    pixels,
    boxes: sample.boxes.map((box) => growTo(move(box), minBox)),
    crowds: sample.crowds.map(move),
    rejected: sample.rejected?.map(move),
    reading: { ...how, cropped: input.tiles !== undefined },
  };
}

function growTo([x0, y0, x1, y1]: Box2, least: number): Box2 {
  const dx = Math.max(0, least - (x1 - x0)) / 2;
  const dy = Math.max(0, least - (y1 - y0)) / 2;
  return [x0 - dx, y0 - dy, x1 + dx, y1 + dy];
}

/** Black and white of a sample; undefined where they must be found. */
export const rangeAsRead = (sample: Sample): IntensityRange | undefined => sample.reading?.range;

/** Sample px -> canvas px before augmentation: the whole picture, or a crop of the canvas's size at a drawn place. */
export function firstView(sample: Sample, size: number, a: Augmentation, random: Random): Affine2 {
  const { width, height } = sample.pixels;
  if (!sample.reading?.cropped) return letterbox(width, height, size);
  const [x, y] = drawCentre(sample, size, a.crops?.lesionShare ?? 0.5, random);
  return translation(size / 2 - within(x, width, size), size / 2 - within(y, height, size));
}

/** As tiles lie: not beyond the picture, which is centred where it is smaller than the canvas. */
const within = (at: number, length: number, size: number): number =>
  length <= size ? length / 2 : Math.min(length - size / 2, Math.max(size / 2, at));

/** Tries to draw a place that shows something. */
const tries = 10;

function drawCentre(
  { pixels, boxes, reading }: Sample,
  size: number,
  lesionShare: number,
  random: Random,
): readonly [number, number] {
  if (boxes.length > 0 && random.uniform() < lesionShare) {
    const [x0, y0, x1, y1] = boxes[random.below(boxes.length)]!;
    // The lesion may lie anywhere in the middle of the crop, so that its place tells nothing.
    const off = (): number => random.between(-0.35, 0.35) * size;
    return [(x0 + x1) / 2 + off(), (y0 + y1) / 2 + off()];
  }
  const { foreground, toReading } = reading!;
  const fromReading = invert(toReading);
  let place: readonly [number, number] = [0, 0];
  for (let n = 0; n < tries; n++) {
    place = [random.between(0, pixels.width), random.between(0, pixels.height)];
    if (!foreground || isForeground(foreground, ...applyPoint(fromReading, place))) break;
  }
  return place;
}
