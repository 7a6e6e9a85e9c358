import type { ReadingAction, ReadingEvent } from '../core/reading/events';
import type { ReviewAction, ReviewEvent } from '../core/review/events';
import { flaggedEventType, type StudyFlagged } from '../core/study/study-flags';
import * as audit from './audit';
import type { Connection } from './database';
import type { AuditRecord, FindingRow, SeriesRow } from './types';
import type { ResultSet } from '../core/study/entities';

/** What happened to one study, oldest first. */
export interface StudyHistory {
  /** What its readers did to its findings. */
  readonly review: readonly ReviewEvent[];
  /** How it is read: mode, signature, addenda ... */
  readonly reading: readonly ReadingEvent[];
  readonly flags: readonly StudyFlagged[];
}

interface KeptHistory extends StudyHistory {
  /** The last record of the study that is in here; null: it has none. */
  readonly last: AuditRecord | null;
}

interface KeptStudy {
  history: KeptHistory | null;
  series: readonly SeriesRow[] | null;
  resultSets: readonly ResultSet[] | null;
  findings: readonly FindingRow[] | null;
}

/** Who reads a study asks for it with every decision; a list of thousands asks for each once. */
const mostStudies = 4;

const none: KeptHistory = { review: [], reading: [], flags: [], last: null };

/**
 * What was read of the studies that were asked for last, so that a decision reads one record and not the study's whole
 * history. It can hold nothing else than the store:
 *
 * - A history is gone on from only where its last record is there with the hash that it had, and a hash stands for all
 *   records before it.
 * - The rest is forgotten before any of it is written, and all of it when a transaction is rolled back.
 * - Nobody else writes: the file is locked. What is handed out is frozen.
 */
export class KeptStudies {
  private readonly studies = new Map<string, KeptStudy>();

  constructor(
    private readonly db: Connection,
    private readonly read: {
      series: (studyId: string) => SeriesRow[];
      resultSets: (studyId: string) => ResultSet[];
      findings: (studyId: string) => FindingRow[];
    },
  ) {}

  series(studyId: string): readonly SeriesRow[] {
    return (this.of(studyId).series ??= frozen(this.read.series(studyId)));
  }

  resultSets(studyId: string): readonly ResultSet[] {
    return (this.of(studyId).resultSets ??= frozen(this.read.resultSets(studyId)));
  }

  findings(studyId: string): readonly FindingRow[] {
    return (this.of(studyId).findings ??= frozen(this.read.findings(studyId)));
  }

  history(studyId: string): StudyHistory {
    const study = this.of(studyId);
    const { history } = study;
    const newer = history?.last ? audit.since(this.db, studyId, history.last.seq) : null;
    const goesOn = newer !== null && newer[0]?.hash === history!.last!.hash;
    study.history = goesOn
      ? extended(history!, newer.slice(1))
      : extended(none, audit.since(this.db, studyId, 0));
    return study.history;
  }

  /** Call before series, result sets or findings are written, and after a transaction was rolled back. */
  forget(): void {
    this.studies.clear();
  }

  private of(studyId: string): KeptStudy {
    const known = this.studies.get(studyId) ?? {
      history: null,
      series: null,
      resultSets: null,
      findings: null,
    };
    // Last in the order of use.
    this.studies.delete(studyId);
    this.studies.set(studyId, known);
    for (const oldest of this.studies.keys()) {
      if (this.studies.size <= mostStudies) break;
      this.studies.delete(oldest);
    }
    return known;
  }
}

const frozen = <T extends object>(rows: T[]): readonly T[] =>
  Object.freeze(rows.map((row) => Object.freeze(row) as T));

function extended(history: KeptHistory, records: readonly AuditRecord[]): KeptHistory {
  if (records.length === 0) return history;
  const of = (prefix: string): AuditRecord[] => records.filter(({ type }) => type.startsWith(prefix));
  return {
    review: frozen([...history.review, ...of('review.').map((record) => eventOf<ReviewAction>(record))]),
    reading: frozen([...history.reading, ...of('reading.').map((record) => eventOf<ReadingAction>(record))]),
    flags: frozen([...history.flags, ...of(flaggedEventType).map(({ payload }) => payload as StudyFlagged)]),
    last: records[records.length - 1]!,
  };
}

interface Payload<Action> {
  reviewer: string;
  /** Left out while the store has no users. */
  userId?: string;
  action: Action;
}

function eventOf<Action>({ seq, studyId, at, payload }: AuditRecord) {
  const { reviewer, userId, action } = payload as Payload<Action>;
  return { seq, studyId: studyId!, at, reviewer, ...(userId !== undefined && { userId }), action };
}
