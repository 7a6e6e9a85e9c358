import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CocoDetection, CocoTruth } from '../../src-main/core/evaluation/coco-dataset';
import { evaluateCoco } from '../../src-main/core/evaluation/evaluate-coco';
import { fromXywh, toXywh, type Box2 } from '../../src-main/core/geometry/box';
import type { RasterImage } from '../../src-main/core/volume/volume';
import { loadDetector } from '../../src-main/inference';
import type { Pixels } from '../../src-main/inference/preprocess/sample';
import { createRandom } from '../../src-main/inference/random';
import { acrossBox } from '../../src-main/inference/training/augmentation/callipers';
import { drawCalliper } from '../../src-main/inference/training/augmentation/draw-marks';
import { paintOverMarks } from '../../src-main/inference/preprocess/paint-over';
import { readPicture } from '../../src-main/inference/training/dataset';

/** A bundle's scores on pictures as they are, with callipers added, and with their own painted over. */
async function main(): Promise<void> {
  const [bundle, truthFile, images] = process.argv.slice(2) as [string, string, string];
  const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as CocoTruth;
  const detector = await loadDetector(bundle);
  const found: Record<string, CocoDetection[]> = {};
  const best: Record<string, number[]> = {};
  let painted = 0;
  for (const image of truth.images) {
    const { pixels } = await readPicture(join(images, image.file_name), 1);
    const lesions = truth.annotations.filter((a) => a.image_id === image.id).map((a) => fromXywh(a.bbox));
    const elsewhere = drawnBox(pixels, lesions, image.id);
    const cleaned = paintOverMarks(pixels);
    if (cleaned !== pixels) painted++;
    const versions: Record<string, Pixels> = {
      'as it is': pixels,
      // A lesion-free picture is measured where a lesion might be.
      'callipers on each lesion': withCallipers(pixels, lesions.length > 0 ? lesions : [elsewhere], 0.2),
      'callipers elsewhere': withCallipers(pixels, [elsewhere], -0.3),
      'own callipers painted over': cleaned,
    };
    for (const [name, version] of Object.entries(versions)) {
      const raster = { ...version, pixelSpacing: null, modality: 'US' } as unknown as RasterImage;
      const proposals = await detector.detectImage(raster, { minScore: 0.001 });
      (best[name] ??= []).push(Math.max(0, ...proposals.map((p) => p.score)));
      const list = (found[name] ??= []);
      for (const p of proposals) {
        list.push({ image_id: image.id, category_id: 1, bbox: toXywh(p.box), score: p.score });
      }
    }
  }
  detector.dispose();
  const hasLesion = truth.images.map((i) => truth.annotations.some((a) => a.image_id === i.id));
  const rows = Object.entries(found).map(([name, detections]) => ({
    name,
    best: best[name]!,
    AP50: evaluateCoco(truth, detections, { classAgnostic: true, bootstrap: { resamples: 1 } }).metrics.AP50,
  }));
  console.log(JSON.stringify({ hasLesion, painted, rows }));
}

/** A box of a lesion's size that lies on none. */
function drawnBox({ width, height }: Pixels, lesions: readonly Box2[], seed: number): Box2 {
  const random = createRandom(seed, 17);
  for (let tries = 0; ; tries++) {
    const w = width * random.between(0.12, 0.35);
    const h = w * random.between(0.5, 1);
    const x = random.between(0, width - w);
    const y = random.between(0, Math.max(1, height - h));
    const box: Box2 = [x, y, x + w, y + h];
    const free = lesions.every((l) => box[2] < l[0] || box[0] > l[2] || box[3] < l[1] || box[1] > l[3]);
    if (free || tries > 200) return box;
  }
}

function withCallipers(pixels: Pixels, boxes: readonly Box2[], angle: number): Pixels {
  const data = Float32Array.from(pixels.data, (v) => v / 255);
  const raster = { ...pixels, data };
  const px = pixels.width / 256;
  const style = { arm: 4 * px, stroke: 1.4 * px, grey: 1, dotted: true };
  for (const box of boxes) acrossBox(box, angle, style).forEach((c) => drawCalliper(raster, c));
  return { ...pixels, data: Uint8ClampedArray.from(data, (v) => 255 * v) };
}

void main();
