import { IntlMessageFormat } from 'intl-messageformat';
import { languages, type Arguments, type Language, type Message } from './messages';

/** BCP 47 tags for numbers and plurals. */
export const localeOf: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  de: 'de-DE',
  es: 'es-ES',
  fr: 'fr-FR',
  zh: 'zh-Hans-CN',
};

const formats = new Map<string, IntlMessageFormat>();

/** The message in a language, its arguments put in. Parsed once each. */
export function formatMessage<M extends Message>(
  language: Language,
  message: M,
  ...[values]: Arguments<M>
): string {
  const text = message[language];
  if (!values && !text.includes('{') && !text.includes("'")) return text;
  const key = `${language} ${text}`;
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(text, localeOf[language], undefined, { ignoreTag: true });
    formats.set(key, format);
  }
  return String(format.format(values as Record<string, string | number> | undefined));
}

/** The message with its arguments put in for good, for what takes a message without any. */
export const filled = <M extends Message>(message: M, ...values: Arguments<M>): Message =>
  Object.fromEntries(
    languages.map((language) => [language, formatMessage(language, message, ...values)]),
  ) as Record<Language, string>;

const numbers = new Map<string, Intl.NumberFormat>();

/** With so many decimals, and no grouping: sizes and scores are copied into other programs. */
export function formatDecimal(language: Language, value: number, digits: number): string {
  const key = `${language} ${digits}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(localeOf[language], {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    });
    numbers.set(key, format);
  }
  return format.format(value);
}

/** Time of day of an ISO instant, on this machine's clock. */
export const formatTime = (language: Language, instant: string): string =>
  new Date(instant).toLocaleTimeString(localeOf[language]);

const days = new Map<Language, Intl.DateTimeFormat>();

/** A calendar day; in English year first, which no country reads as another day. */
export function formatDay(language: Language, year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (language === 'en') return date.toISOString().slice(0, 10);
  let format = days.get(language);
  if (!format) {
    const digits = '2-digit';
    format = new Intl.DateTimeFormat(localeOf[language], {
      year: 'numeric',
      month: digits,
      day: digits,
      timeZone: 'UTC',
    });
    days.set(language, format);
  }
  return format.format(date);
}
