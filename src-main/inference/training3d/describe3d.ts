import { cpus } from 'node:os';
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
      cores: cpus().length,
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

/** What someone must know before relying on the model; sections after Mitchell et al. 2019, "Model Cards". */
export function renderVolumeModelCard(bundle: VolumeBundleFile, model: TrainedVolumeModel): string {
  const { thresholds, input } = bundle;
  const rows = Object.entries(bundle.metrics).map(
    ([name, m]) =>
      `| ${name} | ${m.value.toFixed(3)} | ${m.interval ? m.interval.map((v) => v.toFixed(3)).join(' to ') : '-'} |`,
  );
  return `# ${bundle.name}

\`${bundle.id}\` ${bundle.version}. **For research use only. Not for primary diagnosis; not a medical device.**

${bundle.description}

## Intended use

${bundle.intendedUse}

## Training data and licences

| data | volumes | boxes | licence |
|---|---|---|---|
${model.data.map((d) => `| ${d.name} | ${d.images} | ${d.boxes} | ${d.licence} |`).join('\n')}

The licence of the data limits what the weights may be used for.

## How it was trained

Recipe \`${model.recipeName}\`, seed ${model.recipe.seed}: ${model.recipe.schedule.epochs} epochs, ${model.patches} patches in
${Math.round(model.trainingSeconds / 60)} minutes. Residual 3D feature-pyramid region-proposal network on a grid of
${input.spacing.join(' x ')} mm, values ${input.intensity.low} to ${input.intensity.high}; weights stored as float16.

## Validation

On ${thresholds.chosenOn}; not used for training, but the recipe may have been tuned on it. A mark is a hit where its
centre lies within half the lesion's size; 95 % bootstrap interval over volumes.

| metric | value | 95 % interval |
|---|---|---|
${rows.join('\n')}

Default threshold ${thresholds.default}: ${thresholds.fpPerScan ?? '-'} false positives a scan, sensitivity ${thresholds.sensitivity ?? '-'}.
Findings scoring under ${thresholds.scoreFloor} are not kept.

## Known limits

${model.recipe.limits.map((l) => `- ${l}`).join('\n')}
`;
}
