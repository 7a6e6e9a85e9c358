import type { DeidentifyReport, DeidentifySummary } from '../contract/deidentification';
import type { Engine, EngineInput } from '../contract/engine-protocol';
import { AppError } from '../core/app-error';
import type { Store } from '../storage';
import { newSecret } from './deidentification-key';
import type { JobContext } from './jobs';
import { readStudy } from './studies';
import type { Clock } from './types';

export interface DeidentifyStudyOptions {
  store: Store;
  engine: Engine;
  clock: Clock;
  softwareVersion: string;
}

/** Most files that the window lists one by one; the report beside the files has all. */
const listed = 500;

/**
 * De-identified copies of a study's files, with what was done to them. Under a secret of their own, which is forgotten:
 * nobody can tell later which copy was whose; with `samePseudonyms` under the one that the encrypted store keeps, which
 * is made when it is first wanted.
 *
 * @throws AppError 'not-found', and what the engine's `deidentify` refuses.
 */
export async function deidentifyStudy(
  { store, engine, clock, softwareVersion }: DeidentifyStudyOptions,
  input: { studyId: string; folder: string; samePseudonyms?: boolean | undefined } & Pick<
    EngineInput<'deidentify'>,
    'options' | 'keepBurnedIn'
  >,
  { signal, progress }: JobContext,
): Promise<{ kind: 'deidentification'; folder: string; report: DeidentifySummary }> {
  const { studyId, folder, options, keepBurnedIn, samePseudonyms = false } = input;
  const paths = [...new Set(readStudy(store, studyId).series.flatMap(({ scanned }) => scanned.files))];
  const report = await engine.call(
    'deidentify',
    {
      ...{ paths, outFolder: folder, options, keepBurnedIn },
      secret: samePseudonyms ? store.secret('pseudonyms').toString('hex') : newSecret(),
      secretKept: samePseudonyms,
      software: `Regio ${softwareVersion}`,
    },
    { signal, onProgress: progress },
  );
  store.appendAudit({
    at: clock.now().toISOString(),
    type: 'deidentification',
    studyId,
    payload: {
      ...{ profile: report.profile, options, keepBurnedIn, samePseudonyms },
      written: report.files.length,
      skipped: report.skipped.length,
    },
  });
  if (report.files.length === 0) {
    const [first] = report.skipped;
    throw new AppError(
      'export.failed',
      `No file was written. ${first?.reason ?? ''}`.trim(),
      'The report in the folder counts the reasons.',
    );
  }
  return { kind: 'deidentification', folder, report: summarise(report) };
}

/** What a person reads of a report: each thing done once, with how often, and every file that wants a look. */
export function summarise(report: DeidentifyReport): DeidentifySummary {
  const actions = new Map<string, DeidentifySummary['actions'][number]>();
  report.actionSets.forEach((set, n) => {
    const files = report.files.filter((file) => file.actions === n).length;
    for (const { count, ...what } of set) {
      const key = JSON.stringify(what);
      const known = actions.get(key) ?? { ...what, count: 0 };
      actions.set(key, { ...known, count: known.count + count * files });
    }
  });
  const suspects = new Map<string, string[]>();
  for (const { output, burnedIn } of report.files)
    if (burnedIn !== '') suspects.set(burnedIn, [...(suspects.get(burnedIn) ?? []), output]);
  return {
    options: report.options,
    pseudonyms: report.pseudonyms,
    written: report.files.length,
    masked: report.files.filter((file) => file.masked).length,
    lookAt: [...suspects].map(([why, files]) => ({ why, count: files.length, first: files[0]! })),
    skippedCount: report.skipped.length,
    skipped: report.skipped.slice(0, listed),
    actions: [...actions.values()].sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0)),
  };
}
