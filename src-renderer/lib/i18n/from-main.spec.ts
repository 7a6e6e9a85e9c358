import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { fromMainErrors } from './areas/from-main-errors';
import { fromMainJobs } from './areas/from-main-jobs';
import { fromMainSeries } from './areas/from-main-series';
import { translated } from './from-main';

describe('sentences of main', () => {
  it('are said in the language of the reader, with their numbers', () => {
    const gap =
      '12 slices are missing: positions beyond the gap would be wrong, so nothing is measured or detected.';
    expect(translated('en', gap)).toBe(gap);
    expect(translated('de', gap)).toMatch(/^12 Schichten fehlen: /);
    expect(translated('fr', gap.replace('12 slices are', '1 slice is'))).toMatch(/^1 coupe manque : /);
    expect(translated('de', 'The slices are unevenly spaced (0.70 to 2.50 mm).')).toBe(
      'Die Schichten haben ungleiche Abstände (0,70 bis 2,50 mm).',
    );
    expect(translated('es', 'Detection with Polyps in colonoscopy')).toBe(
      'Detección con Polyps in colonoscopy',
    );
  });

  it('are told apart where several were joined, and one that is not known stays', () => {
    expect(translated('de', 'Not analysed by the model. The picture is too dark. Xyzzy.')).toBe(
      'Vom Modell nicht analysiert. Das Bild ist zu dunkel. Xyzzy.',
    );
    expect(translated('zh', 'Xyzzy plugh.')).toBe('Xyzzy plugh.');
    expect(translated('de', "The body part BRAIN is guessed from the file's name or folder.")).toBe(
      'Die Körperregion BRAIN ist aus Name oder Ordner der Datei vermutet.',
    );
    expect(
      translated('fr', 'No installed model reads MR of an unknown body part. Nothing was looked for.'),
    ).toBe('Aucun modèle installé ne lit MR de une région anatomique inconnue. Rien n’a été recherché.');
  });
});

/** Every literal piece of a text: what must stand somewhere in main, or main says something else by now. */
function pieces(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal) return [element.value];
    if (element.type !== TYPE.plural) return [];
    return Object.values(element.options).flatMap(({ value }) => pieces(value));
  });
}

const sources = Object.entries(
  import.meta.glob<string>('../../../src-main/**/*.ts', { eager: true, query: '?raw', import: 'default' }),
).flatMap(([path, text]) => (path.endsWith('.spec.ts') ? [] : [text]));

it('are still what main says', () => {
  // Sentences are broken over lines and joined of pieces there, so that only their words can be compared.
  const plain = (text: string): string => text.replace(/\\'/g, "'").replace(/' \+\s*'|` \+\s*`/g, '');
  const main = plain(sources.join('\n'));
  const changed = [fromMainErrors, fromMainJobs, fromMainSeries]
    .flatMap((area) => Object.values(area))
    .flatMap(({ en }) =>
      pieces(parse(en, { ignoreTag: true }))
        .flatMap((piece) => piece.split(/(?<=[.:]) | \(|\)\.?$/))
        .map((piece) => piece.trim().replace(/[.:;,]$/, ''))
        .filter((piece) => piece.length > 3 && !main.includes(piece)),
    );
  expect(changed).toEqual([]);
});
