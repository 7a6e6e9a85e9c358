import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CocoDetection } from '../../src-main/core/evaluation/coco-dataset';
import { toXywh } from '../../src-main/core/geometry/box';
import type { RasterImage } from '../../src-main/core/volume/volume';
import { loadDetector, train } from '../../src-main/inference';
import { readPicture } from '../../src-main/inference/training/dataset';
import { recipeOf, sets, unions, variants, type AblationSet } from './variants';

/** Trains what has no detections yet, seed by seed, and writes the detections on the validation images. */
async function main(): Promise<void> {
  const [root, out, data, weights, seeds, only] = process.argv.slice(2) as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  mkdirSync(join(out, 'recipes'), { recursive: true });
  for (const seed of seeds.split(',').map(Number)) {
    for (const variant of Object.keys(variants)) {
      if (only && !only.split(',').includes(variant)) continue;
      for (const set of sets) {
        const id = `${set.id}-${variant}-${seed}`;
        const results = join(out, `${id}.json`);
        if (existsSync(results)) continue;
        const recipeFile = join(out, 'recipes', `${id}.json`);
        writeFileSync(recipeFile, JSON.stringify(recipeOf(set, variant, seed, root), null, 2));
        const began = Date.now();
        const trained = await train(recipeFile, {
          dataRoot: data,
          backboneWeights: weights,
          modelsFolder: join(out, 'models'),
          workFolder: join(out, 'work'),
        });
        const detections = await detectAll(trained.bundleFolder, set, data, false);
        writeFileSync(results, JSON.stringify(detections));
        const { metrics } = trained.validation.evaluation;
        console.error(
          `${id}: AP50 ${metrics.AP50.toFixed(3)}, ${trained.imagesPerSecond.toFixed(1)} images/s, ${Math.round((Date.now() - began) / 1000)} s`,
        );
      }
    }
    for (const set of sets) await addUnions(out, set, seed, data);
  }
}

/** The same bundle, asked again with selective search. */
async function addUnions(out: string, set: AblationSet, seed: number, data: string): Promise<void> {
  for (const [name, { of }] of Object.entries(unions)) {
    const results = join(out, `${set.id}-${name}-${seed}.json`);
    const bundleFolder = join(out, 'models', `${set.id}-${of}-${seed}`);
    if (existsSync(results) || !existsSync(bundleFolder)) continue;
    writeFileSync(results, JSON.stringify(await detectAll(bundleFolder, set, data, true)));
    console.error(`${set.id}-${name}-${seed}: done`);
  }
}

async function detectAll(
  bundleFolder: string,
  set: AblationSet,
  data: string,
  selectiveSearch: boolean,
): Promise<CocoDetection[]> {
  const truth = JSON.parse(readFileSync(join(data, set.folder, 'val.json'), 'utf8'));
  const detector = await loadDetector(bundleFolder);
  const detections: CocoDetection[] = [];
  for (const image of truth.images) {
    const { pixels } = await readPicture(join(data, set.folder, 'images', image.file_name), set.channels);
    const raster = { ...pixels, pixelSpacing: null, modality: 'OT' } as unknown as RasterImage;
    for (const { box, score } of await detector.detectImage(raster, { minScore: 0.001, selectiveSearch }))
      detections.push({ image_id: image.id, category_id: 1, bbox: toXywh(box), score });
  }
  detector.dispose();
  return detections;
}

void main();
