import type { AppErrorShape } from '../core/app-error';
import type { FindingPlace, Patient, ResultSet, ScannedSeries } from '../core/study/entities';
import type { ReadingEvent } from '../core/reading/events';
import type { UserRole } from '../core/reading/roles';
import type { Measurement } from '../core/measure/measurement';
import type { ReviewEvent } from '../core/review/events';
import type { StudyFlagged } from '../core/study/study-flags';

export type DetectionState =
  'none' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'no-model' | 'not-analysable';

export interface StudyRow {
  studyId: string;
  patient: Patient;
  studyInstanceUid: string;
  description: string;
  studyDate: string;
  importedAt: string;
}

export interface SeriesRow {
  seriesId: string;
  studyId: string;
  scanned: ScannedSeries;
  detection: DetectionState;
  detectionError: AppErrorShape | null;
}

/** A finding as the network made it; what people decided about it is in the audit chain. */
export interface FindingRow {
  findingId: string;
  studyId: string;
  seriesId: string;
  resultSetId: string;
  number: number;
  label: string;
  score: number;
  /** Who pointed at it; a reader's own findings are in the audit chain. */
  provenance: 'network' | 'selective-search' | 'both';
  place: FindingPlace;
}

/** What a reader measured in a series. */
export interface MeasurementRow {
  studyId: string;
  seriesId: string;
  /** User id; empty in a store without users. */
  reader: string;
  measurement: Measurement;
}

/** A series in small: a cache, never what anything is measured in. */
export interface ThumbnailRow {
  seriesId: string;
  /** What it was made of: another content asks for another thumbnail. */
  content: string;
  width: number;
  height: number;
  /** Null: the engine died `tries` times while it made it. */
  png: Uint8Array | null;
  tries: number;
}

/** A reader of this workstation. A store without any is open to who sits there. */
export interface UserRow {
  userId: string;
  /** Unique, whatever its case. */
  name: string;
  role: UserRole;
  /** A derived key with its salt and cost, never the passphrase. */
  passphrase: string;
  disabled: boolean;
  /** Wrong passphrases in a row, and when the last was given. */
  failures: number;
  failedAt: string | null;
  createdAt: string;
}

/** What the worklist shows of a study. */
export interface SummaryRow {
  studyId: string;
  /** JSON; null: not kept, or another Regio made it. */
  body: string | null;
}

/** A detection that was asked for and has not begun. */
export interface QueuedDetection {
  studyId: string;
  /** Null: the one that fits. */
  modelId: string | null;
  /** Who asked to look at what the quality gate turns away; null: nobody. */
  ignoredBy: string | null;
  priority: number;
}

export interface AuditInput {
  at: string;
  type: string;
  studyId: string | null;
  payload: unknown;
}
export interface AuditRecord extends AuditInput {
  /** 1, 2, 3 ... without a gap. */
  seq: number;
  /** Hex sha256 of the record before this one (64 zeros for the first). */
  previousHash: string;
  hash: string;
}

/**
 * The encrypted store. Every method is synchronous and throws AppError ('store.failed' with what to do);
 * a method that writes returns after the commit is on disk (WAL, synchronous=FULL).
 */
export interface Store {
  /** Runs `work` in one transaction: all of it or none. May be nested (the outermost counts). */
  transaction<T>(work: () => T): T;

  /** The data folder. */
  readonly folder: string;
  /** 32 random bytes, made at first use and kept in the store. */
  secret(name: string): Buffer;

  readSettings(): unknown;
  writeSettings(value: unknown): void;

  /** In order of their making. */
  listUsers(): UserRow[];
  /** New, or in the place of the one with the same id. */
  putUser(row: UserRow): void;

  /** Where a reader left off; null: nowhere. */
  getPlace(reader: string): unknown;
  putPlace(reader: string, value: unknown): void;
  clearPlaces(): void;

  insertStudy(row: StudyRow): void;
  updateStudy(row: StudyRow): void;
  getStudy(studyId: string): StudyRow | null;
  /** Newest import first. */
  listStudies(): StudyRow[];
  findStudies(studyInstanceUid: string): StudyRow[];
  /** With its series, result sets and findings; the audit chain keeps its events. */
  deleteStudy(studyId: string): void;

  /** Goes up with every change of which studies there are and whose. */
  studiesRevision(): number;
  /** Goes up with every row that is written, changed or deleted since the store was opened. */
  changes(): number;

  /** One row a study, newest import first. A summary is forgotten when what it was made of changes. */
  listSummaries(madeBy: string): SummaryRow[];
  /** The same of those asked for that exist, in the order asked. */
  someSummaries(studyIds: readonly string[], madeBy: string): SummaryRow[];
  /** Call in the transaction in which it was made. */
  keepSummary(studyId: string, madeBy: string, body: unknown): void;

  insertSeries(row: SeriesRow): void;
  updateSeries(row: SeriesRow): void;
  getSeries(seriesId: string): SeriesRow | null;
  /** In order of import. */
  listSeries(studyId: string): readonly SeriesRow[];
  setDetection(seriesId: string, state: DetectionState, error: AppErrorShape | null): void;
  /** Series whose detection is in one of these states. */
  seriesInState(states: readonly DetectionState[]): SeriesRow[];

  /** In the order in which they were asked for. */
  queuedDetections(): QueuedDetection[];
  /** In place of what the study waited for before. */
  keepQueued(request: QueuedDetection): void;
  forgetQueued(studyId: string): void;

  getThumbnail(seriesId: string): ThumbnailRow | null;
  /** Takes the place of the series' last one; the oldest of all go while they are over `maxBytes` together. */
  putThumbnail(row: ThumbnailRow, maxBytes: number): void;

  /** In the order in which they were drawn. */
  listMeasurements(studyId: string): MeasurementRow[];
  /** A new one, or in place of the one of the same id, which stays whose it was. */
  putMeasurement(row: MeasurementRow): void;
  removeMeasurements(studyId: string, measurementIds: readonly string[]): void;

  insertResultSet(set: ResultSet, findings: readonly FindingRow[]): void;
  listResultSets(studyId: string): readonly ResultSet[];
  /** Versions of a model that have read studies here, each once. */
  modelVersions(modelId: string): string[];
  /** Without superseded ones, by number. */
  listFindings(studyId: string): readonly FindingRow[];
  /** Of one result set, by number: with those that a newer one superseded. */
  findingsOf(studyId: string, resultSetId: string): FindingRow[];
  /** Hides findings that a newer result set replaces; they stay in the store. */
  supersede(findingIds: readonly string[], byResultSetId: string): void;
  /** Shows findings that another result set had replaced, under these numbers. */
  restore(findings: readonly { readonly findingId: string; readonly number: number }[]): void;

  appendAudit(input: AuditInput): AuditRecord;
  /** All records, or those of one study, oldest first. */
  listAudit(studyId?: string): AuditRecord[];
  reviewEvents(studyId: string): readonly ReviewEvent[];
  /** Which flags a study was given and lost, oldest first. */
  flagEvents(studyId: string): readonly StudyFlagged[];
  /** How a study is read: mode, signature, addenda ...; oldest first. */
  readingEvents(studyId: string): readonly ReadingEvent[];
  /** Recomputes the whole chain. `problems` names the records that do not fit; empty when intact. */
  verifyAudit(): { records: number; problems: string[] };

  /** As SQLite reports them now. */
  pragmas(): { journalMode: string; synchronous: number; foreignKeys: number; schemaVersion: number };
  close(): void;
}
