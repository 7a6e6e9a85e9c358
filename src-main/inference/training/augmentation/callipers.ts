import type { Box2 } from '../../../core/geometry/box';
import type { Random } from '../../random';
import { drawCalliper, drawText, type Calliper } from './draw-marks';
import type { ScannerAugmentation } from './options';
import type { Scene } from './raster';

/**
 * Measuring marks on lesions and off them, and labels anywhere: in many ultrasound archives only pictures with a lesion
 * carry callipers, so that a network may learn to find those.
 */
export function drawMarks(
  { raster, boxes }: Scene,
  a: NonNullable<ScannerAugmentation['callipers']>,
  random: Random,
): void {
  if (random.uniform() < a.probability) {
    const style = drawStyle(raster.width, random);
    const onLesion = boxes.length > 0 && random.uniform() < a.atLesion;
    const box = onLesion ? boxes[random.below(boxes.length)]! : drawBox(raster.width, raster.height, random);
    const both = random.uniform() < 0.7;
    acrossBox(box, random.between(-0.6, 0.6), style)
      .slice(0, both ? 2 : 1)
      .forEach((c) => drawCalliper(raster, c));
  }
  if (random.uniform() < a.text) {
    const cell = random.between(0.9, 1.8) * (raster.width / 256);
    const label = labels[random.below(labels.length)]!;
    const x = random.between(0, Math.max(0, raster.width - 4 * cell * label.length));
    drawText(raster, label, x, random.between(0, raster.height - 5 * cell), cell, random.between(0.6, 1));
  }
}

export type CalliperStyle = Pick<Calliper, 'arm' | 'stroke' | 'grey' | 'dotted'>;

/**
 * Two callipers through the middle of the ellipse in a box, at right angles, numbered 1 and 2.
 * @param angle of the first against the rows, radians
 */
export function acrossBox(box: Box2, angle: number, style: CalliperStyle): Calliper[] {
  const [cx, cy] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const [rx, ry] = [(box[2] - box[0]) / 2, (box[3] - box[1]) / 2];
  return [angle, angle + Math.PI / 2].map((turn, n) => {
    const [dx, dy] = [rx * Math.cos(turn), ry * Math.sin(turn)];
    return { ...style, from: [cx - dx, cy - dy], to: [cx + dx, cy + dy], label: String(n + 1) };
  });
}

function drawStyle(size: number, random: Random): CalliperStyle {
  const px = size / 256;
  return {
    arm: px * random.between(2.5, 5.5),
    stroke: px * random.between(0.9, 1.8),
    grey: random.between(0.7, 1),
    dotted: random.uniform() < 0.7,
  };
}

function drawBox(width: number, height: number, random: Random): Box2 {
  const w = width * random.between(0.08, 0.5);
  const h = w * random.between(0.4, 1.2);
  const x = random.between(0, width - w);
  const y = random.between(0, Math.max(1, height - h));
  return [x, y, x + w, y + h];
}

/** Sides and clock hours as readers write them. */
const labels = [
  'RT',
  'LT',
  'RT 2',
  'LT 9',
  'RT 10',
  'LTLO',
  'RTUI',
  'LT AX',
  'R 12',
  'L 4 CM',
  '3 CM',
  'TR',
  'AP',
];
