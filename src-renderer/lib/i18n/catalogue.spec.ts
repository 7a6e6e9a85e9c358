import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { formatMessage } from './format';
import { defineMessages, languageFor, languages, type Message } from './messages';

const modules = import.meta.glob<Record<string, Record<string, Message>>>('./areas/*.ts', { eager: true });
const messages = Object.entries(modules).flatMap(([file, module]) =>
  Object.values(module).flatMap((area) =>
    Object.entries(area).map(([key, message]) => ({ name: `${file} ${key}`, message })),
  ),
);

/** Arguments a text asks for, and the plain words of its plural branches. */
function read(elements: readonly MessageFormatElement[]): { names: string[]; branches: string[] } {
  const names: string[] = [];
  const branches: string[] = [];
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound || element.type === TYPE.tag) continue;
    names.push(element.value);
    if (element.type !== TYPE.plural && element.type !== TYPE.select) continue;
    for (const { value } of Object.values(element.options)) {
      const inner = read(value);
      names.push(...inner.names);
      branches.push(...inner.branches, value.map((e) => (e.type === TYPE.literal ? e.value : '#')).join(''));
    }
  }
  return { names: [...new Set(names)].sort(), branches };
}

describe('the catalogue', () => {
  it('has messages', () => expect(messages.length).toBeGreaterThan(3));

  it.each(messages)('$name says something in each language, with the same arguments', ({ message }) => {
    const english = read(parse(message.en, { ignoreTag: true }));
    for (const language of languages) {
      expect(message[language].trim(), language).not.toBe('');
      expect(read(parse(message[language], { ignoreTag: true })).names, language).toEqual(english.names);
    }
    // Or the types would take the word for an argument (messages.ts, Named).
    for (const branch of english.branches) expect(branch).toMatch(/[# ]/);
  });
});

describe('formatMessage', () => {
  const { found, plain } = defineMessages({
    found: {
      en: '{count, plural, one {# finding} other {# findings}} of {name}',
      de: '{count, plural, one {# Befund} other {# Befunde}} von {name}',
      es: '{count, plural, one {# hallazgo} other {# hallazgos}} de {name}',
      fr: '{count, plural, one {# constat} other {# constats}} de {name}',
      zh: '{name} 的 {count, plural, other {# 个发现}}',
    },
    plain: { en: 'Patient <A>', de: 'Patient <A>', es: 'Paciente <A>', fr: 'Patient <A>', zh: '患者 <A>' },
  });

  it('puts in numbers and names, by the plural rules of the language', () => {
    expect(formatMessage('en', found, { count: 1, name: '<b>x</b>' })).toBe('1 finding of <b>x</b>');
    expect(formatMessage('de', found, { count: 1200, name: 'y' })).toBe('1.200 Befunde von y');
    expect(formatMessage('fr', found, { count: 0, name: 'y' })).toBe('0 constat de y');
    expect(formatMessage('zh', found, { count: 2, name: 'y' })).toBe('y 的 2 个发现');
  });

  it('takes no markup for itself', () => expect(formatMessage('en', plain)).toBe('Patient <A>'));

  it('wants the arguments by type', () => {
    // @ts-expect-error: no arguments
    expect(() => formatMessage('en', found)).toThrow();
  });
});

it('chooses the first language that the window speaks', () => {
  expect(languageFor(['it', 'zh-CN', 'de'])).toBe('zh');
  expect(languageFor(['it'])).toBe('en');
});
