import type { ComparisonVerdict, FigureDifference, ModelComparison } from './compare-models';

/** What a comparison says, in a sentence for the person who decides which model is used. */
export const verdictText: Record<ComparisonVerdict, string> = {
  better: 'The new model did better on the held-back cases, beyond doubt on at least one figure.',
  unclear: 'No figure differs beyond doubt: the held-back cases cannot tell the two models apart.',
  doubtful: 'The new model did less well on the held-back cases, though not beyond doubt.',
  worse: 'The new model did worse on the held-back cases, beyond doubt.',
};

/** The rows of the table that everyone shows: what, old, new, difference with its interval. */
export function comparisonRows(comparison: Pick<ModelComparison, 'old' | 'new' | 'difference'>): {
  readonly figure: string;
  readonly old: string;
  readonly new: string;
  readonly difference: string;
  readonly interval: string;
}[] {
  const row = (figure: string, key: keyof ModelComparison['difference']) => ({
    figure,
    old: comparison.old[key].toFixed(2),
    new: comparison.new[key].toFixed(2),
    difference: signed(comparison.difference[key].value),
    interval: intervalText(comparison.difference[key]),
  });
  return [
    row('Average precision (AP50)', 'ap50'),
    row('Sensitivity at the operating point', 'sensitivity'),
    row('False marks a picture', 'fpPerImage'),
  ];
}

const intervalText = ({ interval }: FigureDifference): string =>
  interval ? `${signed(interval[0])} to ${signed(interval[1])}` : '-';

function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return text === '0.00' ? text : `${value < 0 ? '-' : '+'}${text}`;
}
