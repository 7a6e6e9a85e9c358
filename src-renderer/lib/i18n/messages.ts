/** What the window speaks. Every message has all of them, or it does not compile. */
export const languages = ['en', 'de', 'es', 'fr', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One text in ICU MessageFormat: `{name}`, `{count, plural, one {# finding} other {# findings}}`. */
export type Message = Readonly<Record<Language, string>>;

/**
 * Messages of one area of the window, the languages of each side by side. The branches of a plural hold `#` or a space:
 * a bare word in braces is an argument (the spec of the catalogue checks it).
 */
export const defineMessages = <const T extends Readonly<Record<string, Message>>>(messages: T): T => messages;

/** Up to the first `}` or `,`: what an opening brace names. */
type Head<Text extends string> = Text extends `${infer Inside}}${string}`
  ? Inside extends `${infer Name},${string}`
    ? Name
    : Inside
  : never;
type Named<Head extends string> = Head extends `${string}${' ' | '#'}${string}` | '' ? never : Head;
type ArgumentNames<Text extends string> = Text extends `${string}{${infer After}`
  ? Named<Head<After>> | ArgumentNames<After>
  : never;

/** What {@link Message} wants beside itself, read off its English text. */
export type Arguments<M extends Message> = [ArgumentNames<M['en']>] extends [never]
  ? []
  : [values: Readonly<Record<ArgumentNames<M['en']>, string | number>>];

/** The first of `preferred` (BCP 47, best first) that the window speaks, else English. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = languages.find((language) => language === tag.toLowerCase().split('-')[0]);
    if (found) return found;
  }
  return 'en';
}
