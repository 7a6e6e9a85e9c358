import { processorCount } from '../processors';
import { computesOnGpu } from '../tensorflow';
import { calibrationField, operatingPointFields, round, thresholdFields } from '../bundle/measured';
import { volumeBundleFile, type VolumeBundleFile } from '../bundle/schema';
import { defaultPerScan } from './measure-volumes';
import type { VolumeRecipe } from './recipe3d';
import type { VolumeValidation } from './validate3d';

/** What a training of a volume recipe hands over for its bundle. */
export interface TrainedVolumeModel {
  readonly recipe: VolumeRecipe;
  /** As people name it, e.g. recipes/lung-ct-nodule.json. */
  readonly recipeName: string;
  readonly data: { name: string; licence: string; images: number; boxes: number }[];
  /** Patches drawn. */
  readonly patches: number;
  readonly trainingSeconds: number;
}

/** bundle.json of a trained volume model; without a validation, as validation itself runs the bundle. */
export function describeVolumeModel(
  { recipe, recipeName, data, patches, trainingSeconds }: TrainedVolumeModel,
  validation: VolumeValidation | null,
): VolumeBundleFile {
  const chosenOn = chosenOnOf(recipe);
  const { scoreFloor } = recipe;
  return volumeBundleFile.parse({
    schemaVersion: 1,
    kind: 'volume',
    ...recipe.bundle,
    input: recipe.input,
    anchors: recipe.anchors,
    proposals: recipe.proposals,
    lungMask: recipe.lungMask,
    gate: recipe.gate,
    ...(validation
      ? describeVolumeValidation(recipe, validation)
      : {
          thresholds: { scoreFloor, default: scoreFloor, chosenOn, fpPerScan: null, sensitivity: null },
          metrics: {},
        }),
    training: {
      recipe: recipeName,
      data,
      images: patches,
      epochs: recipe.schedule.epochs,
      seed: recipe.seed,
      seconds: Math.round(trainingSeconds),
      cores: processorCount(),
      ...(computesOnGpu() && { gpu: true }),
      backbone: 'residual 3D, drawn',
    },
    checksums: 'sha256',
  });
}

/** What bundle.json says of a validation; all that `regio models measure` replaces. */
export function describeVolumeValidation(
  recipe: Pick<VolumeRecipe, 'data' | 'scoreFloor' | 'limits'>,
  validation: VolumeValidation,
) {
  const { calibration, points, record } = validation.measured;
  const chosen = thresholdFields(recipe.scoreFloor, calibration, points, defaultPerScan);
  return {
    thresholds: {
      scoreFloor: chosen.scoreFloor,
      default: chosen.default,
      chosenOn: chosenOnOf(recipe),
      fpPerScan: chosen.falsePositives,
      sensitivity: chosen.sensitivity,
    },
    calibration: calibrationField(calibration),
    operatingPoints: operatingPointFields(points, 'scan'),
    validation: record,
    limits: recipe.limits,
    metrics: metricsOf(validation),
  };
}

const chosenOnOf = ({ data }: Pick<VolumeRecipe, 'data'>): string =>
  data.heldOut === undefined
    ? data.validation.map((s) => s.name).join(', ')
    : 'scans of the training data, each searched by a model of this recipe that was trained without it';

function metricsOf({ evaluation }: VolumeValidation): VolumeBundleFile['metrics'] {
  const figures: [string, number][] = [
    ...Object.entries(evaluation.averagePrecision),
    ['cpm', evaluation.cpm],
    ...Object.entries(evaluation.sensitivityAtFpPerScan)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([rate, value]): [string, number] => [`sensitivity@${rate}`, value]),
  ];
  return Object.fromEntries(
    figures.map(([name, value]) => {
      const interval = evaluation.intervals95[name];
      return [
        name,
        { value: round(value), interval: interval ? [round(interval[0]), round(interval[1])] : null },
      ];
    }),
  );
}
