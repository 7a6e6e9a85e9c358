import { guidelines, type GuidelineId } from '../guidelines';
import type { Assessment, FindingDescription } from '../review/description';
import { numberTerms, termsOf, type NumberName, type TermName } from '../review/description-terms';

/** What a reader said of a finding by list, as every export prints it: in English, as the lists are published. */

const special: Readonly<Record<string, string>> = {
  irma: 'IRMA',
  'under-35': 'under 35 years',
  'none-or-comet-tail': 'none or large comet-tail artefacts',
  'above-forceps': 'higher than closed biopsy forceps (2.5 mm)',
  'below-forceps': 'lower than closed biopsy forceps (2.5 mm)',
  'lung-rads-3': 'Lung-RADS 3',
  'lung-rads-4a': 'Lung-RADS 4A',
  'lung-rads-4b-proven-benign': 'Lung-RADS 4B, proven benign',
};

/** `upper-lobe` as "upper lobe", `3-oclock` as "3 o'clock". */
export const termText = (value: string): string =>
  special[value] ?? value.replace(/-oclock$/, " o'clock").replace(/-/g, ' ');

const numberWords: Readonly<Record<NumberName, readonly [name: string, unit: string]>> = {
  longAxisMm: ['long axis', 'mm'],
  shortAxisMm: ['short axis', 'mm'],
  solidComponentMm: ['solid component', 'mm'],
  priorMeanMm: ['mean diameter before', 'mm'],
  priorDays: ['examined before', 'days ago'],
  baselineSumMm2: ['sum of products at baseline', 'mm²'],
  nadirSumMm2: ['smallest sum of products', 'mm²'],
  nippleDistanceMm: ['distance from nipple', 'mm'],
  likelihoodPercent: ["likelihood of malignancy, reader's estimate", '%'],
  heightMm: ['height', 'mm'],
  haemorrhageQuadrants: ['quadrants with more than 20 haemorrhages', ''],
};
/** `noduleShape` as "nodule shape". */
const nameText = (name: TermName): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const partsOf = (
  { set, terms }: FindingDescription,
  part: 'place' | 'look' | 'context',
): [TermName, string][] =>
  (Object.entries(termsOf(set)) as [TermName, { part: string }][]).flatMap(([name, term]) => {
    const values = terms[name];
    return term.part === part && values ? [[name, values.map(termText).join(', ')]] : [];
  });

/** "right, upper lobe, apical": where, from large to small. */
export const locationText = (description: FindingDescription): string =>
  partsOf(description, 'place')
    .map(([, value]) => value)
    .join(', ');

const named = (parts: readonly [TermName, string][]): string[] =>
  parts.map(([name, value]) => `${nameText(name)}: ${value}`);

/** "texture: solid; nodule margin: spiculated; long axis: 8.1 mm" */
export function looksText(description: FindingDescription): string {
  const numbers = (Object.keys(numberTerms) as NumberName[]).flatMap((name) => {
    const value = description.numbers[name];
    const [word, unit] = numberWords[name];
    return value === undefined ? [] : [`${word}: ${value}${unit && ` ${unit}`}`];
  });
  return [...named(partsOf(description, 'look')), ...numbers].join('; ');
}

/** What a guideline had to know beside the pictures: "setting: screening; status: baseline". */
export const contextText = (description: FindingDescription): string =>
  named(partsOf(description, 'context')).join('; ');

/** Whether the reader's category is the suggested one; null where nothing was suggested. */
export const agrees = ({ category, suggested }: Assessment): boolean | null =>
  suggested === null ? null : category === suggested;

/** "Lung-RADS v2022: 4A (as suggested)", one a guideline, in the order of the guidelines. */
export function categoryTexts({ assessments }: FindingDescription): string[] {
  return (Object.keys(guidelines) as GuidelineId[]).flatMap((id) => {
    const assessment = assessments[id];
    if (!assessment) return [];
    const { category, suggested } = assessment;
    const beside =
      suggested === null
        ? 'nothing was suggested'
        : category === suggested
          ? 'as suggested'
          : `${suggested} was suggested`;
    return [`${guidelines[id].title}: ${category} (chosen by the reader; ${beside})`];
  });
}
