import type { MarkTable } from './mark-table';
import { logit, sigmoid } from './platt';

/**
 * A network that reads pictures marks a volume slice by slice: what is one false mark an image becomes dozens a volume.
 * Where nobody measured on volumes, the threshold for a volume of S slices is estimated: the score that only so many false
 * marks an image exceed that S images together have the wanted number. Neighbouring slices see the same structure and their
 * marks are merged, so that a volume shows fewer; slices unlike those of the validation images may show more.
 *
 * Shape shorthand: I: images; M: marks, best score first; S: slices of a volume
 */
export interface TailPoint {
  /** The score that `rate` false marks an image reach. */
  readonly threshold: number;
  /** False marks an image, above 0. */
  readonly rate: number;
}

/** Scores of the best false mark of all images, the second, the fourth, the eighth ...: rising rates. */
export function falsePositiveTail(table: MarkTable): TailPoint[] {
  const images = table.positives.length;
  const tail: TailPoint[] = [];
  let misses = 0;
  for (let m = 0; m < table.scores.length; m++) {
    if (table.hit[m] === 1) continue;
    misses++;
    if ((misses & (misses - 1)) === 0) tail.push({ threshold: table.scores[m]!, rate: misses / images });
  }
  return tail;
}

/**
 * Logit of the threshold, linear in the logarithm of the rate; beyond the best false mark the line of the first points goes
 * on, since no validation set has enough images to measure there.
 * @returns null for a tail of fewer than two points
 */
export function thresholdAtRate(tail: readonly TailPoint[], rate: number): number | null {
  if (tail.length < 2) return null;
  const x = tail.map((p) => Math.log(p.rate));
  const y = tail.map((p) => logit(p.threshold));
  const at = Math.log(rate);
  const last = tail.length - 1;
  if (at >= x[last]!) return tail[last]!.threshold;
  const next = x.findIndex((v) => v > at);
  // Before the first point: the line through it and the fourth (or the last), one mark alone being an accident.
  const [a, b] = next > 0 ? [next - 1, next] : [0, Math.min(3, last)];
  return sigmoid(y[a]! + ((y[b]! - y[a]!) * (at - x[a]!)) / (x[b]! - x[a]!));
}

/** The threshold at which a volume of so many slices is expected to show this many false marks, at most. */
export function volumeThreshold(
  tail: readonly TailPoint[],
  slices: number,
  falsePositives: number,
): number | null {
  return thresholdAtRate(tail, falsePositives / Math.max(1, slices));
}
