import type { LeftOutReason } from '../../../src-main/contract/cases';
import type { InstalledModel } from '../../../src-main/contract/entities';
import type { CaseCounts } from '../../../src-main/contract/fine-tuning';

/**
 * "AP50 0.91, sensitivity 0.95 at 1 false mark a picture": what a model's own record says, where it says so. CPM is measured of
 * models of volumes, which start at two false marks a scan.
 */
export function figuresText({ metrics }: Pick<InstalledModel, 'metrics'>): string {
  const { AP50: ap50, AP10: ap10, cpm } = metrics;
  const [sensitivity, at] =
    cpm === undefined
      ? [metrics['sensitivity@1'], '1 false mark a picture']
      : [metrics['sensitivity@2'], '2 false marks a scan'];
  const parts = [
    ap50 !== undefined && `AP50 ${ap50.toFixed(2)}`,
    ap10 !== undefined && `AP10 ${ap10.toFixed(2)}`,
    cpm !== undefined && `CPM ${cpm.toFixed(2)}`,
    sensitivity !== undefined && `sensitivity ${sensitivity.toFixed(2)} at ${at}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : 'not measured';
}

const of = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const countsText = (c: CaseCounts): string =>
  `${of(c.pictures, 'picture')} of ${of(c.patients, 'patient')}, ${of(c.lesions, 'lesion')}, ${of(c.rejected, 'rejected mark')}`;

/** Files by reason, in the order in which reasons first appear. */
export function byReason(
  leftOut: readonly { file: string; reason: LeftOutReason }[],
): { reason: LeftOutReason; files: string[] }[] {
  const groups = new Map<LeftOutReason, string[]>();
  for (const { file, reason } of leftOut) groups.set(reason, [...(groups.get(reason) ?? []), file]);
  return [...groups].map(([reason, files]) => ({ reason, files }));
}
