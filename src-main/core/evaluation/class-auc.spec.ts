import { describe, expect, it } from 'vitest';
import { classAucs } from './class-auc';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { evaluateCoco } from './evaluate-coco';

const truth: CocoTruth = {
  images: [1, 2, 3, 4].map((id) => ({ id, file_name: `${id}.png` })),
  categories: [
    { id: 1, name: 'benign' },
    { id: 2, name: 'malignant' },
  ],
  annotations: [1, 2, 3, 4].map((id) => ({
    image_id: id,
    category_id: id <= 2 ? 1 : 2,
    bbox: [10, 10, 20, 20] as const,
  })),
};
const mark = (image: number, malignant: number, score = 0.8, x = 10): CocoDetection => ({
  image_id: image,
  category_id: malignant > 0.5 ? 2 : 1,
  bbox: [x, 10, 20, 20],
  score,
  class_scores: { 1: (1 - malignant) / 2, 2: malignant / 2 },
});
const ids = [1, 2, 3, 4];

describe('the AUC of kinds', () => {
  it('asks the best mark on each lesion, whatever category it has', () => {
    const [found, ...others] = classAucs(
      truth,
      [mark(1, 0.1), mark(2, 0.6), mark(3, 0.4), mark(4, 0.9), mark(4, 0.01, 0.3), mark(1, 0.99, 0.9, 200)],
      ids,
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({ category: 'malignant', positives: 2, negatives: 2 });
    // Of four pairs one is the wrong way round.
    expect(found!.auc()).toBe(0.75);
    expect(found!.auc([1, 0, 1, 1])).toBe(1);
    expect(found!.auc([1, 1, 0, 0])).toBeNaN();
  });

  it('leaves lesions that nothing marks out, counts ties half, and can do with categories alone', () => {
    const [found] = classAucs(truth, [mark(1, 0.5), mark(2, 0.2), mark(3, 0.5)], ids);
    expect([found!.positives, found!.negatives, found!.auc()]).toEqual([1, 2, 0.75]);
    const plain = [mark(1, 0.1), mark(2, 0.2), mark(3, 0.9), mark(4, 0.3)].map(
      ({ class_scores: _none, ...d }) => d,
    );
    expect(classAucs(truth, plain, ids)[0]!.auc()).toBe(0.75);
    expect(classAucs(truth, [mark(1, 0.5)], ids)).toEqual([]);
    expect(classAucs({ ...truth, categories: [truth.categories[0]!] }, plain, ids)).toEqual([]);
  });

  it('is part of an evaluation, with an interval, also where categories count as one for the rest', () => {
    const marks = [mark(1, 0.1), mark(2, 0.2), mark(3, 0.7), mark(4, 0.9)];
    const result = evaluateCoco(truth, marks, { classAgnostic: true, bootstrap: { resamples: 200 } });
    expect(result.classAuc).toEqual({ malignant: 1 });
    expect(result.intervals95['classAuc.malignant']).toEqual([1, 1]);
    expect(result.perCategory).toEqual({});
  });
});
