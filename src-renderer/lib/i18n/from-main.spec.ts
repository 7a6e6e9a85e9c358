import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { guidelines, guidelineIds } from '../../../src-main/core/guidelines';
import { mainSentences, placeholder } from '../../../test-support/main-sentences';
import { fromMainErrors } from './areas/from-main-errors';
import { fromMainFiles } from './areas/from-main-files';
import { fromMainJobs } from './areas/from-main-jobs';
import { fromMainPeople } from './areas/from-main-people';
import { fromMainPriors } from './areas/from-main-priors';
import { fromMainRequests } from './areas/from-main-requests';
import { fromMainSeries } from './areas/from-main-series';
import { guidelineLung } from './areas/guidelines-lung';
import { guidelineOther } from './areas/guidelines-other';
import { translated } from './from-main';
import { languages } from './messages';
import { staysEnglish } from './stays-english';

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

const sources = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>('../../../src-main/**/*.ts', { eager: true, query: '?raw', import: 'default' }),
  ).flatMap(([path, text]) =>
    path.endsWith('.spec.ts') ? [] : [[path.replace('../../../src-main/', ''), text]],
  ),
);
const all = mainSentences(sources);
const areas = [
  ...[
    fromMainErrors,
    fromMainFiles,
    fromMainJobs,
    fromMainPeople,
    fromMainPriors,
    fromMainRequests,
    fromMainSeries,
  ],
  ...[guidelineLung, guidelineOther],
];

it('are still what main says', () => {
  // Sentences are broken over lines and joined of pieces there, so that only their words can be compared.
  const plain = (text: string): string => text.replace(/\\'/g, "'").replace(/' \+\s*'|` \+\s*`/g, '');
  const main = plain(Object.values(sources).join('\n')) + all.map(({ text }) => text).join('\n');
  const changed = areas
    .flatMap((area) => Object.values(area))
    .flatMap(({ en }) =>
      pieces(parse(en, { ignoreTag: true }))
        .flatMap((piece) => piece.split(/(?<=[.:]) | \(|\)\.?$/))
        .map((piece) => piece.trim().replace(/[.:;,]$/, ''))
        .filter((piece) => piece.length > 3 && !main.includes(piece)),
    );
  expect(changed).toEqual([]);
});

/** What of a text nobody says in another language: a number or a word stands for each of its arguments. */
function unsaid(text: string): boolean {
  return ['7', 'xyz', 'Xyz.'].every((value) => {
    const sentence = text.split(placeholder).join(value);
    const said = translated('zh', sentence);
    const parts = sentence.split(/(?<=[.!?]) (?=[A-Z0-9])/).filter((part) => part !== value);
    return parts.some((part) => said.includes(part));
  });
}

describe('what main can say in the window', () => {
  it('is found in its sources', () => {
    const texts = all.map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(500);
    expect(texts).toContain('Start the detection again.');
    expect(texts).toContain(
      `${placeholder} slices are missing: positions beyond the gap would be wrong, so nothing is measured or detected.`,
    );
    expect(texts).toContain(`No model "${placeholder}" is installed.`);
  });

  it('is said in five languages, or is listed among what stays English', () => {
    const missing = all
      .filter(
        ({ file, text }) =>
          !staysEnglish.some((rule) => rule.where.test(file) && (rule.what?.test(text) ?? true)),
      )
      .filter(({ text }) => unsaid(text))
      .map(({ file, line, text }) => `${file}:${line} ${text}`);
    expect(missing).toEqual([]);
  });

  it('and what is listed as English still stands where it is listed', () => {
    const idle = staysEnglish.filter(
      ({ where, what }) => !all.some(({ file, text }) => where.test(file) && (what?.test(text) ?? true)),
    );
    expect(idle).toEqual([]);
  });
});

describe('guidelines', () => {
  const texts = guidelineIds.flatMap((id) =>
    guidelines[id].categories.flatMap(({ wording, management }) => [wording, management ?? wording]),
  );

  it.each(languages.filter((language) => language !== 'en'))('say each category in %s', (language) => {
    // Progression is the same word in French but for what it is of.
    expect(texts.filter((text) => translated(language, text) === text)).toEqual([]);
  });

  it('say a rule with its sizes', () => {
    expect(translated('de', 'Single solid nodule, low risk, below 6 mm (below 100 mm3).')).toBe(
      'Einzelner solider Rundherd, niedriges Risiko, unter 6 mm (unter 100 mm3).',
    );
    expect(translated('fr', '4 points: 4 to 6 points.')).toBe('4 points : 4 à 6 points.');
    expect(translated('es', 'Not decided by imaging alone: Clinical status; T2/FLAIR lesions.')).toBe(
      'La imagen por sí sola no decide: Estado clínico; Lesiones T2/FLAIR.',
    );
    expect(translated('de', 'Only reader or admin may do this.')).toBe(
      'Das darf nur: befundende Person oder Verwaltung.',
    );
  });
});
