import type { LeftOutReason } from '../../../src-main/contract/cases';
import type { InstalledModel } from '../../../src-main/contract/entities';
import type { CaseCounts } from '../../../src-main/contract/fine-tuning';
import type { ModelComparison } from '../../../src-main/core/evaluation/compare-models';
import { comparing, models as words } from '../i18n/areas/models';
import { decimal, t } from '../i18n/i18n.svelte';

/**
 * "AP50 0.91, sensitivity 0.95 at 1 false mark a picture": what a model's own record says, where it says so. CPM is measured of
 * models of volumes, which start at two false marks a scan.
 */
export function figuresText({ metrics }: Pick<InstalledModel, 'metrics'>): string {
  const { AP50: ap50, AP10: ap10, cpm } = metrics;
  const [sensitivity, at] =
    cpm === undefined
      ? ([metrics['sensitivity@1'], words.sensitivityPicture] as const)
      : ([metrics['sensitivity@2'], words.sensitivityScan] as const);
  const parts = [
    ap50 !== undefined && `AP50 ${decimal(ap50, 2)}`,
    ap10 !== undefined && `AP10 ${decimal(ap10, 2)}`,
    cpm !== undefined && `CPM ${decimal(cpm, 2)}`,
    sensitivity !== undefined && t(at, { value: decimal(sensitivity, 2) }),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : t(words.notMeasured);
}

export const countsText = ({ pictures, patients, lesions, rejected }: CaseCounts): string =>
  t(words.counts, { pictures, patients, lesions, rejected });

/** The rows of the comparison: what, old, new, difference with its interval. */
export function comparisonRows(comparison: Pick<ModelComparison, 'old' | 'new' | 'difference'>): {
  readonly figure: string;
  readonly old: string;
  readonly new: string;
  readonly difference: string;
  readonly interval: string;
}[] {
  return (['ap50', 'sensitivity', 'fpPerImage'] as const).map((key) => {
    const { value, interval } = comparison.difference[key];
    return {
      figure: t(comparing[key]),
      old: decimal(comparison.old[key], 2),
      new: decimal(comparison.new[key], 2),
      difference: signed(value),
      interval: interval ? t(comparing.range, { low: signed(interval[0]), high: signed(interval[1]) }) : '-',
    };
  });
}

function signed(value: number): string {
  const text = decimal(Math.abs(value), 2);
  return Number(value.toFixed(2)) === 0 ? text : `${value < 0 ? '-' : '+'}${text}`;
}

/** Files by reason, in the order in which reasons first appear. */
export function byReason(
  leftOut: readonly { file: string; reason: LeftOutReason }[],
): { reason: LeftOutReason; files: string[] }[] {
  const groups = new Map<LeftOutReason, string[]>();
  for (const { file, reason } of leftOut) groups.set(reason, [...(groups.get(reason) ?? []), file]);
  return [...groups].map(([reason, files]) => ({ reason, files }));
}
