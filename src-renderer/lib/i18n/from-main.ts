import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import * as errors from './areas/from-main-errors';
import * as files from './areas/from-main-files';
import * as people from './areas/from-main-people';
import * as priors from './areas/from-main-priors';
import * as requests from './areas/from-main-requests';
import * as jobs from './areas/from-main-jobs';
import * as reading from './areas/from-main-reading';
import * as series from './areas/from-main-series';
import * as guidelineLung from './areas/guidelines-lung';
import * as guidelineOther from './areas/guidelines-other';
import { formatDecimal, formatMessage } from './format';
import type { Language, Message } from './messages';

/**
 * Sentences that main writes (issues, errors, steps of jobs) reach the window in English, since they also stand in logs,
 * reports and on the command line. They are known here by that English text, and said again in the reader's language; one
 * that is not known stays as it is (docs/translations.md lists which).
 */

interface Known {
  readonly message: Message;
  readonly pattern: RegExp;
  /** Which argument each group of the pattern holds. */
  readonly names: readonly string[];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Never over the end of a sentence: two that were joined are two. */
const anything = '((?:(?!\\. [A-Z]).)+?)';

function source(elements: readonly MessageFormatElement[], names: string[], counted = ''): string {
  return elements
    .map((element) => {
      if (element.type === TYPE.literal) return escaped(element.value);
      if (element.type === TYPE.pound) return (names.push(counted), '(\\d+)');
      if (element.type === TYPE.argument) return (names.push(element.value), anything);
      if (element.type !== TYPE.plural)
        throw new Error(`a sentence of main cannot hold this: ${element.type}`);
      const options = Object.values(element.options).map(({ value }) => source(value, names, element.value));
      return `(?:${options.join('|')})`;
    })
    .join('');
}

let patterns: readonly Known[] | null = null;

function known(): readonly Known[] {
  patterns ??= [errors, files, people, priors, reading, requests, jobs, series, guidelineLung, guidelineOther]
    .flatMap((module) => Object.values(module))
    .flatMap((area) => Object.values(area as Record<string, Message>))
    .map((message) => {
      const names: string[] = [];
      const pattern = source(parse(message.en, { ignoreTag: true }), names);
      return { message, pattern: new RegExp(`^${pattern}$`, 's'), names };
    })
    // The most said first: `The model file {name} is missing.` before `{what} is missing.`
    .sort((a, b) => saidBy(b) - saidBy(a));
  return patterns;
}

const saidBy = ({ message, names }: Known): number => message.en.length - names.join('').length;

const answers = new Map<string, string>();

/** A sentence of main, or several, in a language. */
export function translated(language: Language, text: string): string {
  if (language === 'en' || text === '') return text;
  const key = `${language} ${text}`;
  let answer = answers.get(key);
  if (answer === undefined) {
    if (answers.size > 2000) answers.clear();
    answer = whole(language, text) ?? bySentence(language, text);
    answers.set(key, answer);
  }
  return answer;
}

function whole(language: Language, text: string): string | null {
  for (const { message, pattern, names } of known()) {
    const match = pattern.exec(text);
    if (!match) continue;
    const values: Record<string, string | number> = {};
    names.forEach((name, n) => {
      const given = match[n + 1];
      if (given !== undefined) values[name] = argument(language, given);
    });
    return formatMessage(language, message, ...([values] as unknown as []));
  }
  return null;
}

/** An argument may be a number, or what main says elsewhere too. */
function argument(language: Language, given: string): string | number {
  if (/^\d+$/.test(given)) return Number(given);
  const decimals = /^-?\d+\.(\d+)$/.exec(given)?.[1];
  if (decimals) return formatDecimal(language, Number(given), decimals.length);
  return whole(language, given) ?? list(language, given);
}

/** What main joined: `Clinical status; T2/FLAIR lesions`, `reader or admin`. */
function list(language: Language, given: string): string {
  const parts = given.split(/(, |; | or )/);
  if (parts.length === 1) return given;
  return parts
    .map((part, n) => joints[language][n % 2 ? part : ''] ?? whole(language, part) ?? part)
    .join('');
}
const joints: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {},
  de: { ' or ': ' oder ' },
  es: { ' or ': ' o ' },
  fr: { ' or ': ' ou ', '; ': ' ; ' },
  zh: { ' or ': '或', ', ': '，', '; ': '；' },
};

function bySentence(language: Language, text: string): string {
  const sentences = text.split(/(?<=[.!?]) (?=[A-Z0-9])/);
  if (sentences.length === 1) return text;
  return sentences
    .map((sentence) => whole(language, sentence) ?? sentence)
    .join(language === 'zh' ? '' : ' ');
}
