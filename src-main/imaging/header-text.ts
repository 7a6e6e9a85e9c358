import { malformed } from './errors';

/** Text headers (NRRD, MetaImage) are written by hand now and then: nothing in them is taken on trust. */

/** A decimal number; NaN for anything else, where `Number` takes '' for 0 and '0x10' for 16. */
export const toNumber = (text: string): number =>
  /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;

/** Numbers with space between them. */
export const toNumbers = (text: string): number[] =>
  text.trim() === '' ? [] : text.trim().split(/\s+/).map(toNumber);

/** Text of a file as it may stand in a message: short, without control characters. */
export const shown = (text: string): string => text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');

/** Fields of a text header (NRRD, MetaImage) by name. */
export interface TextFields {
  /** The first of these names that is there: formats renamed fields over the years. */
  field(...names: string[]): string | undefined;
  /** @throws AppError file.malformed naming the field that is missing */
  need(name: string): string;
}

export function textFields(file: string, fields: ReadonlyMap<string, string>): TextFields {
  const field = (...names: string[]): string | undefined =>
    names.map((n) => fields.get(n)).find((v) => v !== undefined);
  return {
    field,
    need(name) {
      const value = field(name);
      if (value === undefined) throw malformed(file, name, 'the field is missing');
      return value;
    },
  };
}
