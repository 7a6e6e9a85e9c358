import type { PictureBundle, PictureBundleFile } from '../bundle/schema';
import type { FineTuned } from './fine-tuned';

/** The card of a model that went on learning at a clinic: what it came from, and what was measured where. */
export function renderFineTunedCard(
  bundle: PictureBundleFile,
  base: PictureBundle,
  model: FineTuned,
): string {
  const { trainedOn, heldBack } = bundle.fineTuned!;
  const counts = (c: typeof trainedOn): string =>
    `${c.pictures} pictures of ${c.patients} patients, ${c.lesions} lesions, ${c.rejected} rejected marks`;
  return `# ${bundle.name}

\`${bundle.id}\` ${bundle.version}. **For research use only. Not for primary diagnosis; not a medical device.**

Made on ${model.createdAt.slice(0, 10)} on this workstation: the weights of \`${base.id}\` ${base.version}
(hash ${base.modelHash}) went on learning from cases that were reviewed here. The base itself was not changed.

## Intended use

${bundle.intendedUse} Where the cases came from only: how it does elsewhere was not measured.

## What it learned from

- In training: ${counts(trainedOn)}.
- Held back, by patient, for the comparison: ${counts(heldBack)}.
- Accepted, corrected and added findings are lesions; rejected ones count as places without one, with more weight;
  uncertain ones count for nothing. Only pictures that were read to the end.
- Before that, the base learned from: ${base.training.data.map((d) => `${d.name} (${d.licence})`).join('; ') || 'nothing on record'}.
  These licences still limit what the weights may be used for.

${model.steps} steps (${model.epochs} passes) in ${Math.round(model.trainingSeconds)} s, seed ${model.recipe.seed}; the first
${model.recipe.schedule.frozenStages} stages stayed as they were, the rest was drawn back to the base's weights (L2-SP, ${model.recipe.schedule.pull ?? 0}).

## Compared with the model in use

${comparisonText(model)}
## Known limits

- The lesions of the held-back cases were mostly found by the old model and accepted: its own boxes are then the truth.
  That favours the old model, and lesions that neither the model nor the reader saw count as places without one.
${model.threshold === null ? "- The operating point is the base's: too few cases were held back to choose it anew." : '- The operating point was chosen on the held-back cases, to make as many false marks as the model in use.'}
${bundle.limits?.map((limit) => `- ${limit}`).join('\n') ?? ''}
`;
}

function comparisonText({ measured }: FineTuned): string {
  if (!measured) return 'Not compared yet.\n';
  const { compared: c } = measured;
  const number = (v: number): string => v.toFixed(3);
  const row = (name: string, key: 'ap50' | 'sensitivity' | 'fpPerImage'): string => {
    const { value, interval } = c.difference[key];
    return `| ${name} | ${number(c.old[key])} | ${number(c.new[key])} | ${number(value)} | ${interval?.map(number).join(' to ') ?? '-'} |`;
  };
  return `On the held-back cases (${c.images} pictures of ${c.patients} patients, ${c.lesions} lesions), against \`${c.modelId}\` ${c.modelVersion}
(hash ${c.modelHash}), each at its own operating point:

| figure | old | new | difference | 95 % interval |
|---|---|---|---|---|
${row('AP50', 'ap50')}
${row('sensitivity', 'sensitivity')}
${row('false positives a picture', 'fpPerImage')}

Paired bootstrap over patients. Verdict: ${c.verdict}.
`;
}
