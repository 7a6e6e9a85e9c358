import type { LesionChange, NoChange } from '../../../src-main/core/review/lesion-change';
import { priors as words } from '../i18n/areas/priors';
import { decimal, t } from '../i18n/i18n.svelte';

/** `+2.1`, `−0.4`, `0.0`: what is not shown as a change is none. */
export function signed(value: number, digits: number): string {
  const text = decimal(Math.abs(value), digits);
  if (Number(Math.abs(value).toFixed(digits)) === 0) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

/** Of the long axis, `+2.1 mm (+21 %)`. */
export const axisText = ({ longAxis }: LesionChange): string =>
  t(words.changeBy, { by: signed(longAxis.by, 1), percent: signed(longAxis.percent, 0) });

/** Of the volume, in percent; empty without one. */
export const volumeText = ({ volume }: LesionChange): string =>
  volume ? t(words.volumeBy, { percent: signed(volume.percent, 0) }) : '';

/** `120 d`; of what shrinks the time in which it halves. */
export function doublingText({ volume }: LesionChange): string {
  if (!volume) return '—';
  const { doublingTimeDays } = volume;
  if (doublingTimeDays === null) return t(words.sameVolume);
  const days = Math.round(Math.abs(doublingTimeDays));
  return t(doublingTimeDays > 0 ? words.days : words.halving, { days });
}

const reasons = {
  'no-date': words.noDate,
  'not-later': words.notLater,
  'not-measured': words.notMeasured,
  'no-scale': words.noScale,
} as const;
export const noChangeText = (why: NoChange): string => t(reasons[why]);

/** What the guidelines call growth, of a lung nodule. */
export function growthText(change: LesionChange): string {
  const diameter = signed(change.meanDiameter.by, 1);
  const { days } = change;
  const byLungRads =
    change.grownByLungRads === null
      ? words.lungRadsUnsaid
      : change.grownByLungRads
        ? words.lungRadsGrown
        : words.lungRadsNot;
  const texts = [t(byLungRads, { diameter, days })];
  if (change.volume) texts.push(t(change.volume.grown ? words.volumeGrown : words.volumeNot));
  return texts.join(' ');
}
