import type { StudySummary } from '../../../src-main/contract/entities';

export type SortKey =
  'patient' | 'studyDate' | 'modality' | 'description' | 'state' | 'findings' | 'topScore' | 'importedAt';

const value: Record<SortKey, (study: StudySummary) => string | number> = {
  patient: (s) => s.patient.name.toLowerCase(),
  studyDate: (s) => s.studyDate,
  modality: (s) => s.modalities.join(),
  description: (s) => s.description.toLowerCase(),
  state: (s) => s.state,
  findings: (s) => s.findingCount,
  topScore: (s) => s.topScore ?? -1,
  importedAt: (s) => s.importedAt,
};

/** The studies whose words hold every word of the filter, in the order asked. */
export function sortStudies(
  studies: readonly StudySummary[],
  filter: string,
  key: SortKey,
  descending: boolean,
): StudySummary[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (s: StudySummary): string =>
    [s.patient.name, s.patient.id, s.description, s.studyDate, ...s.modalities, ...s.bodyParts]
      .join(' ')
      .toLowerCase();
  const sign = descending ? -1 : 1;
  return studies
    .filter((study) => words.every((word) => text(study).includes(word)))
    .sort((a, b) => {
      const [x, y] = [value[key](a), value[key](b)];
      return x < y ? -sign : x > y ? sign : 0;
    });
}
