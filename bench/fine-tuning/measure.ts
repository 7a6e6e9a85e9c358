import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareModels,
  thresholdOfSameFalseMarks,
  type ModelComparison,
} from '../../src-main/core/evaluation/compare-models';
import { box2Iou, fromXywh, type BoxXywh } from '../../src-main/core/geometry/box';
import type { RasterImage } from '../../src-main/core/volume/volume';
import { fineTune, loadDetector, type CasePicture, type Detector } from '../../src-main/inference';
import { detectAll, truthOf } from '../../src-main/inference/fine-tuning/case-picture';
import { readPicture } from '../../src-main/inference/training/dataset';

/**
 * A simulated clinic: polyp frames as another endoscope might show them. Some are learned from as a careful reader would leave
 * them (every lesion marked, every other mark that is shown rejected); the rest say what was gained on that clinic's frames, and
 * what was lost on frames as the model knows them. None of these frames was in the model's training.
 */
interface Frame {
  readonly image: RasterImage;
  readonly lesions: readonly BoxXywh[];
}

/** As under narrow-band light: red is gone, blue and green carry the picture. */
function narrowBand({ image, lesions }: Frame): Frame {
  const data = new Uint8Array(image.data.length);
  for (let n = 0; n < data.length; n += 3) {
    const [r, g, b] = [image.data[n]!, image.data[n + 1]!, image.data[n + 2]!];
    data[n] = 0.25 * r + 0.35 * g;
    data[n + 1] = 0.9 * g;
    data[n + 2] = 0.5 * b + 0.45 * g;
  }
  return { image: { ...image, data }, lesions };
}

async function frames(data: string): Promise<Frame[]> {
  const truth = JSON.parse(readFileSync(join(data, 'val.json'), 'utf8')) as {
    images: { id: number; file_name: string }[];
    annotations: { image_id: number; bbox: BoxXywh }[];
  };
  return Promise.all(
    truth.images.map(async ({ id, file_name }) => {
      const { pixels } = await readPicture(join(data, 'images', file_name), 3);
      const image = {
        ...pixels,
        data: Uint8Array.from(pixels.data),
        pixelSpacing: null,
        modality: 'ES' as const,
      };
      return { image, lesions: truth.annotations.filter((a) => a.image_id === id).map((a) => a.bbox) };
    }),
  );
}

/** What a reader leaves: lesions, and the marks at or above the operating point that lie on none. */
async function reviewed(
  detector: Detector,
  all: readonly Frame[],
  heldBack: boolean,
): Promise<CasePicture[]> {
  const pictures: CasePicture[] = [];
  for (const [n, { image, lesions }] of all.entries()) {
    const boxes = lesions.map(fromXywh);
    const marks = await detector.detectImage(image, { minScore: detector.bundle.thresholds.default });
    const rejected = marks.map((m) => m.box).filter((box) => boxes.every((b) => box2Iou(b, box) < 0.3));
    pictures.push({
      image,
      lesions: boxes.map((box) => ({ box, label: 0 })),
      rejected,
      ignored: [],
      patient: `${n}`,
      heldBack,
    });
  }
  return pictures;
}

/** Of the held-back frames, to choose the operating point on. */
const choosingFrames = 40;

async function main(): Promise<void> {
  const [model, data, out, learn, epochs] = process.argv.slice(2) as [string, string, string, string, string];
  const all = await frames(data);
  const count = Number(learn);
  const other = all.map(narrowBand);
  const old = await loadDetector(model);
  const learnt = await reviewed(old, other.slice(0, count), false);
  const heldThere = await reviewed(old, other.slice(count), true);
  const heldHere = await reviewed(old, all.slice(count), true);
  const made = existsSync(out)
    ? null
    : await fineTune({
        baseFolder: model,
        oldFolder: model,
        outFolder: out,
        id: 'bench-clinic-1',
        name: 'Bench',
        createdAt: '2026-01-01T00:00:00.000Z',
        // The program's own comparison is made anew below, on both kinds of frames.
        pictures: [...learnt, ...heldThere.slice(0, 4)],
        epochs: Number(epochs),
      });
  const fresh = await loadDetector(out);
  const rejected = learnt.reduce((sum, p) => sum + p.rejected.length, 0);
  if (made)
    console.log(
      `${count} frames, ${rejected} rejected marks, ${made.steps} steps, ${Math.round(made.trainingSeconds)} s`,
    );
  // The operating point as the program chooses it, on frames that do not count below.
  const choosing = heldThere.slice(0, choosingFrames);
  const labels = old.bundle.labels;
  const oldThreshold = old.bundle.thresholds.default;
  const newThreshold =
    thresholdOfSameFalseMarks(
      truthOf(choosing, labels),
      { detections: await detectAll(old, choosing, {}), threshold: oldThreshold },
      { detections: await detectAll(fresh, choosing, {}) },
    ) ?? oldThreshold;
  console.log(`threshold ${oldThreshold} -> ${newThreshold.toFixed(4)}`);
  for (const [name, held] of [
    ["the clinic's frames", heldThere.slice(choosingFrames)],
    ['frames as before', heldHere.slice(choosingFrames)],
  ] as const) {
    const before = { detections: await detectAll(old, held, {}), threshold: oldThreshold };
    const after = { detections: await detectAll(fresh, held, {}), threshold: newThreshold };
    print(name, compareModels(truthOf(held, labels), before, after));
  }
  old.dispose();
  fresh.dispose();
}

function print(name: string, c: ModelComparison): void {
  const row = (key: 'ap50' | 'sensitivity' | 'fpPerImage'): string => {
    const { value, interval } = c.difference[key];
    const ends = interval?.map((v) => v.toFixed(3)).join(' to ') ?? '-';
    return `${key} ${c.old[key].toFixed(3)} -> ${c.new[key].toFixed(3)} (${value.toFixed(3)}, 95 %: ${ends})`;
  };
  console.log(
    `${name} (${c.images}): ${(['ap50', 'sensitivity', 'fpPerImage'] as const).map(row).join('; ')}`,
  );
}

void main();
