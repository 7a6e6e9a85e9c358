import { suggestion, type Outcome, type Publication, type Rule, type SuggestOptions } from './guideline';

/**
 * ACR BI-RADS, 5th edition (mammography and ultrasound): the categories with their likelihood of malignancy and management.
 *
 * Source: D'Orsi CJ, Sickles EA, Mendelson EB, Morris EA et al., ACR BI-RADS Atlas, 5th edition, 2013; checked against four
 * published copies of its table. The atlas gives no way from terms to a category, so none is made up here: the only
 * suggestion is the category whose published likelihood holds what the reader thinks the likelihood is.
 */
export const biRads = {
  source: "ACR BI-RADS Atlas, 5th edition: D'Orsi CJ et al. American College of Radiology, 2013",
  categories: [
    {
      category: '0',
      wording: 'Incomplete: need additional imaging evaluation or prior images',
      management: 'Recall for additional imaging, or comparison with prior examinations.',
    },
    { category: '1', wording: 'Negative', management: 'Routine screening.' },
    { category: '2', wording: 'Benign', management: 'Routine screening.' },
    {
      category: '3',
      wording: 'Probably benign',
      management: 'Short-interval (6-month) follow-up or continued surveillance.',
    },
    { category: '4A', wording: 'Low suspicion for malignancy', management: 'Tissue diagnosis.' },
    { category: '4B', wording: 'Moderate suspicion for malignancy', management: 'Tissue diagnosis.' },
    { category: '4C', wording: 'High suspicion for malignancy', management: 'Tissue diagnosis.' },
    { category: '5', wording: 'Highly suggestive of malignancy', management: 'Tissue diagnosis.' },
    {
      category: '6',
      wording: 'Known biopsy-proven malignancy',
      management: 'Surgical excision when clinically appropriate.',
    },
  ],
} as const satisfies Publication;
type Category = (typeof biRads.categories)[number]['category'];

/** Published likelihood of malignancy, percent: above the first, up to the second; `closed` where it holds the second. */
export const biRadsLikelihood = {
  '3': { above: 0, to: 2, closed: true },
  '4A': { above: 2, to: 10, closed: true },
  '4B': { above: 10, to: 50, closed: true },
  '4C': { above: 50, to: 95, closed: false },
} as const;

/**
 * Positive predictive values, percent, of terms of the lexicon among 492 impalpable lesions that went to surgical biopsy.
 * Liberman L et al., AJR 1998;171(1):35-40, doi 10.2214/ajr.171.1.9648759 (abstract). They order suspicion; they are no category.
 */
export const publishedPpv: Readonly<Record<string, number>> = {
  'margin spiculated': 81,
  'shape irregular': 73,
  'morphology fine-linear': 81,
  'distribution segmental': 74,
  'distribution linear': 68,
};
const ppvSource = 'Liberman L et al. AJR 1998;171:35-40 (492 biopsied impalpable lesions)';

export interface BiRadsInput {
  /** The reader's own estimate of the likelihood of malignancy, percent. */
  likelihoodPercent?: number | undefined;
  knownMalignancy?: boolean | undefined;
  incomplete?: boolean | undefined;
  /** Terms of the finding, as `margin spiculated`, for their published predictive values. */
  terms?: readonly string[] | undefined;
}
export type BiRadsQuestion = keyof BiRadsInput;

const rule = (id: string, sentence: string): Rule => ({ id: `bi-rads.${id}`, sentence });

/** @returns the category of a likelihood that the reader gives; nothing is made of terms */
export function suggestBiRads(
  input: BiRadsInput,
  options: SuggestOptions = {},
): Outcome<Category, BiRadsQuestion> {
  const known = (input.terms ?? []).flatMap((term) =>
    publishedPpv[term] === undefined ? [] : [`${term}: ${publishedPpv[term]} %`],
  );
  const notes = [
    'The atlas gives no way from terms to a category: this is the category of the likelihood that you entered.',
    ...(known.length > 0
      ? [`Published predictive value of single terms, not a category: ${known.join(', ')}. ${ppvSource}.`]
      : []),
  ];
  const suggest = (category: Category, fired: Rule): Outcome<Category, BiRadsQuestion> =>
    suggestion<Category>(biRads, category, fired, options, { notes });
  if (input.knownMalignancy)
    return suggest('6', rule('6', 'Biopsy-proven malignancy before definitive therapy'));
  if (input.incomplete) return suggest('0', rule('0', 'Additional imaging or prior examinations are needed'));
  const percent = input.likelihoodPercent;
  if (percent === undefined) return { status: 'missing', inputs: ['likelihoodPercent'] };
  if (percent <= 0)
    return {
      status: 'not-covered',
      rule: rule(
        '1-or-2',
        'Essentially 0 % likelihood is category 1 (negative) or 2 (benign finding): choose which',
      ),
    };
  if (percent >= 95) return suggest('5', rule('5', 'At least 95 % likelihood of malignancy'));
  for (const category of ['3', '4A', '4B', '4C'] as const) {
    const { above, to, closed } = biRadsLikelihood[category];
    if (closed ? percent <= to : percent < to)
      return suggest(
        category,
        rule(
          category.toLowerCase(),
          closed
            ? `More than ${above} % up to ${to} % likelihood of malignancy`
            : `More than ${above} % and less than ${to} % likelihood of malignancy`,
        ),
      );
  }
  throw new TypeError(`no category for ${percent} %`);
}
