import { describe, expect, it } from 'vitest';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import { bootstrapIntervals, clustersOf } from './bootstrap';
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

describe('bootstrap by patient', () => {
  it('draws whole clusters', () => {
    const clusterOf = clustersOf(['p', 'q', 'p', 'q', 'q'])!;
    expect([...clusterOf]).toEqual([0, 1, 0, 1, 1]);
    const seen = new Set<string>();
    bootstrapIntervals(
      5,
      (w) => {
        seen.add([...w].join());
        return [0];
      },
      { clusterOf, resamples: 50 },
    );
    expect([...seen].sort()).toEqual(['0,2,0,2,2', '1,1,1,1,1', '2,0,2,0,0']);
  });

  it('is wider than by image where the images of a patient are alike', () => {
    const images = 200;
    const mean = (w: Int32Array): number[] => {
      let [sum, count] = [0, 0];
      for (let i = 0; i < images; i++) {
        sum += w[i]! * (Math.floor(i / 10) % 2);
        count += w[i]!;
      }
      return [sum / count];
    };
    const clusterOf = Int32Array.from({ length: images }, (_, i) => Math.floor(i / 10));
    const width = ([interval]: ([number, number] | null)[]): number => interval![1] - interval![0];
    const byPatient = width(bootstrapIntervals(images, mean, { clusterOf }));
    // 20 patients instead of 200 images: sqrt(10) times as wide.
    expect(byPatient / width(bootstrapIntervals(images, mean))).toBeGreaterThan(2.5);
  });

  it('draws images where no patient has two', () => {
    expect(clustersOf([undefined, undefined])).toBeUndefined();
    expect(clustersOf(['a', 'b', undefined])).toBeUndefined();
    expect([...clustersOf(['a', undefined, 'a'])!]).toEqual([0, 1, 0]);
  });
});

describe('evaluateCoco by site and patient', () => {
  const made = madeCocoDataset();
  const truth = {
    ...made.truth,
    images: made.truth.images.map((image, i) => ({
      ...image,
      patient_id: `p${i >> 1}`,
      site: i < 18 ? 'A' : 'B',
    })),
  };
  const result = evaluateCoco(truth, made.detections, {
    by: ['site', 'patient_id', 'scanner'],
    bootstrap: { resamples: 100 },
  });

  it('gives a site what its images alone give', () => {
    const ids = new Set(truth.images.filter((i) => i.site === 'B').map((i) => i.id));
    const alone = evaluateCoco(
      {
        ...truth,
        images: truth.images.filter((i) => ids.has(i.id)),
        annotations: truth.annotations.filter((a) => ids.has(a.image_id)),
      },
      made.detections.filter((d) => ids.has(d.image_id)),
      { bootstrap: { resamples: 100 } },
    );
    const [a, b] = result.subgroups['site']!;
    expect([a!.value, a!.images, b!.value, b!.images]).toEqual(['A', 18, 'B', 12]);
    for (const key of cocoKeys) expect(b!.figures[key]).toBeCloseTo(alone.metrics[key], 12);
    expect(b!.figures['sensitivity@1']).toBeCloseTo(alone.sensitivityAtFpPerImage['1']!, 12);
    const [low, high] = b!.intervals95['AP50']!;
    expect(low).toBeLessThan(alone.metrics.AP50);
    expect(high).toBeGreaterThan(alone.metrics.AP50);
  });

  it('has a row a patient without intervals, and no table of a field that no image has', () => {
    expect(result.patients).toBe(15);
    expect(result.subgroups['patient_id']).toHaveLength(15);
    expect(result.subgroups['patient_id']![0]!.intervals95).toEqual({});
    expect(result.subgroups['scanner']).toEqual([]);
  });

  it('draws patients for the intervals', () => {
    const byImage = evaluateCoco(made.truth, made.detections, { bootstrap: { resamples: 100 } });
    expect(result.metrics).toEqual(byImage.metrics);
    expect(result.intervals95['AP']).not.toEqual(byImage.intervals95['AP']);
  });
});
