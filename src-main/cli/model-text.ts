import type { ModelBundle } from '../services/model-check';
import { table, type Cell } from './output';

type Shown = Pick<
  ModelBundle,
  'id' | 'version' | 'kind' | 'thresholds' | 'operatingPoints' | 'calibration' | 'metrics' | 'name'
>;

const three = (v: number): string => v.toFixed(3);
const interval = (i: readonly [number, number] | null): string | null => i && i.map(three).join(' to ');

/** A model's operating points, calibration and figures, as a person reads them. */
export function modelText(bundle: Shown): string {
  const { operatingPoints: points = [], calibration, thresholds, metrics } = bundle;
  const parts = [`${bundle.name}: ${bundle.id} ${bundle.version}\n`];
  if (points.length === 0)
    parts.push(`No operating points were measured; threshold ${thresholds.default}.\n`);
  else {
    const of = points[0]!.per === 'scan' ? 'a scan' : 'an image';
    const head = [
      `false marks ${of}, at most`,
      'threshold',
      'sensitivity',
      '95 %',
      `measured ${of}`,
      '95 %',
      '',
    ];
    const rows = points.map((p): Cell[] => [
      p.falsePositives,
      p.threshold.toFixed(4),
      three(p.sensitivity),
      interval(p.sensitivity95),
      three(p.measuredFalsePositives),
      interval(p.falsePositives95),
      p.threshold === thresholds.default ? 'default' : null,
    ]);
    parts.push(`\nOn ${thresholds.chosenOn}:\n`, table(head, rows));
  }
  if (calibration) {
    const { before, after } = calibration.expectedCalibrationError;
    parts.push(
      `\nCalibrated on ${calibration.marks} marks, ${calibration.hits} of them hits; expected calibration error ` +
        `${before === null ? '-' : three(before)} before, ${after === null ? '-' : three(after)} after (on other images).\n`,
    );
  } else parts.push("\nNot calibrated: scores are the network's own.\n");
  const rows = Object.entries(metrics).map(([name, m]): Cell[] => [
    name,
    three(m.value),
    interval(m.interval),
  ]);
  if (rows.length > 0) parts.push('\n', table(['metric', 'value', '95 %'], rows));
  return parts.join('');
}
