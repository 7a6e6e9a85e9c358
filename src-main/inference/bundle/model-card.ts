import type { OperatingPointSpec, ValidationRecord } from './measured-schema';
import type { PictureBundleFile, VolumeBundleFile } from './schema';
import { preprocessingText } from './preprocessing-text';

/** Beside bundle.json, what the card names. */
export interface CardFacts {
  /** model.json's. */
  readonly architecture: object;
  readonly parameterCount: number;
  /** sha256 of all weights, shard after shard. */
  readonly weightsSha256: string;
}

type CardBundle = PictureBundleFile | VolumeBundleFile;

/**
 * What someone must know before relying on the model; sections after Mitchell et al. 2019, "Model Cards". It says what
 * bundle.json says and nothing else, so that it can be written anew whenever the model is measured anew.
 */
export function renderModelCard(bundle: CardBundle, facts: CardFacts): string {
  return (
    [
      `# ${bundle.name}`,
      `\`${bundle.id}\` ${bundle.version}. **For research use only. Not for primary diagnosis; not a medical device.**`,
      bundle.description,
      section('Intended use', bundle.intendedUse),
      section('Training data and licences', dataText(bundle)),
      section('What the network is shown', preprocessingText(bundle)),
      section('Architecture', architectureText(facts)),
      section('Training and its cost', trainingText(bundle)),
      section('Validation', validationText(bundle)),
      section('Operating points', pointsText(bundle)),
      section('Calibration', calibrationText(bundle)),
      section('What it turns away', gateText(bundle)),
      section('Known failures', bundle.validation ? failuresText(bundle, bundle.validation) : notMeasured),
      section(
        'Known limits',
        (bundle.limits ?? []).map((l) => `- ${l}`).join('\n') || 'None were written down.',
      ),
      section(
        'Identity',
        `Weights, shard after shard: sha256 \`${facts.weightsSha256}\`. What reports and the audit trail call the model's hash is the\nsha256 of CHECKSUMS, which lists the sha256 of every file of the bundle, this one too: \`sha256sum CHECKSUMS\`.`,
      ),
    ].join('\n\n') + '\n'
  );
}

const section = (title: string, text: string): string => `## ${title}\n\n${text}`;
const notMeasured = 'Not measured: `bin/regio models measure` does it.';
export const three = (v: number): string => v.toFixed(3);
const unitOf = (bundle: CardBundle): string => (bundle.kind === 'volume' ? 'scan' : 'image');

function dataText({ training, kind, thresholds, validation }: CardBundle): string {
  if (!training) return 'It was trained elsewhere.';
  const unit = kind === 'volume' ? 'volumes' : 'images';
  const own = training.data.map((d) => `| ${d.name} | training | ${d.images} | ${d.boxes} | ${d.licence} |`);
  const held = validation
    ? `| ${thresholds.chosenOn} | validation | ${validation.images} (${validation.imagesWithoutLesion} without a lesion) | ${validation.boxes} | as above |`
    : `| ${thresholds.chosenOn} | validation | - | - | as above |`;
  return `| data | used for | ${unit} | boxes | licence |
|---|---|---|---|---|
${[...own, held].join('\n')}

The split is the data set's own; what is near-duplicate, or of one patient where patients are known, is on one side. The test
side is held by others: no figure on this page comes from it. Backbone: ${training.backbone}. The licence of
the data limits what the weights may be used for.`;
}

function architectureText({ architecture, parameterCount }: CardFacts): string {
  const parts = Object.entries(architecture).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `Feature-pyramid region-proposal network of ${parameterCount.toLocaleString('en')} parameters, weights stored as float16 (docs/proposals.md
says what each option is): ${parts.join(', ')}.`;
}

function trainingText({ training, kind }: CardBundle): string {
  if (!training) return 'It was trained elsewhere.';
  const { seconds, cores, gpu, images } = training;
  const unit = kind === 'volume' ? 'patches' : 'augmented pictures';
  const cost =
    seconds === undefined
      ? 'The time it took was not written down.'
      : `It took ${Math.round(seconds / 60)} minutes on ${gpu ? 'a graphics card and ' : ''}${cores} processor cores, ${(images / Math.max(1, seconds)).toFixed(1)} ${unit} a second.`;
  const start = training.initial
    ? ` It began from \`${training.initial.id}\` ${training.initial.version}.`
    : '';
  return `Recipe \`${training.recipe}\`, seed ${training.seed}: ${training.epochs} epochs, ${images} ${unit}.${start} ${cost}`;
}

function validationText(bundle: CardBundle): string {
  const rule =
    bundle.kind === 'volume'
      ? "A mark is a hit where its centre lies within half the lesion's size"
      : `COCO metrics, and sensitivity at so many false marks an image (a hit: ${bundle.hit === 'centre' ? "the centre of a mark lies in the lesion's box, or the lesion's in the mark's" : 'IoU >= 0.5'})`;
  const speed = bundle.validation
    ? bundle.kind === 'volume'
      ? ` ${(bundle.validation.milliseconds / 1000).toFixed(1)} s a scan where it was measured.`
      : ` ${Math.round(bundle.validation.milliseconds)} ms an image where it was measured (fastest tenth).`
    : '';
  const rows = Object.entries(bundle.metrics).map(
    ([name, m]) =>
      `| ${name} | ${three(m.value)} | ${m.interval ? m.interval.map(three).join(' to ') : '-'} |`,
  );
  return `On ${bundle.thresholds.chosenOn}; not used for training, but the recipe was tuned on it. ${rule}; 95 % bootstrap
interval over ${unitOf(bundle)}s.${speed}

| metric | value | 95 % interval |
|---|---|---|
${rows.join('\n')}`;
}

function pointsText(bundle: CardBundle): string {
  const { thresholds, operatingPoints } = bundle;
  const floor = `Findings scoring under ${thresholds.scoreFloor} are not kept.`;
  if (!operatingPoints || operatingPoints.length === 0)
    return `Default threshold ${thresholds.default}. ${floor} ${notMeasured}`;
  const volumes =
    bundle.kind === 'picture' && bundle.falsePositiveTail
      ? ' Volumes are read slice by slice: for them the threshold is an estimate, by number of slices, for about 2 false marks a volume; nobody measured it on volumes.'
      : '';
  return `${pointsTable(operatingPoints)}

The program starts at ${thresholds.default}. ${floor}${volumes}`;
}

/** A row an operating point: what was asked for, the threshold, and what it gave. */
export function pointsTable(points: readonly OperatingPointSpec[]): string {
  const interval = (i: readonly [number, number] | null): string =>
    i ? ` (${i.map(three).join(' to ')})` : '';
  const rows = points.map(
    (p) =>
      `| ${p.falsePositives} | ${p.threshold} | ${three(p.sensitivity)}${interval(p.sensitivity95)} | ${three(p.measuredFalsePositives)}${interval(p.falsePositives95)} |`,
  );
  return `| false marks ${points[0]?.per === 'scan' ? 'a scan' : 'an image'}, at most | threshold | sensitivity (95 %) | false marks measured (95 %) |
|---|---|---|---|
${rows.join('\n')}`;
}

function calibrationText({ calibration }: CardBundle): string {
  if (!calibration) return "Scores are the network's own: they order the marks and are no probabilities.";
  const { slope, intercept, marks, hits, expectedCalibrationError: error } = calibration;
  const of = (v: number | null): string => (v === null ? '-' : three(v));
  return `Scores are calibrated (Platt: sigmoid(${slope.toFixed(3)} logit(score) ${intercept < 0 ? '-' : '+'} ${Math.abs(intercept).toFixed(3)}), fitted on ${marks} validation marks of which ${hits}
hit): of marks scored 0.8, four in five should lie on a lesion. Expected calibration error: ${of(error.before)} before, ${of(error.after)} after, the
latter of fits on other images. On images of another hospital it is not known.`;
}

function gateText({ kind, gate }: CardBundle): string {
  if (!gate) return 'Nothing: every image is scored, whatever it shows.';
  if (kind === 'volume' || !('fitted' in gate))
    return 'Volumes that are no chest CT, or too short or coarse for it, are called not analysable and not scored.';
  const { pictures, held, heldFlagged } = gate.fitted;
  return `Pictures unlike those it was made for are called not analysable and not scored: by plain statistics, and by the distance of
the network's own features from those of ${pictures} training pictures. Of ${held} held-back pictures it turns away ${heldFlagged}.`;
}

function failuresText({ id, kind }: CardBundle, validation: ValidationRecord): string {
  const unit = kind === 'volume' ? 'mm' : 'px';
  const misses = validation.worstMisses.map(
    ({ image, place }) => `- \`${image}\`: ${sizeText(place)} ${unit}`,
  );
  const alarms = validation.worstFalseAlarms.map(
    ({ image, place, score }) => `- \`${image}\`: ${sizeText(place)} ${unit}, score ${three(score)}`,
  );
  const draw =
    kind === 'volume'
      ? ''
      : `\n\nPictures of patients are not part of the bundle: \`bin/regio models figures ${id}\` draws these, and six drawn by chance,\nfrom the data set. Some false alarms may be lesions that nobody marked.`;
  return `At the default threshold, on the validation ${kind === 'volume' ? 'scans' : 'images'}.

Largest lesions missed:

${misses.join('\n') || '- none'}

Best-scored false alarms:

${alarms.join('\n') || '- none'}${draw}`;
}

function sizeText(place: readonly number[]): string {
  const sides = place.length === 4 ? place.slice(2) : [0, 1, 2].map((a) => place[a + 3]! - place[a]!);
  return sides.map((s) => String(Math.round(s))).join(' x ');
}
