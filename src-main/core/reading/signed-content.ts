import type { ReportDouble } from '../report/report-double';
import type { Finding, Patient, ResultSet } from '../study/entities';

/** What a signature stands for. */
export interface SignedContent {
  readonly patient: Patient;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUids: readonly string[];
  readonly models: readonly Pick<ResultSet, 'modelId' | 'modelVersion' | 'modelHash' | 'threshold'>[];
  /** All that the report shows, decisions and comments with them. */
  readonly findings: readonly Finding[];
  /** Ids of the results that a reader chose to read in place of the newest; left out: none. */
  readonly chosenResults?: readonly string[] | undefined;
  /** Left out: one person read it. */
  readonly double?: ReportDouble | undefined;
}

/** The same content is the same text, in whatever order its fields came: to be hashed. */
export function signedContent({
  resultSets,
  ...content
}: Omit<SignedContent, 'models'> & {
  readonly resultSets: readonly ResultSet[];
}): string {
  const models = resultSets.map(({ modelId, modelVersion, modelHash, threshold }) => ({
    modelId,
    modelVersion,
    modelHash,
    threshold,
  }));
  return JSON.stringify({ ...content, models }, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
