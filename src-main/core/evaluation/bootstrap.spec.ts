import { describe, expect, it } from 'vitest';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import { bootstrapIntervals } from './bootstrap';
import { cocoKeys } from './coco-metrics';
import { evaluateCoco } from './evaluate-coco';

describe('bootstrapIntervals', () => {
  it('gives a mean the interval that theory gives it', () => {
    // 200 images, half 0 and half 1: standard error of the mean is 0.5 / sqrt(200).
    const mean = (weights: Int32Array): number[] => [
      weights.reduce((sum, w, i) => sum + w * (i % 2), 0) / 200,
    ];
    const [interval] = bootstrapIntervals(200, mean, { resamples: 4000 });
    const half = (1.96 * 0.5) / Math.sqrt(200);
    expect(interval![0]).toBeGreaterThan(0.5 - half - 0.01);
    expect(interval![0]).toBeLessThan(0.5 - half + 0.01);
    expect(interval![1]).toBeCloseTo(0.5 + half, 1);
  });

  it('is the same for the same seed, another for another', () => {
    const first = (seed: number): unknown =>
      bootstrapIntervals(50, (w) => [w[0]! * 1.5 + w[1]!], { seed, resamples: 7 });
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it('has no interval for what most resamples leave undefined', () => {
    expect(bootstrapIntervals(10, () => [NaN, 1])).toEqual([null, [1, 1]]);
  });
});

describe('evaluateCoco', () => {
  it('encloses each figure in its interval', () => {
    const { truth, detections } = madeCocoDataset();
    const result = evaluateCoco(truth, detections);
    expect(result.images).toBe(30);
    for (const key of cocoKeys) {
      const [low, high] = result.intervals95[key]!;
      expect(low).toBeLessThan(result.metrics[key]);
      expect(high).toBeGreaterThan(result.metrics[key]);
    }
    expect(Object.keys(result.sensitivityAtFpPerImage).sort()).toEqual(['0.25', '0.5', '1', '2', '4', '8']);
    const rising = ['0.25', '0.5', '1', '2', '4', '8'].map((k) => result.sensitivityAtFpPerImage[k]!);
    expect([...rising].sort((a, b) => a - b)).toEqual(rising);
    expect(Object.keys(result.intervals95)).toContain('sensitivity@0.25');
    // pycocotools with catIds = [2].
    expect(result.perCategory['malignant']!.AP50).toBeCloseTo(0.5875799100647392, 12);
    expect(evaluateCoco(truth, detections, { classAgnostic: true }).perCategory).toEqual({});
  });
});
