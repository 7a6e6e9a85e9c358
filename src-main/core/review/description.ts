import { AppError } from '../app-error';
import { guidelineCategories, type GuidelineId } from '../guidelines';
import { numberTerms, termsOf, type NumberName, type TermName, type TermSet } from './description-terms';

export const confidences = ['low', 'moderate', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** The category that a reader chose, and what the guideline suggested at that moment. */
export interface Assessment {
  readonly category: string;
  /** Null where the guideline suggested nothing. */
  readonly suggested: string | null;
  /** Id of the rule that suggested it. */
  readonly rule: string | null;
}

/** What a reader says of a finding by list: where it lies, what it looks like, how sure, and its category. */
export interface FindingDescription {
  readonly set: TermSet;
  readonly terms: Readonly<Partial<Record<TermName, readonly string[]>>>;
  readonly numbers: Readonly<Partial<Record<NumberName, number>>>;
  readonly confidence?: Confidence | undefined;
  readonly assessments: Readonly<Partial<Record<GuidelineId, Assessment>>>;
  /** Who said it last, and when (ISO 8601). */
  readonly describedBy: string;
  readonly describedAt: string;
}

/** A change of a description: what is left out stays, null goes. What a guideline suggested is found out when it is made. */
export interface DescriptionPatch {
  readonly terms?: Readonly<Partial<Record<TermName, readonly string[] | null>>> | undefined;
  readonly numbers?: Readonly<Partial<Record<NumberName, number | null>>> | undefined;
  readonly confidence?: Confidence | null | undefined;
  readonly assessments?: Readonly<Partial<Record<GuidelineId, Assessment | null>>> | undefined;
}

/** A description of another list (the series was named anew) is begun again: its terms mean nothing in this one. */
export function applyPatch(
  before: FindingDescription | undefined,
  set: TermSet,
  patch: DescriptionPatch,
  by: Pick<FindingDescription, 'describedBy' | 'describedAt'>,
): FindingDescription {
  const kept = before?.set === set ? before : undefined;
  const confidence = patch.confidence === undefined ? kept?.confidence : (patch.confidence ?? undefined);
  return {
    set,
    terms: merged(kept?.terms, patch.terms),
    numbers: merged(kept?.numbers, patch.numbers),
    ...(confidence !== undefined && { confidence }),
    assessments: merged(kept?.assessments, patch.assessments),
    ...by,
  };
}

function merged<K extends string, V>(
  before: Readonly<Partial<Record<K, V>>> | undefined,
  patch: Readonly<Partial<Record<K, V | null>>> | undefined,
): Partial<Record<K, V>> {
  const after: Partial<Record<K, V>> = { ...before };
  for (const [key, value] of Object.entries(patch ?? {}) as [K, V | null | undefined][]) {
    if (value === null) delete after[key];
    else if (value !== undefined) after[key] = value;
  }
  return after;
}

/** Which segments a lobe has, by side: the left upper lobe has an apicoposterior one, the right has none. */
const segments: Readonly<Record<string, readonly string[]>> = {
  'right upper-lobe': ['apical', 'posterior', 'anterior'],
  'right middle-lobe': ['lateral', 'medial'],
  'right lower-lobe': ['superior', 'medial-basal', 'anterior-basal', 'lateral-basal', 'posterior-basal'],
  'left upper-lobe': ['apicoposterior', 'anterior', 'superior-lingular', 'inferior-lingular'],
  'left lingula': ['superior-lingular', 'inferior-lingular'],
  'left lower-lobe': ['superior', 'anteromedial-basal', 'lateral-basal', 'posterior-basal'],
};

/** What the form may offer: the values of a term that go with the others. */
export function valuesFor(
  set: TermSet,
  name: TermName,
  terms: FindingDescription['terms'],
): readonly string[] {
  const values = termsOf(set)[name]?.values ?? [];
  if (set !== 'ct-nodule') return values;
  const side = terms.side?.[0];
  const lobe = terms.lobe?.[0];
  const fits = (key: string): boolean =>
    key.startsWith(side ?? '') && key.endsWith(lobe === undefined ? '' : ` ${lobe}`);
  if (name === 'lobe')
    return values.filter((value) => side === undefined || segments[`${side} ${value}`] !== undefined);
  if (name === 'segment') {
    const possible = new Set(
      Object.keys(segments)
        .filter(fits)
        .flatMap((key) => segments[key]!),
    );
    return values.filter((value) => possible.has(value));
  }
  return values;
}

/**
 * @throws AppError 'request.invalid' whose field names the term, number or category that is not of its list, or that does
 * not go with the rest ('terms.lobe': a middle lobe on the left).
 */
export function assertDescription({ set, terms, numbers, assessments }: FindingDescription): void {
  const known = termsOf(set);
  for (const [name, values] of Object.entries(terms) as [TermName, readonly string[]][]) {
    const list = known[name];
    const field = `terms.${name}`;
    if (!list) throw refused(field, 'This term is not one of this kind of image.');
    if (values.length === 0 || values.some((value) => !list.values.includes(value)))
      throw refused(field, 'This value is not in the list of the term.');
    if ((!list.many && values.length > 1) || new Set(values).size < values.length)
      throw refused(field, 'This term takes one value.');
    if (values.some((value) => !valuesFor(set, name, terms).includes(value)))
      throw refused(field, 'This place does not exist on that side.');
    if (values.length > 1 && values.some((value) => value.startsWith('none-')))
      throw refused(field, 'None goes with nothing else.');
  }
  for (const [name, value] of Object.entries(numbers) as [NumberName, number][]) {
    const { sets, most } = numberTerms[name] as { sets: readonly TermSet[]; most: number };
    const field = `numbers.${name}`;
    if (!sets.includes(set)) throw refused(field, 'This number is not one of this kind of image.');
    if (!(value >= 0 && value <= most)) throw refused(field, `This number must lie between 0 and ${most}.`);
  }
  for (const [guideline, { category }] of Object.entries(assessments) as [GuidelineId, Assessment][]) {
    if (!guidelineCategories(guideline).some((entry) => entry.category === category))
      throw refused(`assessments.${guideline}`, 'This category is not one of the guideline.');
  }
}

const refused = (field: string, message: string): AppError =>
  new AppError('request.invalid', message, 'Choose from the list.', { field });
