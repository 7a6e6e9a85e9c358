import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { evaluateCoco } from './evaluate-coco';
import { imageAuc } from './image-auc';

const made = (
  images: readonly { readonly lesion: boolean; readonly scores: readonly number[] }[],
): { truth: CocoTruth; detections: CocoDetection[]; ids: number[] } => ({
  truth: {
    images: images.map((_, id) => ({ id, file_name: `${id}` })),
    categories: [{ id: 1, name: 'lesion' }],
    annotations: images.flatMap(({ lesion }, id) =>
      lesion ? [{ image_id: id, category_id: 1, bbox: [0, 0, 9, 9] as const }] : [],
    ),
  },
  detections: images.flatMap(({ scores }, id) =>
    scores.map((score) => ({ image_id: id, category_id: 1, bbox: [50, 50, 9, 9] as const, score })),
  ),
  ids: images.map((_, id) => id),
});

describe('the AUC of images', () => {
  it('is the share of pairs in the right order, ties half, whatever the boxes and weights', () => {
    const image = fc.record({
      lesion: fc.boolean(),
      scores: fc.array(
        fc.integer({ min: 0, max: 5 }).map((n) => n / 5),
        { maxLength: 3 },
      ),
      weight: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(image, { minLength: 2, maxLength: 12 }), (images) => {
        const { truth, detections, ids } = made(images);
        const found = imageAuc(truth, detections, ids);
        const both = images.some((i) => i.lesion) && images.some((i) => !i.lesion);
        expect(found !== null).toBe(both);
        if (!found) return;
        const best = (scores: readonly number[]): number => Math.max(-1, ...scores);
        let pairs = 0;
        let won = 0;
        for (const p of images.filter((i) => i.lesion)) {
          for (const n of images.filter((i) => !i.lesion)) {
            pairs += p.weight * n.weight;
            const [a, b] = [best(p.scores), best(n.scores)];
            won += p.weight * n.weight * (a > b ? 1 : a === b ? 0.5 : 0);
          }
        }
        const auc = found.auc(images.map((i) => i.weight));
        if (pairs === 0) expect(auc).toBeNaN();
        else expect(auc).toBeCloseTo(won / pairs, 12);
      }),
    );
  });

  it('leaves out images that hold crowd regions alone, and has an interval', () => {
    const { truth, detections, ids } = made([
      { lesion: true, scores: [0.9] },
      { lesion: true, scores: [0.4] },
      { lesion: false, scores: [0.6] },
      { lesion: false, scores: [] },
      { lesion: false, scores: [1] },
    ]);
    const crowd = { image_id: 4, category_id: 1, bbox: [0, 0, 9, 9] as const, iscrowd: 1 };
    const withCrowd = { ...truth, annotations: [...truth.annotations, crowd] };
    expect(imageAuc(truth, detections, ids)).toMatchObject({ withLesion: 2, without: 3 });
    expect(imageAuc(withCrowd, detections, ids)).toMatchObject({ withLesion: 2, without: 2 });
    const evaluation = evaluateCoco(withCrowd, detections);
    expect(evaluation.imageAuc).toBe(0.75);
    const [low, high] = evaluation.intervals95['imageAuc']!;
    expect(low).toBeLessThan(0.75);
    expect(high).toBe(1);
    const alone = { ...truth, annotations: [] };
    expect(evaluateCoco(alone, detections).imageAuc).toBeNull();
  });
});
