import { hasGrown, meanDiameter } from '../guidelines/lung-rads';
import { grownByDiameter, growthOf, monthDays, type Growth } from '../guidelines/volume-doubling';
import { isoDay } from '../study/study-days';
import type { DatedLesion } from '../study/entities';

/** A number on two dates. */
export interface Change {
  readonly before: number;
  readonly now: number;
  /** now - before, in their unit. */
  readonly by: number;
  /** Of what it was before. */
  readonly percent: number;
}

/**
 * What became of one lesion between two examinations.
 *
 * Sources: ACR Lung-RADS v2022 notes 4 and 6 (growth: more than 1.5 mm of mean diameter within 12 months); MacMahon H et al.
 * (Fleischner Society), Radiology 2017;284:228-243 (2 mm); Schwartz M, Cancer 1961;14:1272-1294 (doubling time,
 * t ln 2 / ln (V2 / V1)); Callister MEJ et al., Thorax 2015;70 Suppl 2:ii1-ii54 (25 % of volume).
 */
export interface LesionChange {
  readonly days: number;
  /** mm. */
  readonly longAxis: Change;
  /** mm. */
  readonly shortAxis: Change;
  /** mm, both axes to a tenth and their mean to a tenth. */
  readonly meanDiameter: Change;
  /** mm3; null unless both were outlined in a volume. */
  readonly volume: (Change & Pick<Growth, 'doublingTimeDays' | 'grown'>) | null;
  /** Null: by more than 1.5 mm, but in more than 12 months, which the rule says nothing of. */
  readonly grownByLungRads: boolean | null;
  readonly grownByFleischner: boolean;
  /** False: one was measured by its outline and the other by its box, which is larger. */
  readonly alike: boolean;
}

/** Why two measurements give no change. */
export type NoChange = 'no-date' | 'not-later' | 'not-measured' | 'no-scale';

type Dated = Pick<DatedLesion, 'studyDate' | 'measurement'>;

/** Days from one study date to another (YYYYMMDD); null where one is no date. */
export function daysBetween(before: string, now: string): number | null {
  const [from, to] = [isoDay(before), isoDay(now)];
  return from === null || to === null ? null : Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** @returns a word where the two cannot be compared: no date, the same or a later one, no measure, or px */
export function lesionChange(before: Dated, now: Dated): LesionChange | NoChange {
  const days = daysBetween(before.studyDate, now.studyDate);
  if (days === null) return 'no-date';
  if (days <= 0) return 'not-later';
  const [a, b] = [before.measurement, now.measurement];
  if (!a || !b || !(a.longAxis > 0 && b.longAxis > 0 && a.shortAxis > 0 && b.shortAxis > 0))
    return 'not-measured';
  if (a.unit !== 'mm' || b.unit !== 'mm') return 'no-scale';
  const mean = changeOf(meanDiameter(a.longAxis, a.shortAxis), meanDiameter(b.longAxis, b.shortAxis));
  return {
    days,
    longAxis: changeOf(a.longAxis, b.longAxis),
    shortAxis: changeOf(a.shortAxis, b.shortAxis),
    meanDiameter: mean,
    volume: volumeChange(a.volume, b.volume, days),
    grownByLungRads: hasGrown(mean.before, mean.now, days / monthDays),
    grownByFleischner: grownByDiameter(mean.before, mean.now),
    alike: a.of === b.of,
  };
}

const changeOf = (before: number, now: number): Change => ({
  before,
  now,
  by: now - before,
  percent: (100 * (now - before)) / before,
});

function volumeChange(before: number | null, now: number | null, days: number): LesionChange['volume'] {
  if (before === null || now === null || !(before > 0 && now > 0)) return null;
  const { doublingTimeDays, grown } = growthOf(before, now, days);
  return { ...changeOf(before, now), doublingTimeDays, grown };
}
