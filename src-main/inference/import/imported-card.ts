/** The model card of an imported model: what its source says, and that nobody here measured it. */
export interface ImportedCard {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly intendedUse: string;
  /** What was imported, e.g. "MONAI bundle lung_nodule_ct_detection 0.6.8". */
  readonly source: string;
  /** Label and what the source says: licence, authors, data. */
  readonly facts: readonly (readonly [string, string])[];
  readonly howItRuns: readonly string[];
  readonly limits: readonly string[];
}

export function renderImportedCard(card: ImportedCard): string {
  const lines = (items: readonly string[]): string => items.map((t) => `- ${oneLine(t)}`).join('\n');
  return `# ${oneLine(card.name)}

\`${card.id}\` ${card.version}. **For research use only. Not for primary diagnosis; not a medical device.**

${oneLine(card.description)}

## Intended use

${oneLine(card.intendedUse)}

## Where it comes from

Imported from: ${oneLine(card.source)}. What its files say:

${card.facts.map(([label, text]) => `- ${label}: ${oneLine(text)}`).join('\n')}

## How Regio runs it

${lines(card.howItRuns)}

## Validation

Not measured by Regio. Figures that its source states were measured there, with other software.

## Known limits

${lines(card.limits)}
`;
}

/** Text from someone else's file: one line, and nothing that Markdown would act on. */
const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[<>`[\]|]/g, ' ')
    .trim()
    .slice(0, 2000);
