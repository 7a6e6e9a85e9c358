import { lesionChange, type LesionChange, type NoChange } from '../review/lesion-change';
import { measuredLesion } from '../review/measured-lesion';
import type { DatedLesion, Finding, Measurement } from '../study/entities';
import type { Report, ReportSeries } from './report';
import { dateText, fixed } from './wording';

/** What the outline of a finding measures, once for all exports; null without one. */
export const outlineOf = ({ measurement }: Finding): Measurement | null =>
  measurement?.of === 'outline' ? measurement : null;

/** The lesion that a finding was linked to, and what became of it since. */
export interface LesionHistory {
  readonly prior: DatedLesion;
  /** Those before it, the newest first. */
  readonly earlier: readonly DatedLesion[];
  /** mm once registered; null: not registered. */
  readonly distanceMm: number | null;
  readonly change: LesionChange | NoChange;
}

export function lesionHistory(
  { studyDate }: Pick<Report, 'studyDate'>,
  finding: Finding,
  series: ReportSeries,
): LesionHistory | null {
  const [prior, ...earlier] = finding.link?.history ?? [];
  if (!finding.link || !prior) return null;
  const change = lesionChange(prior, { studyDate, measurement: measuredLesion(finding, series) });
  return { prior, earlier, distanceMm: finding.link.distanceMm, change };
}

/** "long axis 18.2 mm, short axis 17.0 mm, longest in 3D 19.0 mm, volume 2817 mm³, mean 40 HU (SD 12)" */
export function outlineText(m: Measurement): string {
  const parts = [
    `long axis ${fixed(m.longAxis, 1)} ${m.unit}`,
    `short axis ${fixed(m.shortAxis, 1)} ${m.unit}`,
  ];
  if (m.longest3d !== null) parts.push(`longest in 3D ${fixed(m.longest3d, 1)} ${m.unit}`);
  if (m.volume !== null) parts.push(`volume ${fixed(m.volume, 0)} mm\u00b3`);
  if (m.area !== null) parts.push(`area ${fixed(m.area, m.unit === 'mm' ? 1 : 0)} ${areaUnit(m)}`);
  if (m.meanValue !== null) {
    const unit = m.valueUnit === 'HU' ? ' HU' : '';
    const spread = m.sdValue === null ? '' : ` (SD ${fixed(m.sdValue, 0)})`;
    parts.push(`mean ${m.valueUnit === 'grey' ? 'grey value ' : ''}${fixed(m.meanValue, 0)}${unit}${spread}`);
  }
  return parts.join(', ');
}

/** Of a picture without a scale areas are counts of pixels. */
export const areaUnit = ({ unit }: Pick<Measurement, 'unit'>): string => (unit === 'mm' ? 'mm\u00b2' : 'px');

const why: Readonly<Record<NoChange, string>> = {
  'no-date': 'no change is told: a study has no date',
  'not-later': 'no change is told: it is not later',
  'not-measured': 'no change is told: nothing may be measured in one of the series',
  'no-scale': 'no change is told: a picture has no scale',
};

const signed = (value: number, decimals: number): string => {
  const text = fixed(value, decimals);
  return Number(text) > 0 ? `+${text}` : text;
};

/** One line a date for people, then the change since the one before. */
export function historyLines({ prior, earlier, distanceMm, change }: LesionHistory): string[] {
  const lines = [prior, ...earlier].map(({ studyDate, number, measurement: m }) => {
    const how = m === null ? 'not measured' : m.of === 'outline' ? outlineText(m) : boxText(m);
    return `${dateText(studyDate)}, finding ${number}: ${how}`;
  });
  const apart =
    distanceMm === null
      ? 'linked by the reader, without registration'
      : `linked by the reader, ${fixed(distanceMm, 1)} mm apart once registered`;
  return [...lines, `${changeText(change)}; ${apart}`];
}

const boxText = (m: Measurement): string =>
  `${fixed(m.longAxis, 1)} \u00d7 ${fixed(m.shortAxis, 1)} ${m.unit} (by its box)`;

/** "in 180 days: long axis +4.6 mm (+34 %), volume +155 %, volume doubling time 134 days" */
export function changeText(change: LesionChange | NoChange): string {
  if (typeof change === 'string') return why[change];
  const { days, longAxis, shortAxis, volume, alike } = change;
  const parts = [
    `long axis ${signed(longAxis.by, 1)} mm (${signed(longAxis.percent, 0)} %)`,
    `short axis ${signed(shortAxis.by, 1)} mm (${signed(shortAxis.percent, 0)} %)`,
  ];
  if (volume) {
    parts.push(`volume ${signed(volume.percent, 0)} %`);
    if (volume.doublingTimeDays === null) parts.push('volume doubling time: none, it is the same');
    else parts.push(`volume doubling time ${fixed(volume.doublingTimeDays, 0)} days`);
  }
  if (!alike) parts.push('one by its outline and the other by its box');
  return `in ${days} days: ${parts.join(', ')}`;
}
