import type { Calibration } from '../../core/evaluation/calibration';
import { cpmRates } from '../../core/evaluation/froc';
import type { SizeRow } from '../../core/evaluation/size-table';
import type { SubgroupRow } from '../../core/evaluation/subgroups';
import { UsageError } from '../command';
import { table, type Cell } from '../output';

/** What the evaluate commands share: how they read options and print figures. */

export const plotsOption = [
  '--plots <folder>',
  'draw FROC, precision-recall and calibration there (SVG, PNG)',
] as const;
export const sizesOption = [
  '--sizes <mm,mm,..>',
  'where the table by size changes its row (3,6,10,20 unless given)',
] as const;

/** "3,6,10" -> [3, 6, 10] */
export function parseSizes(typed: string | undefined): number[] | undefined {
  if (typed === undefined) return undefined;
  const edges = typed.split(',').map(Number);
  if (edges.some((edge) => !Number.isFinite(edge))) {
    throw new UsageError(`--sizes wants numbers, not "${typed}".`, 'For example --sizes 3,6,10,20.');
  }
  return edges;
}

/** "site,scanner" -> ["site", "scanner"] */
export const parseFields = (typed: string | undefined): string[] | undefined =>
  typed
    ?.split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');

/** -1 is "nothing of this kind in the truth". */
export const figure = (value: number | undefined): string =>
  value === undefined || value < 0 ? '-' : value.toFixed(4);

export const range = (interval: readonly [number, number] | undefined): string =>
  interval ? `${figure(interval[0])} to ${figure(interval[1])}` : '-';

/** The two figures of calibration as rows of a command's main table; none where scores are no probabilities. */
export const calibrationRows = (
  { calibration }: { readonly calibration: Calibration | null },
  row: (name: string, value: number, key: string) => Cell[],
): Cell[][] =>
  calibration
    ? [
        row('Brier score', calibration.brier, 'brier'),
        row('expected calibration error', calibration.expectedCalibrationError, 'expectedCalibrationError'),
      ]
    : [];

/** CPM, the sensitivities it is the mean of, and calibration, as rows of a table over scans. */
export const scanRows = (
  result: {
    readonly cpm: number;
    readonly sensitivityAtFpPerScan: Readonly<Record<string, number>>;
    readonly calibration: Calibration | null;
  },
  row: (name: string, value: number | undefined, key: string) => Cell[],
): Cell[][] => [
  row('CPM', result.cpm, 'cpm'),
  ...cpmRates.map((rate) =>
    row(
      `sensitivity at ${rate} false positives a scan`,
      result.sensitivityAtFpPerScan[String(rate)],
      `sensitivity@${rate}`,
    ),
  ),
  ...calibrationRows(result, row),
];

export function sizeRowsText(rows: readonly SizeRow[]): string {
  if (rows.length === 0) return '';
  // An object lists its whole-number keys first.
  const rates = Object.keys(rows[0]!.sensitivityAtFpPerScan).sort((a, b) => Number(a) - Number(b));
  return table(
    ['size mm', 'lesions', 'found', 'CPM', '95 % interval', ...rates.map((r) => `@${r}`)],
    rows.map((row): Cell[] => [
      row.size,
      row.lesions,
      row.found,
      figure(row.cpm),
      range(row.intervals95['cpm']),
      ...rates.map((r) => figure(row.sensitivityAtFpPerScan[r])),
    ]),
  );
}

/** One table a field; `columns` are [heading, figure's key], each with its interval. */
export function subgroupsText(
  subgroups: Readonly<Record<string, readonly SubgroupRow[]>>,
  unit: string,
  columns: readonly (readonly [string, string])[],
): string[] {
  return Object.entries(subgroups)
    .filter(([, rows]) => rows.length > 0)
    .map(([field, rows]) =>
      table(
        [field, unit, ...columns.flatMap(([heading]) => [heading, '95 % interval'])],
        rows.map((row): Cell[] => [
          row.value,
          row.images,
          ...columns.flatMap(([, key]) => [figure(row.figures[key]), range(row.intervals95[key])]),
        ]),
      ),
    );
}
