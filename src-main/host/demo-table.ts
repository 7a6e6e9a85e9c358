import { relative } from 'node:path';
import type { DemoResult } from '../services/types';

const number = (value: number): string => value.toFixed(1);

/** Position, size and score of each finding, what was skipped, and the files, as text for a terminal. */
export function demoTable({ rows, notes, files, skipped }: DemoResult, base: string): string {
  const table = [
    ['study', 'finding', 'label', 'score', 'centre (LPS mm)', 'size', 'model'],
    ...rows.map((row) => [
      row.file,
      String(row.number),
      row.label,
      row.score.toFixed(2),
      row.center.map(number).join(', '),
      `${row.size.map(number).join(' x ')} ${row.unit}`,
      row.model,
    ]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [
    '',
    ...(rows.length > 0 ? lines : ['No findings.']),
    '',
    ...Object.entries(notes).map(([file, note]) => `${file}: ${note}`),
    ...skipped.map(({ file, reason }) => `skipped ${relative(base, file)}: ${reason}`),
    'Written:',
    ...files.map((file) => `  ${relative(base, file)}`),
    '',
  ].join('\n');
}
