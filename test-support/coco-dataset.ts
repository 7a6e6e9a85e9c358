import type { BoxXywh } from '../src-main/core/geometry/box';
import type { CocoAnnotation, CocoDetection, CocoTruth } from '../src-main/core/evaluation/coco-dataset';

/**
 * A made COCO data set: 30 images, 2 categories, boxes of all sizes, some crowd regions, images without annotations,
 * images without detections, equal scores. Integer arithmetic only, so that every machine makes the same.
 */
export function madeCocoDataset(): { truth: CocoTruth; detections: CocoDetection[] } {
  let state = 12_345;
  /** 0 .. n - 1 */
  const draw = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  const images = Array.from({ length: 30 }, (_, i) => ({
    id: 100 - i,
    file_name: `${i}.png`,
    width: 256,
    height: 256,
  }));
  const annotations: CocoAnnotation[] = [];
  const detections: CocoDetection[] = [];
  for (const { id } of images) {
    const count = draw(5);
    for (let a = 0; a < count; a++) {
      const size = [20, 50, 120][draw(3)]!;
      const bbox: BoxXywh = [draw(256 - size), draw(256 - size), size, size + draw(10)];
      const category = 1 + draw(2);
      const crowd = draw(8) === 0 ? 1 : 0;
      annotations.push({
        image_id: id,
        category_id: category,
        bbox,
        area: bbox[2] * bbox[3] - draw(30),
        iscrowd: crowd,
      });
      if (draw(4) > 0) {
        const shift = draw(1 + size / 5);
        const found: BoxXywh = [bbox[0] + shift, bbox[1] + draw(4), size, bbox[3]];
        detections.push({ image_id: id, category_id: category, bbox: found, score: (30 + draw(70)) / 100 });
        if (draw(3) === 0)
          detections.push({ image_id: id, category_id: category, bbox, score: draw(100) / 100 });
      }
    }
    for (let d = draw(4) * draw(4); d > 0; d--) {
      const bbox: BoxXywh = [draw(200), draw(200), 10 + draw(100), 10 + draw(100)];
      detections.push({ image_id: id, category_id: 1 + draw(2), bbox, score: draw(60) / 100 });
    }
  }
  const categories = [
    { id: 1, name: 'benign' },
    { id: 2, name: 'malignant' },
  ];
  return { truth: { images, annotations, categories }, detections };
}
