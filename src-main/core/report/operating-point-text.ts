import type { ResultSet, ThresholdPoint } from '../study/entities';

/** "About 1 false mark an image, finds 95 % (90 to 99 %)" */
export function pointText({
  per,
  falsePositives,
  measured,
  sensitivity,
  sensitivity95,
}: ThresholdPoint): string {
  const cost = `About ${falseMarksText(falsePositives, per)}`;
  if (!measured || sensitivity === null) return `${cost} (estimated; not known what it finds)`;
  const interval = sensitivity95 ? ` (${sensitivity95.map((v) => Math.round(100 * v)).join(' to ')} %)` : '';
  return `${cost}, finds ${Math.round(100 * sensitivity)} %${interval}`;
}

function falseMarksText(rate: number, per: 'image' | 'scan'): string {
  if (rate < 1) return `1 false mark in ${Math.round(1 / rate)} ${per}s`;
  return `${rate} false mark${rate === 1 ? '' : 's'} ${per === 'image' ? 'an image' : 'a scan'}`;
}

/** What a result set's own threshold is: the score, and what it gives where the model says so. */
export function thresholdText({ threshold, operatingPoints }: ResultSet): string {
  const point = operatingPoints?.find((p) => p.threshold === threshold);
  const digits = threshold < 0.1 ? 4 : 2;
  return `score \u2265 ${threshold.toFixed(digits)}${point ? `: ${pointText(point)}` : ''}`;
}
