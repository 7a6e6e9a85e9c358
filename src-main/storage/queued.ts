import type { Connection } from './database';
import type { QueuedDetection } from './types';

const text = (value: unknown): string | null => (value === null ? null : String(value));

export const list = (db: Connection): QueuedDetection[] =>
  db.all('SELECT * FROM queued_detections ORDER BY position').map((row) => ({
    studyId: String(row['study_id']),
    modelId: text(row['model_id']),
    ignoredBy: text(row['ignored_by']),
    priority: Number(row['priority']),
  }));

/** Nothing of a study that is gone. */
export const keep = (db: Connection, { studyId, modelId, ignoredBy, priority }: QueuedDetection): void =>
  db.run(
    `INSERT OR REPLACE INTO queued_detections (study_id, model_id, ignored_by, priority)
     SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM studies WHERE study_id = ?)`,
    [studyId, modelId, ignoredBy, priority, studyId],
  );

export const forget = (db: Connection, studyId: string): void =>
  db.run('DELETE FROM queued_detections WHERE study_id = ?', [studyId]);
