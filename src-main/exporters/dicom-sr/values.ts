/** Forms of single values, DICOM PS3.5 table 6.2-1. */

// eslint-disable-next-line no-control-regex -- control characters are what this finds
const controls = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Whole characters of up to so many bytes: the standard counts characters, dciodvfy and others count bytes. */
function cut(text: string, bytes: number): string {
  let out = '';
  for (const character of text) {
    bytes -= Buffer.byteLength(character);
    if (bytes < 0) break;
    out += character;
  }
  return out;
}

/** LO: one line of up to 64 bytes; a backslash would divide it into two values. */
export const longString = (text: string): string =>
  cut(text.replace(controls, ' ').replace(/\\/g, '/').trim(), 64).trim();

/** SH: as LO, up to 16 bytes. */
export const shortString = (text: string): string => cut(longString(text), 16).trim();

/** UT: line ends as CR LF, no other control characters, not only blanks. */
export const unlimitedText = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(controls, ' '))
    .join('\r\n')
    .trimEnd();

/** A person's name typed by a person: one component group, kept as typed where it has carets. */
export const personName = (text: string): string => longString(text.replace(/=/g, ' '));

/** A name or id out of a source file: kept as it is (RELIABILITY X5) except for what would break the element. */
export const sourceText = (text: string): string => text.replace(controls, '').replace(/\\/g, '/');

/** DS: at most 16 characters; as many significant digits as fit. @throws RangeError for NaN and infinities. */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a decimal string must be finite');
  for (let digits = 16; digits > 0; digits--) {
    const rounded = Number(value.toPrecision(digits));
    if (!Number.isFinite(rounded)) continue;
    const text = [String(rounded), rounded.toExponential().replace('e+', 'e')].find((t) => t.length <= 16);
    if (text !== undefined) return text;
  }
  throw new RangeError('a decimal string of one digit always fits');
}

/** CS: upper-case letters, digits, space and underscore, up to 16 characters. */
export const codeString = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9 _]+/g, ' ')
    .trim()
    .slice(0, 16)
    .trim();

export const isUid = (text: string): boolean =>
  text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(text);

/** DA of the source, or empty where it holds no calendar date. */
export const dateValue = (text: string): string => (/^\d{8}$/.test(text) ? text : '');

/** TM of the source, or empty where it holds no time. */
export const timeValue = (text: string): string =>
  /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/.test(text) ? text : '';

/** DA and TM of an ISO instant, in UTC. */
export function utcDateAndTime(instant: string): { date: string; time: string } {
  const digits = new Date(instant).toISOString().replace(/[-:]/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(9, 15) };
}

/** DT of an ISO instant, with its offset from UTC. */
export function dateTime(instant: string): string {
  const { date, time } = utcDateAndTime(instant);
  return `${date}${time}+0000`;
}
