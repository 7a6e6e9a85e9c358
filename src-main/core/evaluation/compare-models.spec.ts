import { describe, expect, it } from 'vitest';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { compareModels, thresholdOfSameFalseMarks, type ComparedModel } from './compare-models';

/** 12 pictures of 6 patients, a lesion each, of 20 x 20 px at [10, 10]. */
const truth: CocoTruth = {
  images: Array.from({ length: 12 }, (_, id) => ({
    id,
    file_name: `${id}`,
    patient_id: `p${Math.floor(id / 2)}`,
  })),
  categories: [{ id: 0, name: 'lesion' }],
  annotations: Array.from({ length: 12 }, (_, id) => ({
    image_id: id,
    category_id: 0,
    bbox: [10, 10, 20, 20] as const,
  })),
};
const mark = (image_id: number, score: number, at = 10): CocoDetection => ({
  image_id,
  category_id: 0,
  bbox: [at, at, 20, 20],
  score,
});
const model = (...detections: CocoDetection[]): ComparedModel => ({ detections, threshold: 0.5 });
const all = truth.images.map(({ id }) => id);
const everything = model(...all.map((id) => mark(id, 0.9)));
const quick = { resamples: 200 };

describe('two models on the same pictures', () => {
  it('gives each figure at the own threshold, and differences', () => {
    const old = {
      ...model(...all.slice(0, 9).map((id) => mark(id, 0.4)), mark(0, 0.45, 60)),
      threshold: 0.3,
    };
    const fresh = model(
      ...all.slice(0, 9).map((id) => mark(id, 0.8)),
      ...all.slice(9).map((id) => mark(id, 0.4)),
    );
    const c = compareModels(truth, old, fresh, quick);
    expect(c).toMatchObject({ images: 12, patients: 6, lesions: 12 });
    expect(c.old).toMatchObject({ threshold: 0.3, sensitivity: 0.75, fpPerImage: 1 / 12 });
    // What scores under the threshold counts for average precision alone.
    expect(c.new).toMatchObject({ threshold: 0.5, sensitivity: 0.75, fpPerImage: 0, ap50: 1 });
    expect(c.difference.sensitivity).toEqual({ value: 0, interval: [0, 0] });
    expect(c.difference.ap50.value).toBeCloseTo(c.new.ap50 - c.old.ap50, 12);
  });

  it('draws patients in pairs: what both miss makes no difference', () => {
    const hard = all.slice(0, 6);
    const c = compareModels(
      truth,
      model(...hard.map((id) => mark(id, 0.9))),
      model(...hard.map((id) => mark(id, 0.7))),
      quick,
    );
    expect(c.difference.ap50).toEqual({ value: 0, interval: [0, 0] });
    expect(c.verdict).toBe('unclear');
  });

  it.each([
    ['better', model(mark(0, 0.9), mark(1, 0.9)), everything],
    ['worse', everything, model(mark(0, 0.9), mark(1, 0.9))],
    ['doubtful', everything, model(...all.slice(1).map((id) => mark(id, 0.9)))],
    ['unclear', everything, everything],
    // Found as much, with two false marks on each picture.
    [
      'worse',
      everything,
      model(...all.flatMap((id) => [mark(id, 0.9), mark(id, 0.6, 60), mark(id, 0.6, 90)])),
    ],
  ] as const)('calls it %s', (verdict, old, fresh) => {
    expect(compareModels(truth, old, fresh, quick).verdict).toBe(verdict);
  });

  it('is the same each time, and counts crowds neither way', () => {
    const crowd: CocoTruth = {
      ...truth,
      annotations: [
        ...truth.annotations,
        { image_id: 0, category_id: 0, bbox: [60, 60, 20, 20], iscrowd: 1 },
      ],
    };
    const fresh = model(...everything.detections, mark(0, 0.8, 60));
    expect(compareModels(crowd, everything, fresh, quick)).toEqual(
      compareModels(crowd, everything, fresh, quick),
    );
    expect(compareModels(crowd, everything, fresh, quick)).toMatchObject({
      lesions: 12,
      new: { fpPerImage: 0 },
    });
  });

  it('finds the threshold at which the new one makes as many false marks as the old', () => {
    const old = {
      ...model(...all.map((id) => mark(id, 0.4)), mark(0, 0.35, 60), mark(1, 0.2, 60)),
      threshold: 0.3,
    };
    // All scores are lower: at 0.3 it would find nothing.
    const fresh = [...all.map((id) => mark(id, 0.2)), mark(2, 0.15, 60), mark(3, 0.1, 60)];
    const threshold = thresholdOfSameFalseMarks(truth, old, { detections: fresh });
    expect(threshold).toBe(0.15);
    const c = compareModels(truth, old, { detections: fresh, threshold: threshold! }, quick);
    expect(c.new).toMatchObject({ sensitivity: 1, fpPerImage: c.old.fpPerImage });
    expect(thresholdOfSameFalseMarks(truth, model(), { detections: [mark(0, 0.9, 60)] })).toBeNull();
  });

  it('refuses marks on other pictures', () => {
    expect(() => compareModels(truth, everything, model(mark(99, 0.9)))).toThrow('image 99');
  });
});
