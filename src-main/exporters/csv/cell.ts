import { inertText } from '../../core/report/inert-text';

export type Cell = string | number | boolean | null;

/** csv-stringify's own escape_formulas would also change negative numbers, so text is escaped here. */
export function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(roundTo(value, 6));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = inertText(value);
  return /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

/** Millimetres to a nanometre: without the noise of binary fractions. */
const roundTo = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** RFC 4180; by itself csv-stringify quotes only the whole record delimiter, and a lone line feed would break the record. */
export const csvOptions = { record_delimiter: '\r\n', bom: false, quoted_match: /[\r\n]/ } as const;
