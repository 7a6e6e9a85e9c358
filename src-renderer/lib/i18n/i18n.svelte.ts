import { formatDay, formatDecimal, formatMessage, formatTime } from './format';
import { translated } from './from-main';
import { languageFor, type Arguments, type Language, type Message } from './messages';

/** The language on screen. What calls {@link t} in a template or a `$derived` follows it. */
class CurrentLanguage {
  current = $state<Language>(languageFor(globalThis.navigator?.languages ?? []));
}
export const language = new CurrentLanguage();

/** `t(worklist.title)`, `t(review.found, { count: 3 })`. */
export const t = <M extends Message>(message: M, ...values: Arguments<M>): string =>
  formatMessage(language.current, message, ...values);

/** A number with so many decimals, as the language on screen writes it: `3.5`, `3,5`. */
export const decimal = (value: number, digits: number): string =>
  formatDecimal(language.current, value, digits);

/** The time of day of an instant, on this machine's clock. */
export const timeOfDay = (instant: string): string => formatTime(language.current, instant);

/** A day of a DICOM date (`20240131`) or an ISO one; null for what is neither. */
export function calendarDay(text: string): string | null {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:$|T)/.exec(text);
  return match && formatDay(language.current, Number(match[1]), Number(match[2]), Number(match[3]));
}

/** A sentence that main wrote, in the reader's language where it is known. */
export const said = (text: string): string => translated(language.current, text);
