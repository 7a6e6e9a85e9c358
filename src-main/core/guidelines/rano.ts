import { suggestion, type Outcome, type Publication, type SuggestOptions } from './guideline';

/**
 * Two-dimensional size and its change after RANO, high-grade glioma: what pictures alone can say.
 *
 * Source: Wen PY et al., J Clin Oncol 2010;28(11):1963-1972, doi 10.1200/JCO.2009.26.3541, tables 2 to 4; checked against the tables
 * of PMC7968800 and PMC10584081. Measurable: contrast-enhancing, clear margins, two perpendicular diameters of at least
 * 10 mm. At most five target lesions, the largest by product.
 */
export const rano = {
  source: 'RANO (imaging part): Wen PY et al. J Clin Oncol 2010;28:1963-1972. doi:10.1200/JCO.2009.26.3541',
  categories: [
    {
      category: 'CR',
      wording: 'Complete response, if all that imaging does not decide agrees',
      management: null,
    },
    {
      category: 'PR',
      wording: 'Partial response, if all that imaging does not decide agrees',
      management: null,
    },
    {
      category: 'SD',
      wording: 'Stable disease, if all that imaging does not decide agrees',
      management: null,
    },
    { category: 'PD', wording: 'Progression', management: null },
  ],
} as const satisfies Publication;
type Category = (typeof rano.categories)[number]['category'];

/** What the criteria want beside the sum of products; the sizes of enhancing lesions do not decide it. */
export const ranoNotDecided = [
  'Corticosteroid dose',
  'Clinical status',
  'T2/FLAIR lesions',
  'Non-measurable lesions',
  'Confirmation after at least 4 weeks, and pseudoprogression in the first 12 weeks after radiotherapy',
] as const;

/** mm. `shortMm`: the longest diameter perpendicular to `longMm`, in the same slice. */
export interface Diameters {
  readonly longMm: number;
  readonly shortMm: number;
}

/** mm2. */
export const bidimensionalProduct = ({ longMm, shortMm }: Diameters): number => longMm * shortMm;

export const isMeasurable = ({ longMm, shortMm }: Diameters): boolean => longMm >= 10 && shortMm >= 10;

/** Sum of products of the measurable lesions, mm2, of the five largest where there are more. */
export const sumOfProducts = (lesions: readonly Diameters[]): number =>
  lesions
    .filter(isMeasurable)
    .map(bidimensionalProduct)
    .sort((a, b) => b - a)
    .slice(0, 5)
    .reduce((sum, product) => sum + product, 0);

export interface RanoInput {
  lesions?: readonly Diameters[] | undefined;
  /** Sum of products before treatment, mm2. */
  baselineMm2?: number | undefined;
  /** The smallest sum so far, baseline included, mm2. */
  nadirMm2?: number | undefined;
  newLesion?: boolean | undefined;
}
export type RanoQuestion = keyof RanoInput;

/** @returns what the change of the sum of products says: -50 % from baseline, +25 % from the smallest so far */
export function suggestRano(input: RanoInput, options: SuggestOptions = {}): Outcome<Category, RanoQuestion> {
  const { lesions, baselineMm2, nadirMm2, newLesion } = input;
  const notes = [`Not decided by imaging alone: ${ranoNotDecided.join('; ')}.`];
  const suggest = (category: Category, id: string, sentence: string): Outcome<Category, RanoQuestion> =>
    suggestion<Category>(rano, category, { id: `rano.${id}`, sentence }, options, { notes });
  if (newLesion === undefined) return { status: 'missing', inputs: ['newLesion'] };
  if (newLesion) return suggest('PD', 'new-lesion', 'Appearance of a new lesion');
  if (!lesions) return { status: 'missing', inputs: ['lesions'] };
  const missing: RanoQuestion[] = [
    ...(baselineMm2 === undefined ? (['baselineMm2'] as const) : []),
    ...(nadirMm2 === undefined ? (['nadirMm2'] as const) : []),
  ];
  if (baselineMm2 === undefined || nadirMm2 === undefined) return { status: 'missing', inputs: missing };
  if (!lesions.some(isMeasurable) && lesions.length > 0)
    return {
      status: 'not-covered',
      rule: { id: 'rano.non-measurable', sentence: 'Non-measurable disease: a diameter below 10 mm' },
    };
  const now = sumOfProducts(lesions);
  if (now > 0 && nadirMm2 > 0 && now >= 1.25 * nadirMm2 - 1e-9)
    return suggest(
      'PD',
      'pd',
      'At least 25 % increase in the sum of products of perpendicular diameters over the smallest sum',
    );
  if (now === 0)
    return suggest('CR', 'cr', 'Disappearance of all enhancing measurable and non-measurable disease');
  if (now <= 0.5 * baselineMm2 + 1e-9)
    return suggest(
      'PR',
      'pr',
      'At least 50 % decrease in the sum of products of perpendicular diameters compared with baseline',
    );
  return suggest('SD', 'sd', 'Neither complete response, partial response nor progression');
}
