import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import type { CocoDetection, CocoTruth } from '../core/evaluation/coco-dataset';
import { toXywh } from '../core/geometry/box';
import type { JobOptions } from '../core/study/entities';
import type { RasterImage } from '../core/volume/volume';
import { loadImage, scanPaths } from '../imaging';
import { loadDetector } from '../inference';
import { findBundle } from './model-check';

export interface CocoRunOptions extends JobOptions {
  readonly truth: CocoTruth;
  readonly imagesFolder: string;
  readonly modelsFolder: string;
  readonly modelId: string;
  readonly classAgnostic: boolean;
  /** Let selective search point at places too. */
  readonly selectiveSearch?: boolean | undefined;
}

export interface CocoRun {
  readonly detections: CocoDetection[];
  readonly modelId: string;
  readonly modelVersion: string;
  /** Mean of reading, decoding and detecting; without loading the model and its first, slower image. */
  readonly msPerImage: number;
  /** The part of `msPerImage` that reading and decoding took. */
  readonly msPerImageDecode: number;
}

/** Average precision reads the whole score range: far below every operating point, and still quick to match. */
const minScore = 0.001;

/**
 * Runs one model on every image of a COCO truth, in this process.
 *
 * @throws AppError model.not-found, request.invalid (an image is missing, or the model's labels are not the truth's
 *   categories), the reader's errors, job.cancelled
 */
export async function detectCocoImages(options: CocoRunOptions): Promise<CocoRun> {
  const { truth, signal, onProgress } = options;
  const bundle = await findBundle(options.modelsFolder, options.modelId);
  const categoryOf = categoryMapping(truth, bundle.labels, options.classAgnostic);
  const scoresOf = classScoreMapping(truth, bundle.labels);
  const files = imageFiles(truth, options.imagesFolder);
  const detector = await loadDetector(bundle.folder);
  try {
    await detector.detectImage(await readImage(files[0]!), { minScore });
    const detections: CocoDetection[] = [];
    let decodeMs = 0;
    const start = performance.now();
    for (const [n, image] of truth.images.entries()) {
      if (signal?.aborted) throw new AppError('job.cancelled', 'Cancelled.', 'Run it again to start over.');
      const before = performance.now();
      const raster = await readImage(files[n]!);
      decodeMs += performance.now() - before;
      for (const proposal of await detector.detectImage(raster, {
        minScore,
        signal,
        selectiveSearch: options.selectiveSearch,
      })) {
        detections.push({
          image_id: image.id,
          category_id: categoryOf(proposal.label),
          bbox: toXywh(proposal.box),
          score: proposal.score,
          ...(proposal.classScores && scoresOf(proposal.classScores)),
        });
      }
      // Ctrl+C gets its turn: the network itself blocks the thread.
      await setImmediate();
      onProgress?.((n + 1) / files.length, `${n + 1} of ${files.length} images`);
    }
    return {
      detections,
      modelId: bundle.id,
      modelVersion: bundle.version,
      msPerImage: (performance.now() - start) / files.length,
      msPerImageDecode: decodeMs / files.length,
    };
  } finally {
    detector.dispose();
  }
}

/** The images of a truth, in its order. @throws AppError request.invalid when one is missing */
export function imageFiles(truth: CocoTruth, folder: string): string[] {
  const files = truth.images.map((image) => join(folder, image.file_name));
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return files;
  throw new AppError('request.invalid', 'An image of the truth is not in the folder.', 'Check --images.', {
    file: missing,
  });
}

/** Each file is scanned by itself: a folder's scan drops copies of one image, which a data set may hold. */
export async function readImage(file: string): Promise<RasterImage> {
  const { series, skipped } = await scanPaths([file]);
  const found = series[0];
  if (!found) {
    throw new AppError(
      'file.unsupported',
      skipped[0]?.reason ?? 'No image.',
      'Take it out of the truth file.',
      {
        file,
      },
    );
  }
  return loadImage(found, 0);
}

/** Scores by label -> by category id, where each label is the name of a category; else none. */
function classScoreMapping(
  truth: CocoTruth,
  labels: readonly string[],
): (scores: readonly number[]) => Pick<CocoDetection, 'class_scores'> {
  const byName = new Map(truth.categories.map((c) => [c.name.toLowerCase(), c.id]));
  const ids = labels.flatMap((label) => byName.get(label.toLowerCase()) ?? []);
  if (ids.length !== labels.length) return () => ({});
  return (scores) => ({ class_scores: Object.fromEntries(ids.map((id, n) => [id, scores[n]!])) });
}

/** The model's label -> category id: by name; all the same where there is one category, or all count as one. */
function categoryMapping(
  truth: CocoTruth,
  labels: readonly string[],
  classAgnostic: boolean,
): (label: string) => number {
  const first = truth.categories[0]!.id;
  if (classAgnostic || truth.categories.length === 1) return () => first;
  const byName = new Map(truth.categories.map((c) => [c.name.toLowerCase(), c.id]));
  const stranger = labels.find((label) => !byName.has(label.toLowerCase()));
  if (stranger !== undefined) {
    throw new AppError(
      'request.invalid',
      `The model's label "${stranger}" is no category of the truth (${truth.categories.map((c) => c.name).join(', ')}).`,
      'Use --class-agnostic to take all categories as one.',
    );
  }
  return (label) => byName.get(label.toLowerCase())!;
}
