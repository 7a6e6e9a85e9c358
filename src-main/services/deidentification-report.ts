import type { DeidentifyAction, DeidentifyReport } from '../contract/deidentification';

/** How far the pseudonyms, UIDs and dates of a report reach. */
export const pseudonymWords: Readonly<Record<DeidentifyReport['pseudonyms'], string>> = {
  'this-run': 'Pseudonyms, UIDs and shifted dates were made for this run alone; nobody keeps the key.',
  kept: 'Pseudonyms, UIDs and shifted dates were made with a key that is kept: later runs with it give the same.',
};

/** Collects equal lists of actions once: a series of 500 slices has one. */
export class ActionSets {
  private readonly known = new Map<string, number>();
  readonly sets: DeidentifyAction[][] = [];

  indexOf(actions: DeidentifyAction[]): number {
    const key = JSON.stringify(actions);
    const before = this.known.get(key);
    if (before !== undefined) return before;
    this.known.set(key, this.sets.length);
    return this.sets.push(actions) - 1;
  }
}

/**
 * What may lie beside the files: the report without the sources' names, which may be a patient's. Skipped files are
 * counted by reason.
 */
export function reportToPublish(report: DeidentifyReport): object {
  const skipped = new Map<string, number>();
  for (const { field } of report.skipped) {
    const key = field ?? '';
    skipped.set(key, (skipped.get(key) ?? 0) + 1);
  }
  return {
    ...report,
    files: report.files.map(({ source: _, ...file }) => file),
    skipped: [...skipped].map(([field, count]) => ({ field, count })),
  };
}

/** The same for people: a line an attribute. */
export function reportText(report: DeidentifyReport): string {
  const lines = [
    `De-identified by the ${report.profile} profile, ${report.standard}.`,
    `Options: ${report.options.join(', ') || 'none'}.`,
    pseudonymWords[report.pseudonyms],
    `Files written: ${report.files.length}; not written: ${report.skipped.length}.`,
    '',
  ];
  report.actionSets.forEach((set, n) => {
    const files = report.files.filter((f) => f.actions === n);
    lines.push(`${files.length} ${files.length === 1 ? 'file' : 'files'}, the first ${files[0]?.output}:`);
    for (const a of set) {
      const times = a.count > 1 ? `, ${a.count} times` : '';
      lines.push(`  ${a.tag} ${a.name === '' ? '' : `${a.name}: `}${a.action} (${a.because}${times})`);
    }
    lines.push('');
  });
  const masked = report.files.filter((f) => f.masked);
  if (masked.length > 0)
    lines.push('Pixels outside the ultrasound regions blanked:', ...masked.map((f) => `  ${f.output}`), '');
  const suspect = report.files.filter((f) => f.burnedIn !== '');
  if (suspect.length > 0)
    lines.push(
      'Look at these before you give them away:',
      ...suspect.map((f) => `  ${f.output}: ${f.burnedIn}`),
      '',
    );
  return lines.join('\n');
}
