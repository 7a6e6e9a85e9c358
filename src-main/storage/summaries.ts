import type { Connection, Row } from './database';
import type { SummaryRow } from './types';

const columns = 'SELECT s.study_id, CASE WHEN k.made_by = ? THEN k.body END AS body';
const join = 'FROM studies s LEFT JOIN study_summaries k ON k.study_id = s.study_id';

const summaryRow = (row: Row): SummaryRow => ({
  studyId: String(row['study_id']),
  body: row['body'] === null ? null : String(row['body']),
});

export const list = (db: Connection, madeBy: string): SummaryRow[] =>
  db.all(`${columns} ${join} ORDER BY s.position DESC`, [madeBy]).map(summaryRow);

export const some = (db: Connection, studyIds: readonly string[], madeBy: string): SummaryRow[] =>
  studyIds.flatMap((studyId) =>
    db.all(`${columns} ${join} WHERE s.study_id = ?`, [madeBy, studyId]).map(summaryRow),
  );

export const keep = (db: Connection, studyId: string, madeBy: string, body: unknown): void =>
  db.run(
    'INSERT INTO study_summaries (study_id, made_by, body) VALUES (?, ?, ?) ON CONFLICT (study_id) DO UPDATE SET made_by = excluded.made_by, body = excluded.body',
    [studyId, madeBy, JSON.stringify(body)],
  );
