import { changeText, type LesionHistory } from '../../core/report/lesion-measures';
import { dateText } from '../../core/report/wording';
import type { Measurement } from '../../core/study/entities';
import { concepts, units, values, type Code } from './codes';
import { coded, num, text, uidRef } from './content-items';
import type { Dataset } from './dataset';

const rel = 'CONTAINS';

/** What a finding's outline measures, as ROI measurements (TID 1419): numbers with UCUM units, method and derivation beneath. */
export function outlineMeasurements(m: Measurement | null): Dataset[] {
  if (!m) return [];
  const length = m.unit === 'mm' ? units.millimeter : units.pixels;
  const how = (code: Code): Dataset[] => [coded('HAS CONCEPT MOD', concepts.measurementMethod, code)];
  const axes = how(values.outlineAxes);
  const voxels = how(values.outlineVoxels);
  const out = [
    num(rel, concepts.longAxis, m.longAxis, length, axes),
    num(rel, concepts.shortAxis, m.shortAxis, length, axes),
  ];
  if (m.longest3d !== null) out.push(num(rel, concepts.longest3d, m.longest3d, length, voxels));
  if (m.volume !== null) out.push(num(rel, concepts.volume, m.volume, units.cubicMillimeter, voxels));
  if (m.area !== null) {
    const unit = m.unit === 'mm' ? units.squareMillimeter : units.pixels;
    out.push(num(rel, concepts.area, m.area, unit, voxels));
  }
  const [name, unit] =
    m.valueUnit === 'HU' ? [concepts.attenuation, units.hounsfield] : [concepts.greyValue, units.noUnits];
  for (const [value, derivation] of [
    [m.meanValue, values.mean],
    [m.sdValue, values.standardDeviation],
  ] as const)
    if (value !== null)
      out.push(num(rel, name, value, unit, [coded('HAS CONCEPT MOD', concepts.derivation, derivation)]));
  return out;
}

/** The earlier lesion that the reader linked, and what became of it. */
export function historyItems(history: LesionHistory | null): Dataset[] {
  if (!history) return [];
  const { prior, distanceMm, change } = history;
  const m = prior.measurement;
  const length = m?.unit === 'px' ? units.pixels : units.millimeter;
  const out = [
    ...(prior.studyDate === '' ? [] : [text(rel, concepts.priorDate, dateText(prior.studyDate))]),
    uidRef(rel, concepts.priorStudy, prior.studyInstanceUid),
  ];
  const number = (name: Code, value: number | null | undefined, unit: Code): void => {
    if (value !== null && value !== undefined) out.push(num(rel, name, value, unit));
  };
  number(concepts.priorDistance, distanceMm, units.millimeter);
  number(concepts.priorLongAxis, m?.longAxis, length);
  number(concepts.priorShortAxis, m?.shortAxis, length);
  number(concepts.priorVolume, m?.volume, units.cubicMillimeter);
  if (typeof change !== 'string') {
    number(concepts.priorInterval, change.days, units.day);
    number(concepts.longAxisChange, change.longAxis.by, units.millimeter);
    number(concepts.longAxisChangePart, change.longAxis.percent, units.percent);
    number(concepts.volumeChangePart, change.volume?.percent, units.percent);
    number(concepts.doublingTime, change.volume?.doublingTimeDays, units.day);
  }
  return [...out, text(rel, concepts.changeText, changeText(change))];
}
