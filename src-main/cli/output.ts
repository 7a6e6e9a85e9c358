import { AppError } from '../core/app-error';
import type { CliIo } from './io';

export type Cell = string | number | null;

/** Columns aligned to their widest cell; numbers to the right. Ends with a newline. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = [head, ...rows].map((row) => row.map((cell) => inert(String(cell ?? '-'))));
  const width = head.map((_, c) => Math.max(...text.map((row) => row[c]!.length)));
  const right = head.map((_, c) => rows.some((row) => typeof row[c] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (right[c] ? cell.padStart(width[c]!) : cell.padEnd(width[c]!)))
      .join('  ')
      .trimEnd();
  return text.map(line).join('\n') + '\n';
}

/** Text out of a file may hold terminal control sequences: they are shown as `?`, never sent. */
export function inert(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

export function printJson(io: CliIo, value: unknown): void {
  io.out(JSON.stringify(value, null, 2) + '\n');
}

/** Message and hint for people; with `--json` one line of JSON, so that a program reads it. */
export function printError(io: CliIo, error: unknown, json: boolean): void {
  const shape = AppError.from(error).toShape();
  if (json) {
    io.err(JSON.stringify({ error: shape }) + '\n');
    return;
  }
  const where = shape.details?.file === undefined ? '' : ` (${shape.details.file})`;
  io.err(`${inert(`Error: ${shape.message}${where}`)}\n  ${inert(shape.hint)}\n`);
}

/** 12 -> "12.0", 1.25 -> "1.3": one decimal is what a position in mm is good for. */
export const mm = (value: number): string => value.toFixed(1);
