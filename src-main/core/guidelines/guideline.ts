/**
 * Published guidelines as pure functions. Each says which rule fired and where it stands in print, and suggests: the
 * reader decides. A rule that was not read in the publication, or in a faithful copy of its table, is `verified: false`
 * and withheld unless somebody asks for such rules ({@link SuggestOptions}).
 */
export interface Rule {
  readonly id: string;
  /** The rule as the publication has it, shortened. English, as published. */
  readonly sentence: string;
  /** Left out: checked against the publication. */
  readonly verified?: false;
}

export interface Suggestion<C extends string = string> {
  readonly status: 'suggested';
  readonly category: C;
  /** What the publication calls the category. */
  readonly wording: string;
  readonly rule: Rule;
  /** What the publication recommends, where it recommends anything. */
  readonly management: string | null;
  readonly source: string;
  readonly verified: boolean;
  /** What this suggestion does not know or decide. */
  readonly notes: readonly string[];
}

/** What a guideline makes of what it was told. It never guesses: what it needs and was not told it asks for. */
export type Outcome<C extends string = string, Input extends string = string> =
  | Suggestion<C>
  | { readonly status: 'missing'; readonly inputs: readonly Input[] }
  /** The publication says nothing of such a case, or that it must not be used for it. */
  | { readonly status: 'not-covered'; readonly rule: Rule }
  /** A rule fits that nobody checked against the publication. */
  | { readonly status: 'withheld'; readonly rule: Rule };

export interface SuggestOptions {
  /** Suggest by rules that were not checked, too; left out: no. */
  readonly unverified?: boolean | undefined;
}

export interface CategoryEntry<C extends string = string> {
  readonly category: C;
  readonly wording: string;
  readonly management: string | null;
}

export interface Publication<C extends string = string> {
  readonly source: string;
  readonly categories: readonly CategoryEntry<C>[];
}

/** The outcome of a rule that names a category of the publication. */
export function suggestion<C extends string>(
  { source, categories }: Publication<C>,
  category: C,
  rule: Rule,
  { unverified = false }: SuggestOptions = {},
  extra: { management?: string | null; notes?: readonly string[] } = {},
): Suggestion<C> | { readonly status: 'withheld'; readonly rule: Rule } {
  const verified = rule.verified ?? true;
  if (!verified && !unverified) return { status: 'withheld', rule };
  const entry = categories.find((known) => known.category === category);
  if (!entry) throw new TypeError(`${source} has no category ${category}`);
  const { wording, management } = entry;
  return {
    status: 'suggested',
    category,
    wording,
    rule,
    management: extra.management ?? management,
    source,
    verified,
    notes: extra.notes ?? [],
  };
}
