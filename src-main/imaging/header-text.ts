/** Text headers (NRRD, MetaImage) are written by hand now and then: nothing in them is taken on trust. */

/** A decimal number; NaN for anything else, where `Number` takes '' for 0 and '0x10' for 16. */
export const toNumber = (text: string): number =>
  /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;

/** Numbers with space between them. */
export const toNumbers = (text: string): number[] =>
  text.trim() === '' ? [] : text.trim().split(/\s+/).map(toNumber);

/** Text of a file as it may stand in a message: short, without control characters. */
export const shown = (text: string): string => text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
