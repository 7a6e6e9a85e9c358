import { readFileSync } from 'node:fs';
import { AppError } from '../core/app-error';

export interface CsvRow {
  /** From 1, as an editor counts. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * A whole CSV file (RFC 4180: quotes, doubled quotes, line ends within quotes; either line end, a byte-order mark). Empty
 * lines are left out.
 * @throws AppError file.unreadable, file.malformed (a quote that is never closed)
 */
export function readCsv(file: string): CsvRow[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('file.unreadable', 'The file cannot be read.', 'Check the path.', { file }, { cause });
  }
  return parseCsv(text, file);
}

export function parseCsv(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const rest = text.replace(/^\ufeff/, '');
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  let at = 0;
  while (at < rest.length) {
    let cell = '';
    if (rest[at] === '"') {
      const opened = line;
      for (at++; ; at++) {
        if (at >= rest.length) throw malformed(file, opened, null, 'a quote is never closed');
        if (rest[at] === '"') {
          if (rest[at + 1] !== '"') break;
          at++;
        }
        if (rest[at] === '\n') line++;
        cell += rest[at];
      }
      at++;
    }
    const end = nextEnd(rest, at);
    cell += rest.slice(at, end).replace(/\r$/, '');
    cells.push(cell.trim());
    at = end + 1;
    if (rest[end] === ',') {
      // A comma at the very end of the file still opens a cell.
      if (at === rest.length) cells.push('');
      else continue;
    }
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: start, cells });
    cells = [];
    line++;
    start = line;
  }
  return rows;
}

function nextEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
  return at;
}

/** A row by the names of its header; what does not fit is a file.malformed with the line and the column. */
export class CsvRecord {
  constructor(
    private readonly file: string,
    private readonly row: CsvRow,
    private readonly place: ReadonlyMap<string, number>,
  ) {}

  text(column: string): string {
    const cell = this.row.cells[this.place.get(column)!];
    if (cell === undefined || cell === '')
      throw malformed(this.file, this.row.line, column, 'there is no value');
    return cell;
  }

  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (!Number.isFinite(value))
      throw malformed(this.file, this.row.line, column, `"${text}" is not a number`);
    return value;
  }
}

/**
 * Rows under a header that names at least `columns`, in any order; other columns are left alone.
 * @throws AppError file.malformed, with the line and the column, as `field`
 */
export function csvRecords(file: string, columns: readonly string[]): CsvRecord[] {
  const [head, ...rows] = readCsv(file);
  if (!head) throw malformed(file, 1, null, `there is no header; expected ${columns.join(',')}`);
  const missing = columns.find((column) => !head.cells.includes(column));
  if (missing !== undefined) {
    throw malformed(file, head.line, missing, `the header lacks this column; expected ${columns.join(',')}`);
  }
  const place = new Map(columns.map((column) => [column, head.cells.indexOf(column)]));
  return rows.map((row) => new CsvRecord(file, row, place));
}

function malformed(file: string, line: number, column: string | null, what: string): AppError {
  const field = column === null ? `line ${line}` : `line ${line}, ${column}`;
  return new AppError(
    'file.malformed',
    `Line ${line}${column === null ? '' : `, ${column}`}: ${what}.`,
    'Correct the file.',
    {
      file,
      field,
    },
  );
}
