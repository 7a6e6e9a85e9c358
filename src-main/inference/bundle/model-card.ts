import type { PictureBundleFile } from './schema';
import type { TrainedModel } from './trained-model';

/** What someone must know before relying on the model; sections after Mitchell et al. 2019, "Model Cards". */
export function renderModelCard(bundle: PictureBundleFile, model: TrainedModel): string {
  const percent = (v: number): string => v.toFixed(3);
  const metricRows = Object.entries(bundle.metrics).map(
    ([name, m]) =>
      `| ${name} | ${percent(m.value)} | ${m.interval ? m.interval.map(percent).join(' to ') : '-'} |`,
  );
  const { thresholds, training } = bundle;
  const { validation } = model.recipe.data;
  const { canvasSize } = model.recipe.schedule;
  const size = bundle.input.size;
  const schooled = canvasSize && canvasSize !== size ? `, trained at ${canvasSize} x ${canvasSize}` : '';
  const { initial } = training;
  const beganFrom = initial
    ? ` The weights it began from: \`${initial.id}\` ${initial.version}, hash ${initial.modelHash}.`
    : '';
  return `# ${bundle.name}

\`${bundle.id}\` ${bundle.version}. **For research use only. Not for primary diagnosis; not a medical device.**

${bundle.description}

## Intended use

${bundle.intendedUse}

## Training data and licences

| data | images | boxes | licence |
|---|---|---|---|
${training.data.map((d) => `| ${d.name} | ${d.images} | ${d.boxes} | ${d.licence} |`).join('\n')}

Backbone: ${training.backbone}.${beganFrom} The licence of the data limits what the weights may be used for.

## How it was trained

Recipe \`${training.recipe}\`, seed ${training.seed}: ${training.epochs} epochs, ${training.images} augmented pictures in
${Math.round(model.trainingSeconds / 60)} minutes on 2 processor cores. Feature-pyramid region-proposal network, used at ${size} x ${size} px${schooled};
weights stored as float16.

## Validation

On ${validation.map((s) => s.name).join(', ')} (${model.validation.evaluation.images} images, ${model.validation.evaluation.annotations} boxes; not used for training, but the recipe was tuned on it).
COCO metrics, and sensitivity at false positives an image (IoU >= 0.5); 95 % bootstrap interval over images.

| metric | value | 95 % interval |
|---|---|---|
${metricRows.join('\n')}

Default threshold ${thresholds.default}: ${thresholds.fpPerImage} false positives an image, sensitivity ${percent(thresholds.sensitivity)}, on those images.
Findings scoring under ${thresholds.scoreFloor} are not kept.

## Known limits

${model.recipe.limits.map((l) => `- ${l}`).join('\n')}
`;
}
