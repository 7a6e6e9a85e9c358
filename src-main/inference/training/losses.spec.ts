import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { background, ignored } from '../../core/detection/matching';
import { centerForm } from '../network/proposals';
import { createRandom } from '../random';
import { loadTensorflow, tensorCount, type Tensor, type Tensorflow } from '../tensorflow';
import { batchTargets, boxOverlaps, focal, rpnLoss, smoothL1 } from './losses';
import type { LossSpec } from './recipe';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

const anchors = Float32Array.from([
  ...[0, 0, 16, 16],
  ...[8, 0, 24, 16],
  ...[0, 8, 16, 24],
  ...[40, 40, 56, 56],
  ...[4, 4, 36, 20],
]);
const example = {
  matches: Int32Array.of(0, 0, ignored, background, 0),
  boxes: [[2, 1, 19, 15]],
};

/** Loss and its gradients to logits and deltas, for given ones. */
function evaluate(spec: LossSpec, logits: number[], deltas: number[], wanted = example) {
  const result = tf.tidy(() => {
    const targets = batchTargets(tf, anchors, [wanted]);
    const anchorTensor = tf.tensor2d(centerForm(anchors), [5, 4]);
    const { value, grads } = tf.valueAndGrads(
      (l: Tensor, d: Tensor) => rpnLoss(tf, spec, l, d, anchorTensor, targets).total as never,
    )([tf.tensor(logits, [1, 5]), tf.tensor(deltas, [1, 5, 4])]);
    return [value, ...grads].map((t) => [...(t as Tensor).dataSync()]);
  });
  return { loss: result[0]![0]!, logits: result[1]!, deltas: result[2]! };
}

const random = createRandom(5);
const logits = Array.from({ length: 5 }, () => random.between(-2, 2));
const deltas = Array.from({ length: 20 }, () => random.between(-0.3, 0.3));

describe.each([
  { objectness: 'focal', box: 'smooth-l1', boxWeight: 1 },
  { objectness: 'focal', box: 'giou', boxWeight: 2 },
] as const)('the loss with $objectness and $box', (spec) => {
  it('has the gradient that finite differences give', () => {
    const before = tensorCount();
    const { logits: dLogits, deltas: dDeltas } = evaluate(spec, logits, deltas);
    const slope = (change: (by: number) => { l: number[]; d: number[] }): number => {
      const [up, down] = [1e-3, -1e-3].map((by) => evaluate(spec, change(by).l, change(by).d).loss);
      return (up! - down!) / 2e-3;
    };
    const bump = (v: number[], n: number, by: number): number[] => v.map((x, i) => (i === n ? x + by : x));
    dLogits.forEach((g, n) =>
      expect(g).toBeCloseTo(
        slope((by) => ({ l: bump(logits, n, by), d: deltas })),
        2,
      ),
    );
    dDeltas.forEach((g, n) =>
      expect(g).toBeCloseTo(
        slope((by) => ({ l: logits, d: bump(deltas, n, by) })),
        2,
      ),
    );
    expect(tensorCount()).toBe(before);
  });
});

describe('the quality focal loss', () => {
  const spec = { objectness: 'quality-focal', box: 'giou', boxWeight: 1 } as const;

  it('pulls a score towards the IoU of its box, from either side, and does not move the box', () => {
    // Anchor 0 decodes to itself: IoU with [2, 1, 19, 15] is 196 / 298.
    const quality = 196 / (256 + 238 - 196);
    const logit = Math.log(quality / (1 - quality));
    const still = new Array<number>(20).fill(0);
    const only = { matches: Int32Array.of(0, ignored, ignored, ignored, ignored), boxes: example.boxes };
    const at = (l: number): number => evaluate(spec, [l, 0, 0, 0, 0], still, only).logits[0]!;
    expect(at(logit - 1)).toBeLessThan(-0.01);
    expect(at(logit + 1)).toBeGreaterThan(0.01);
    expect(Math.abs(at(logit))).toBeLessThan(1e-4);
    const a = evaluate(spec, [3, 0, 0, 0, 0], still, only).deltas;
    const b = evaluate(spec, [-3, 0, 0, 0, 0], still, only).deltas;
    a.forEach((g, n) => expect(g).toBeCloseTo(b[n]!, 6));
  });
});

describe('what counts', () => {
  it('leaves ignored anchors out, and boxes of background anchors', () => {
    const { logits: dl, deltas: dd } = evaluate(
      { objectness: 'focal', box: 'giou', boxWeight: 1 },
      logits,
      deltas,
    );
    expect(dl[2]).toBe(0);
    expect(dl[3]).not.toBe(0);
    expect(dd.slice(8, 16)).toEqual(Array(8).fill(0));
    expect(dd.slice(0, 4).some((g) => g !== 0)).toBe(true);
  });
});

describe('reference values', () => {
  it('GIoU of boxes apart is negative, of equal ones 1', () => {
    const values = tf.tidy(() => {
      const a = tf.tensor2d([
        [0, 0, 1, 1],
        [0, 0, 2, 2],
      ]);
      const b = tf.tensor2d([
        [2, 0, 3, 1],
        [0, 0, 2, 2],
      ]);
      return [...boxOverlaps(tf, a, b).giou.dataSync()];
    });
    expect(values[0]).toBeCloseTo(-1 / 3, 5);
    expect(values[1]).toBeCloseTo(1, 5);
  });

  itWithShared("agrees with torchvision's focal and smooth L1", ['golden/rpn2d/losses.json'], (file) => {
    const golden = JSON.parse(readFileSync(file!, 'utf8')) as Record<string, number[]>;
    const { f, s } = tf.tidy(() => {
      const x = tf.tensor1d(golden['logits']!);
      const t = tf.tensor1d(golden['targets']!);
      return { f: focal(tf, x, t).dataSync(), s: smoothL1(x.sub(t), 1 / 9).dataSync() };
    });
    golden['focal']!.forEach((v, n) => expect(f[n]).toBeCloseTo(v, 5));
    golden['smoothL1']!.forEach((v, n) => expect(s[n]).toBeCloseTo(v, 4));
  });
});

describe('a place that a reader rejected', () => {
  it('counts four times as a background anchor there, and not at all where a lesion or nothing is', () => {
    const spec = { objectness: 'focal', box: 'giou', boxWeight: 1 } as const;
    const plain = evaluate(spec, logits, deltas).logits;
    const rejected = evaluate(spec, logits, deltas, {
      ...example,
      rejected: Uint8Array.of(1, 0, 1, 1, 0),
    } as typeof example).logits;
    expect(rejected[3]! / plain[3]!).toBeCloseTo(4, 4);
    for (const n of [0, 1, 2, 4]) expect(rejected[n]).toBeCloseTo(plain[n]!, 6);
  });
});
