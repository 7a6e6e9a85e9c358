import { bench, describe } from 'vitest';
import { nonMaximumSuppressionFlat } from '../src-main/core/detection/nms';
import { seededRandom } from '../src-main/core/seeded-random';

/** 20,000 boxes of a volume: `npx vitest bench --run bench/nms.bench.ts`; the summary gives the ratio to the plain rule. */
const count = 20_000;

interface Case {
  readonly name: string;
  readonly iouThreshold: number;
  readonly boxes: Float32Array;
}

/** @param place low corner of box n, voxels @param size side before each axis varies by 0.75 to 1.33 */
function madeBoxes(
  place: (n: number, random: () => number) => readonly [number, number, number],
  size: (random: () => number) => number,
): Float32Array {
  const random = seededRandom(11);
  const boxes = new Float32Array(count * 6);
  for (let n = 0; n < count; n++) {
    const side = size(random);
    place(n, random).forEach((low, d) => {
      boxes[n * 6 + d] = low;
      boxes[n * 6 + 3 + d] = low + side * (0.75 + 0.58 * random());
    });
  }
  return boxes;
}

const anchorSide = (random: () => number): number => 6 * 2 ** (4 * random());
const anywhere = (random: () => number) => [512 * random(), 512 * random(), 300 * random()] as const;
/** Half of the proposals stand around 60 structures, half anywhere, as an RPN's do before suppression. */
const proposals = madeBoxes((n, random) => {
  if (n % 2) return anywhere(random);
  const center = seededRandom(n % 60);
  const [x, y, z] = anywhere(center);
  const jitter = () => 12 * (random() + random() - 1);
  return [x + jitter(), y + jitter(), z + jitter()];
}, anchorSide);
const crowd = madeBoxes((_, random) => [60 * random(), 60 * random(), 60 * random()], anchorSide);

const cases: readonly Case[] = [
  { name: "RPN-like proposals in 512 x 512 x 300, MONAI's IoU 0.22", iouThreshold: 0.22, boxes: proposals },
  { name: 'RPN-like proposals in 512 x 512 x 300, IoU 0.7', iouThreshold: 0.7, boxes: proposals },
  { name: 'a crowd in 60 x 60 x 60, IoU 0.22', iouThreshold: 0.22, boxes: crowd },
  { name: 'a crowd in 60 x 60 x 60, IoU 0.7', iouThreshold: 0.7, boxes: crowd },
];

const random = seededRandom(5);
const scores = Float32Array.from({ length: count }, random);

for (const { name, iouThreshold, boxes } of cases) {
  describe(`3D NMS of ${count} boxes: ${name}`, () => {
    bench('nonMaximumSuppressionFlat', () => {
      nonMaximumSuppressionFlat(boxes, scores, { dimensions: 3, iouThreshold });
    });
    bench(
      'every box against every kept one',
      () => {
        plain(boxes, scores, iouThreshold);
      },
      { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 },
    );
  });
}

/** The rule as torchvision's CPU kernel goes through it, on typed arrays. */
function plain(boxes: Float32Array, scores: Float32Array, threshold: number): number {
  const order = Int32Array.from(scores, (_, n) => n).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const volumes = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const at = n * 6;
    volumes[n] =
      (boxes[at + 3]! - boxes[at]!) * (boxes[at + 4]! - boxes[at + 1]!) * (boxes[at + 5]! - boxes[at + 2]!);
  }
  const gone = new Uint8Array(count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const a = order[i]!;
    if (gone[a]) continue;
    kept++;
    const p = a * 6;
    for (let j = i + 1; j < count; j++) {
      const b = order[j]!;
      if (gone[b]) continue;
      const q = b * 6;
      const w = Math.min(boxes[p + 3]!, boxes[q + 3]!) - Math.max(boxes[p]!, boxes[q]!);
      const h = Math.min(boxes[p + 4]!, boxes[q + 4]!) - Math.max(boxes[p + 1]!, boxes[q + 1]!);
      const d = Math.min(boxes[p + 5]!, boxes[q + 5]!) - Math.max(boxes[p + 2]!, boxes[q + 2]!);
      const shared = Math.max(0, w) * Math.max(0, h) * Math.max(0, d);
      if (shared / (volumes[a]! + volumes[b]! - shared) > threshold) gone[b] = 1;
    }
  }
  return kept;
}
