import type { Finding, Patient, RejectReason, Verdict } from '../study/entities';
import { inertLine } from './inert-text';
import type { Report } from './report';

/** The words every export prints, so that PDF, SR, CSV and JSON cannot disagree. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  pending: 'Not reviewed',
  accepted: 'Accepted',
  rejected: 'Rejected',
  uncertain: 'Uncertain',
  edited: 'Accepted, corrected',
  added: 'Added by reader',
};

export const rejectReasonWords: Readonly<Record<RejectReason, string>> = {
  'normal-anatomy': 'Normal anatomy',
  artefact: 'Artefact',
  benign: 'Benign',
  duplicate: 'Duplicate',
  'outside-organ': 'Outside the organ',
  'post-operative': 'Post-operative change',
  other: 'Other',
};

export const provenanceWords: Readonly<Record<Finding['provenance'], string>> = {
  network: 'Network',
  'selective-search': 'Selective search',
  both: 'Network and selective search',
  reader: 'Reader',
};

export const uncalibratedNote =
  'Uncalibrated image: the file states no pixel spacing, so positions and sizes are in pixels and are not lengths.';

export const regionsNote =
  'Image calibrated in parts: sizes are in mm inside one of its calibrated regions, elsewhere in pixels, which are not lengths.';

const sideWords = { L: 'left', R: 'right', B: 'both sides' } as const;

/** "left, MLO": side and projection as the file states them; empty where it states neither. */
export const sideText = ({
  laterality,
  view,
}: {
  readonly laterality?: keyof typeof sideWords | undefined;
  readonly view?: string | undefined;
}): string => [laterality && sideWords[laterality], view && inertLine(view)].filter(Boolean).join(', ');

/** "Lung nodule" for `lung-nodule`; "Finding" where the label says nothing. */
export function labelWord(label: string): string {
  const words = inertLine(label).replace(/[-_]+/g, ' ').trim();
  return words === '' ? 'Finding' : words[0]!.toUpperCase() + words.slice(1);
}

/** Fixed decimals, without a negative zero; `-` for what is not a number. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return '-';
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Objectness 0..1 with two decimals, or `-` for a finding that no model scored. */
export const scoreText = (score: number | null): string => (score === null ? '-' : fixed(score, 2));

/** `20240131` as `2024-01-31`; text that is no DICOM date is printed as it is. */
export function dateText(date: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  return match ? `${match[1]}-${match[2]}-${match[3]}` : inertLine(date);
}

/** An ISO instant as `2026-11-24 15:36 UTC`; empty for null or what is no instant. */
export function timeText(instant: string | null): string {
  if (instant === null) return '';
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * A DICOM person name (PS3.5 6.2.1: `Family^Given^Middle^Prefix^Suffix`, up to three groups divided by `=`)
 * for people: "Yamada, Tarou (山田, 太郎)".
 */
export function personNameText(name: string): string {
  const groups = inertLine(name)
    .split('=')
    .slice(0, 2)
    .map((group) => {
      const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
        .split('^')
        .map((part) => part.trim());
      const first = [prefix, given, middle].filter(Boolean).join(' ');
      return [family, first, suffix].filter(Boolean).join(', ');
    })
    .filter(Boolean);
  const [main, other] = groups;
  return main === undefined ? '' : other === undefined ? main : `${main} (${other})`;
}

export const sexText = (sex: Patient['sex']): string => ({ M: 'Male', F: 'Female', O: 'Other', '': '' })[sex];

/** The name people know a model by, or its id where the bundle has no name any more. */
export const modelName = (report: Report, modelId: string): string =>
  inertLine(report.modelNames[modelId] ?? modelId);

/** The models that looked at the study, each once, in the order of the result sets. */
export function modelsOf(report: Report): { modelId: string; modelVersion: string; modelHash: string }[] {
  const seen = new Map<string, { modelId: string; modelVersion: string; modelHash: string }>();
  for (const { modelId, modelVersion, modelHash } of report.resultSets) {
    const key = JSON.stringify([modelId, modelVersion, modelHash]);
    if (!seen.has(key)) seen.set(key, { modelId, modelVersion, modelHash });
  }
  return [...seen.values()];
}
