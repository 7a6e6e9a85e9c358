/**
 * Text typed by people or read from files, made safe to print (RELIABILITY E4). Characters that a reader cannot
 * see but that change what they read are printed as a visible mark instead: bidirectional overrides and
 * isolates can show "3.1 mm" as "1.3 mm", zero-width characters make two names look equal.
 * Zero-width joiners stay: Persian and Indic names need them.
 */
const invisible =
  // eslint-disable-next-line no-control-regex -- control characters are what this finds
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function mark(character: string): string {
  if (character === '\t') return ' ';
  return `\u27e8U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

/** Keeps line feeds (as `\n`); everything invisible becomes `⟨U+202E⟩`. */
export function inertText(text: string): string {
  return text
    .replace(loneSurrogate, '\ufffd')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(invisible, mark);
}

/** {@link inertText} on one line. */
export function inertLine(text: string): string {
  return inertText(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
