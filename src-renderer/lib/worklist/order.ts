import type { StudySummary } from '../../../src-main/contract/entities';
import { patientKey } from '../../../src-main/core/study/patient-identity';

export const sortKeys = [
  'importedAt',
  'triage',
  'patient',
  'flags',
  'studyDate',
  'modality',
  'description',
  'state',
  'findings',
  'topScore',
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
  /** One heading a patient, its studies below, newest first. */
  readonly grouped: boolean;
}

export const newestFirst: Order = { key: 'importedAt', descending: true, grouped: false };

/** What a person works through: trouble and open work first. */
const stateRank: Record<StudySummary['state'], number> = {
  failed: 0,
  'not-analysable': 1,
  'no-model': 2,
  'to-review': 3,
  'in-review': 4,
  'to-adjudicate': 5,
  'awaiting-readers': 6,
  'awaiting-second-reader': 7,
  detecting: 8,
  new: 9,
  reviewed: 10,
  signed: 11,
};

const value: Record<Exclude<SortKey, 'triage'>, (study: StudySummary) => string | number> = {
  patient: (s) => s.patient.name.toLowerCase(),
  flags: (s) => flagRank(s),
  studyDate: (s) => s.studyDate,
  modality: (s) => s.modalities.join(),
  description: (s) => s.description.toLowerCase(),
  state: (s) => stateRank[s.state],
  findings: (s) => s.pendingCount,
  topScore: (s) => s.topScore ?? -1,
  importedAt: (s) => s.importedAt,
};

const flagRank = ({ flags }: StudySummary): number =>
  (flags.includes('urgent') ? 4 : 0) +
  (flags.includes('follow-up') ? 2 : 0) +
  (flags.includes('teaching') ? 1 : 0);

/** Nobody knows whether it shows a lesion: no model read it, or the one that should have could not. */
export const isUnknown = ({ state }: StudySummary): boolean =>
  state === 'failed' || state === 'not-analysable' || state === 'no-model' || state === 'new';

/**
 * Urgent ones first; then what has open findings, the highest score first; then what no model has read, failures first;
 * what is read to the end last.
 */
function triage(a: StudySummary, b: StudySummary): number {
  const urgent = Number(b.flags.includes('urgent')) - Number(a.flags.includes('urgent'));
  if (urgent !== 0) return urgent;
  const rank = (s: StudySummary): number => (s.topOpenScore !== null ? 0 : isUnknown(s) ? 1 : 2);
  return (
    rank(a) - rank(b) ||
    (b.topOpenScore ?? 0) - (a.topOpenScore ?? 0) ||
    stateRank[a.state] - stateRank[b.state]
  );
}

/** Stable: what is equal stays in the order given, which is that of import. */
export function sortStudies(studies: readonly StudySummary[], { key, descending }: Order): StudySummary[] {
  if (key === 'triage') return [...studies].sort(triage);
  const sign = descending ? -1 : 1;
  const keyed = studies.map((study) => ({ study, by: value[key](study) }));
  keyed.sort((a, b) => (a.by < b.by ? -sign : a.by > b.by ? sign : 0));
  return keyed.map(({ study }) => study);
}

/** What stands on one line of the list. Keys stay the same while their study or patient does. */
export type Line =
  | { readonly kind: 'study'; readonly key: string; readonly study: StudySummary; readonly inGroup: boolean }
  | { readonly kind: 'patient'; readonly key: string; readonly studies: readonly StudySummary[] }
  | { readonly kind: 'series'; readonly key: string; readonly study: StudySummary };

export interface Folding {
  /** Studies whose series are listed below them. */
  readonly unfolded: ReadonlySet<string>;
  /** Keys of patients whose studies are not listed. */
  readonly collapsed: ReadonlySet<string>;
}

/** @param sorted as {@link sortStudies} left them: a patient stands where the first of its studies would. */
export function linesOf(sorted: readonly StudySummary[], grouped: boolean, folding: Folding): Line[] {
  const lines: Line[] = [];
  const put = (study: StudySummary, inGroup: boolean): void => {
    lines.push({ kind: 'study', key: study.studyId, study, inGroup });
    if (folding.unfolded.has(study.studyId))
      lines.push({ kind: 'series', key: `series ${study.studyId}`, study });
  };
  if (!grouped) {
    for (const study of sorted) put(study, false);
    return lines;
  }
  const groups = new Map<string, StudySummary[]>();
  for (const study of sorted) {
    const key = groupKey(study);
    const known = groups.get(key);
    if (known) known.push(study);
    else groups.set(key, [study]);
  }
  for (const [key, studies] of groups) {
    studies.sort((a, b) => (a.studyDate < b.studyDate ? 1 : a.studyDate > b.studyDate ? -1 : 0));
    lines.push({ kind: 'patient', key, studies });
    if (!folding.collapsed.has(key)) for (const study of studies) put(study, true);
  }
  return lines;
}

const groupKeys = new WeakMap<StudySummary, string>();
/** Whoever has no ID is not known to be the same person as anybody. */
function groupKey(study: StudySummary): string {
  let key = groupKeys.get(study);
  if (key === undefined) {
    key =
      study.patient.id.trim() === '' ? `patient of ${study.studyId}` : `patient ${patientKey(study.patient)}`;
    groupKeys.set(study, key);
  }
  return key;
}
