import type { CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import { cpmRates } from '../../core/evaluation/froc';
import { operatingPoints } from '../../core/evaluation/operating-points';
import { operatingPointFields, round } from '../bundle/measured';
import { packWeights, writeBundleFiles } from '../bundle/files';
import {
  pictureBundleFile,
  pictureModelFile,
  type PictureBundle,
  type PictureBundleFile,
} from '../bundle/schema';
import { carriedGate } from '../gate/gate-shard';
import { parameterSpecs } from '../network/architecture';
import type { CasePicture } from './case-picture';
import type { FineTuned } from './fine-tuned';
import { renderFineTunedCard } from './fine-tuned-card';
import { ownCases } from './fine-tuning-recipe';

/** Writes the bundle: its base's in all but weights, record and figures. Numbers only: nothing names a patient. */
export async function writeFineTunedBundle(
  folder: string,
  base: PictureBundle,
  model: FineTuned,
): Promise<void> {
  const specs = parameterSpecs(model.architecture);
  const { shards, record } = packWeights(specs.map((s) => model.values.get(s.name)!));
  const bundle = describe(base, model);
  await writeBundleFiles(
    folder,
    {
      bundle,
      model: pictureModelFile.parse({
        format: 'regio-rpn-1',
        architecture: model.architecture,
        ...record,
      }),
      card: renderFineTunedCard(bundle, base, model),
      // A few minutes on a clinic's cases hardly move what kinds of pictures look like to the network.
      shards: [...shards, ...(await carriedGate(base))],
    },
    // The draft is measured and written over: its test image would be for nothing.
    { selfTest: model.measured !== null },
  );
}

/** Beside those of its base. */
const ownLimits = [
  'Learned from the cases of one institution; how it does elsewhere was not measured.',
  'What the base could do on other data may have suffered: it was not measured again.',
];

function describe(base: PictureBundle, model: FineTuned): PictureBundleFile {
  // What was measured on the base's validation pictures is not true of the new weights.
  const { folder: _, modelHash, validation: _v, operatingPoints: _p, falsePositiveTail: _t, ...file } = base;
  const { learnt, held, measured } = model;
  return pictureBundleFile.parse({
    ...file,
    id: model.id,
    name: model.name,
    limits: [...(base.limits ?? []), ...ownLimits],
    training: {
      ...base.training,
      data: [...base.training.data, { ...ownCases, images: learnt.length, boxes: lesionsOf(learnt) }],
      images: model.steps * model.recipe.schedule.batchSize,
      epochs: model.epochs,
      seed: model.recipe.seed,
      initial: { id: base.id, version: base.version, modelHash },
    },
    thresholds: thresholdsOf(base, model),
    metrics: measured ? metricsOf(measured.evaluation) : {},
    operatingPoints: measured ? pointsOf(measured.evaluation) : undefined,
    fineTuned: {
      baseId: base.id,
      baseVersion: base.version,
      baseHash: modelHash,
      createdAt: model.createdAt,
      trainedOn: countsOf(learnt),
      heldBack: countsOf(held),
      trainingSeconds: Math.round(model.trainingSeconds),
      compared: measured?.compared ?? null,
    },
  });
}

function thresholdsOf({ thresholds }: PictureBundle, { threshold, measured }: FineTuned) {
  if (threshold === null || !measured) return thresholds;
  const { fpPerImage, sensitivity } = measured.compared.new;
  return {
    ...thresholds,
    default: threshold,
    chosenOn: `${ownCases.name} (held back): as many false marks as the model in use`,
    fpPerImage: round(fpPerImage),
    sensitivity: round(sensitivity),
  };
}

/** The scores are calibrated by the base's curve already. */
const pointsOf = ({ marks, clusterOf }: CocoEvaluation) =>
  operatingPointFields(operatingPoints(marks, cpmRates, { clusterOf }), 'image');

function metricsOf({ metrics, sensitivityAtFpPerImage, intervals95 }: CocoEvaluation) {
  const named: [string, number][] = [
    ...(['AP', 'AP50', 'AP75', 'AR100'] as const).map((key): [string, number] => [key, metrics[key]]),
    ...Object.entries(sensitivityAtFpPerImage).map(([rate, v]): [string, number] => [
      `sensitivity@${rate}`,
      v,
    ]),
  ];
  return Object.fromEntries(
    named.map(([name, value]) => [name, { value: round(value), interval: rounded(intervals95[name]) }]),
  );
}

const countsOf = (pictures: readonly CasePicture[]) => ({
  pictures: pictures.length,
  patients: new Set(pictures.map((p) => p.patient)).size,
  lesions: lesionsOf(pictures),
  rejected: pictures.reduce((sum, p) => sum + p.rejected.length, 0),
});

const lesionsOf = (pictures: readonly CasePicture[]): number =>
  pictures.reduce((sum, p) => sum + p.lesions.length, 0);

const rounded = (interval: readonly [number, number] | undefined): [number, number] | null =>
  interval ? [round(interval[0]), round(interval[1])] : null;
