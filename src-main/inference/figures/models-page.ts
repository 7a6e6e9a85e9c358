import { pointsTable, three } from '../bundle/model-card';
import type { ModelBundle } from '../bundle/schema';

/** docs/models.md: what each shipped model does on its validation data, by what its bundle says and nothing else. */
export function renderModelsPage(bundles: readonly ModelBundle[]): string {
  return (
    [
      '# Models: what each one finds, and what it gets wrong',
      `Written by \`bin/regio models figures --page docs/models.md\` from the bundles in \`models/\`; a test compares the two. Do not edit it.
Every figure was measured on the validation side of the model's data, on which its recipe was tuned, and none on the test side,
which others hold. Nothing here says how a model does in another hospital. More is in each model's card.`,
      overview(bundles),
      ...bundles.map(modelSection),
    ].join('\n\n') + '\n'
  );
}

const figure = (bundle: ModelBundle, name: string): string => {
  const metric = bundle.metrics[name];
  if (!metric) return '-';
  return `${three(metric.value)}${metric.interval ? ` (${metric.interval.map(three).join(' to ')})` : ''}`;
};

const perScan = (bundle: ModelBundle): boolean => bundle.kind === 'volume';

function overview(bundles: readonly ModelBundle[]): string {
  const rows = bundles.map((b) => {
    const precision = perScan(b) ? 'AP10' : 'AP50';
    const rate = perScan(b) ? 'sensitivity@2' : 'sensitivity@1';
    const images = b.validation
      ? `${b.validation.images} ${perScan(b) ? 'scans' : 'images'}, ${b.validation.boxes} boxes`
      : '-';
    return `| [${b.id}](#${b.id}) | ${b.version} | ${images} | ${precision} ${figure(b, precision)} | ${figure(b, rate)} at ${perScan(b) ? '2 a scan' : '1 an image'} |`;
  });
  return `| model | version | validation | average precision (95 %) | sensitivity (95 %) |
|---|---|---|---|---|
${rows.join('\n')}`;
}

function modelSection(bundle: ModelBundle): string {
  const { id, name, version, modelHash, operatingPoints, calibration, metrics, thresholds } = bundle;
  const rows = Object.keys(metrics).map((key) => `| ${key} | ${figure(bundle, key)} |`);
  const error = calibration?.expectedCalibrationError;
  return [
    `## ${id}`,
    `${name}, version ${version}, hash \`${modelHash.slice(0, 12)}\`: [card](../models/${id}/MODEL_CARD.md). Measured on ${thresholds.chosenOn}.`,
    `| metric | value (95 %) |\n|---|---|\n${rows.join('\n')}`,
    operatingPoints?.length ? pointsTable(operatingPoints) : 'Operating points were not measured.',
    error
      ? `The program starts at ${thresholds.default}. Expected calibration error ${of(error.before)} before, ${of(error.after)} after calibration (on other images).`
      : `The program starts at ${thresholds.default}. Scores are not calibrated.`,
    sampleText(bundle),
  ].join('\n\n');
}

const of = (value: number | null): string => (value === null ? '-' : three(value));

function sampleText({ id, validation, kind }: ModelBundle): string {
  if (!validation) return 'No sample was drawn.';
  const { seed, images } = validation.sample;
  const unit = kind === 'volume' ? 'scan' : 'image';
  const rows = images.map((i) => `| \`${i.image}\` | ${i.hits} | ${i.misses} | ${i.falseAlarms} |`);
  const draw =
    kind === 'volume'
      ? ''
      : `\n\n\`bin/regio models figures ${id}\` draws them, and the worst misses and false alarms of the card, into \`out/models/\`.`;
  return `${images.length} validation ${unit}s drawn by chance (seed ${seed}), at that threshold:

| ${unit} | hits | misses | false alarms |
|---|---|---|---|
${rows.join('\n')}${draw}`;
}
