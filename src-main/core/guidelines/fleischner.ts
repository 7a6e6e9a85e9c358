import { suggestion, type Outcome, type Publication, type Rule, type SuggestOptions } from './guideline';

/**
 * Fleischner Society 2017: incidental pulmonary nodules on CT.
 *
 * Source: MacMahon H et al., Radiology 2017;284(1):228-243, doi 10.1148/radiol.2017161659, tables 1 and 2 and
 * recommendations 1 to 5; checked against the article's text and Radiopaedia's copy of the tables. Diameters are the mean of
 * long and short axis, to the nearest whole millimetre; volumes go before diameters where they are known.
 */
export const fleischner = {
  source:
    'Fleischner Society 2017: MacMahon H et al. Radiology 2017;284:228-243. doi:10.1148/radiol.2017161659',
  categories: [
    {
      category: 'no-routine-follow-up',
      wording: 'No routine follow-up',
      management: 'No routine follow-up.',
    },
    {
      category: 'optional-ct-12',
      wording: 'Optional CT at 12 months',
      management:
        'Optional CT at 12 months (suspicious morphology, upper lobe location or both may warrant it).',
    },
    {
      category: 'ct-6-12-consider-18-24',
      wording: 'CT at 6-12 months, then consider CT at 18-24 months',
      management: 'CT at 6-12 months, then consider CT at 18-24 months.',
    },
    {
      category: 'ct-6-12-then-18-24',
      wording: 'CT at 6-12 months, then CT at 18-24 months',
      management: 'CT at 6-12 months, then CT at 18-24 months.',
    },
    {
      category: 'ct-3-pet-tissue',
      wording: 'Consider CT at 3 months, PET/CT or tissue sampling',
      management: 'Consider CT at 3 months, PET/CT or tissue sampling.',
    },
    {
      category: 'ct-3-6-consider-18-24',
      wording: 'CT at 3-6 months, then consider CT at 18-24 months',
      management:
        'CT at 3-6 months, then consider CT at 18-24 months. The most suspicious nodule guides management.',
    },
    {
      category: 'ct-3-6-then-18-24',
      wording: 'CT at 3-6 months, then CT at 18-24 months',
      management: 'CT at 3-6 months, then CT at 18-24 months. The most suspicious nodule guides management.',
    },
    {
      category: 'ct-6-12-then-2-yearly',
      wording: 'CT at 6-12 months, then every 2 years until 5 years',
      management: 'CT at 6-12 months to confirm persistence, then CT every 2 years until 5 years.',
    },
    {
      category: 'ct-3-6-then-yearly',
      wording: 'CT at 3-6 months, then yearly for 5 years',
      management:
        'CT at 3-6 months to confirm persistence. If unchanged and the solid component remains below 6 mm, annual CT for 5 years.',
    },
    {
      category: 'ct-3-6-highly-suspicious',
      wording: 'CT at 3-6 months; if persistent, highly suspicious',
      management:
        'CT at 3-6 months to evaluate persistence. PET/CT, biopsy or resection for particularly suspicious morphology, a growing solid component, or one larger than 8 mm.',
    },
    {
      category: 'ct-3-6-consider-2-4-years',
      wording: 'CT at 3-6 months; if stable, consider CT at 2 and 4 years',
      management: 'CT at 3-6 months; if stable, consider CT at 2 and 4 years.',
    },
    {
      category: 'ct-3-6-most-suspicious',
      wording: 'CT at 3-6 months, then by the most suspicious nodule',
      management: 'CT at 3-6 months. Subsequent management based on the most suspicious nodule or nodules.',
    },
  ],
} as const satisfies Publication;
type Category = (typeof fleischner.categories)[number]['category'];

export interface FleischnerInput {
  texture?: 'solid' | 'part-solid' | 'ground-glass' | 'atypical-cyst' | 'airway-nodule' | undefined;
  multiplicity?: 'single' | 'multiple' | undefined;
  /** Wanted for solid nodules alone. */
  risk?: 'low' | 'high' | undefined;
  longAxisMm?: number | undefined;
  shortAxisMm?: number | undefined;
  volumeMm3?: number | undefined;
  /** Of a part-solid nodule, mm. */
  solidComponentMm?: number | undefined;
  /** Whom the guideline is not for; an empty list: none of them. */
  exclusions?: readonly ('under-35' | 'known-cancer' | 'immunosuppressed')[] | undefined;
}
export type FleischnerQuestion = keyof FleischnerInput;

/** Mean of the two axes, to the nearest whole mm (a half up). */
export const fleischnerDiameter = (longMm: number, shortMm: number): number =>
  Math.round((longMm + shortMm) / 2 + 1e-9);

type Band = 'below-6' | '6-to-8' | 'above-8';

function bandOf({ volumeMm3, longAxisMm, shortAxisMm }: FleischnerInput): Band | null {
  if (volumeMm3 !== undefined) return volumeMm3 < 100 ? 'below-6' : volumeMm3 <= 250 ? '6-to-8' : 'above-8';
  if (longAxisMm === undefined || shortAxisMm === undefined) return null;
  const mm = fleischnerDiameter(longAxisMm, shortAxisMm);
  return mm < 6 ? 'below-6' : mm <= 8 ? '6-to-8' : 'above-8';
}

const rule = (id: string, sentence: string): Rule => ({ id: `fleischner.${id}`, sentence });
const bandWords: Readonly<Record<Band, string>> = {
  'below-6': 'below 6 mm (below 100 mm3)',
  '6-to-8': '6-8 mm (100-250 mm3)',
  'above-8': 'above 8 mm (above 250 mm3)',
};
/** Whole sentences, since they are said in other languages, too. */
const solidWords = {
  single: { low: 'Single solid nodule, low risk,', high: 'Single solid nodule, high risk,' },
  multiple: { low: 'Multiple solid nodules, low risk,', high: 'Multiple solid nodules, high risk,' },
} as const;
const excluded = {
  'under-35': 'patients younger than 35 years',
  'known-cancer': 'patients with known primary cancers who are at risk for metastases',
  immunosuppressed: 'immunosuppressed patients',
} as const;

/** @returns the recommendation of the table, what is missing, or whom the guideline is not for */
export function suggestFleischner(
  input: FleischnerInput,
  options: SuggestOptions = {},
): Outcome<Category, FleischnerQuestion> {
  const { exclusions, texture, multiplicity, risk, solidComponentMm } = input;
  if (exclusions === undefined) return { status: 'missing', inputs: ['exclusions'] };
  const [first] = exclusions;
  if (first) return { status: 'not-covered', rule: rule(`not-for-${first}`, `Not for ${excluded[first]}`) };
  if (!texture) return { status: 'missing', inputs: ['texture'] };
  if (texture === 'atypical-cyst' || texture === 'airway-nodule')
    return {
      status: 'not-covered',
      rule: rule('not-nodule', 'The tables are of solid, part-solid and ground-glass nodules'),
    };
  const band = bandOf(input);
  if (!band) return { status: 'missing', inputs: ['longAxisMm', 'shortAxisMm'] };
  if (!multiplicity) return { status: 'missing', inputs: ['multiplicity'] };
  const suggest = (category: Category, fired: Rule): Outcome<Category, FleischnerQuestion> =>
    suggestion<Category>(fleischner, category, fired, options);
  const named = (what: string, words: string): Rule => rule(`${what}-${band}`, `${words} ${bandWords[band]}`);

  if (texture === 'solid') {
    if (band === 'above-8' && multiplicity === 'single')
      return suggest('ct-3-pet-tissue', named('solid-single', 'Single solid nodule'));
    if (!risk) return { status: 'missing', inputs: ['risk'] };
    const fired = named(`solid-${multiplicity}-${risk}`, solidWords[multiplicity][risk]);
    if (band === 'below-6') return suggest(risk === 'low' ? 'no-routine-follow-up' : 'optional-ct-12', fired);
    if (multiplicity === 'multiple')
      return suggest(risk === 'low' ? 'ct-3-6-consider-18-24' : 'ct-3-6-then-18-24', fired);
    return suggest(risk === 'low' ? 'ct-6-12-consider-18-24' : 'ct-6-12-then-18-24', fired);
  }
  const small = band === 'below-6';
  const size = small ? 'below 6 mm (below 100 mm3)' : '6 mm or more (100 mm3 or more)';
  const sized = small ? 'below-6' : '6-or-more';
  if (multiplicity === 'multiple')
    return suggest(
      small ? 'ct-3-6-consider-2-4-years' : 'ct-3-6-most-suspicious',
      rule(`subsolid-multiple-${sized}`, `Multiple subsolid nodules ${size}`),
    );
  if (texture === 'ground-glass')
    return suggest(
      small ? 'no-routine-follow-up' : 'ct-6-12-then-2-yearly',
      rule(`ground-glass-${sized}`, `Single ground-glass nodule ${size}`),
    );
  if (small)
    return suggest('no-routine-follow-up', rule('part-solid-below-6', `Single part-solid nodule ${size}`));
  if (solidComponentMm === undefined) return { status: 'missing', inputs: ['solidComponentMm'] };
  return Math.round(solidComponentMm + 1e-9) < 6
    ? suggest(
        'ct-3-6-then-yearly',
        rule('part-solid-6', `Single part-solid nodule ${size}, solid component below 6 mm`),
      )
    : suggest(
        'ct-3-6-highly-suspicious',
        rule('part-solid-6-solid-6', `Single part-solid nodule ${size}, solid component 6 mm or more`),
      );
}
