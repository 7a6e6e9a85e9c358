import { AppError } from '../core/app-error';
import type { Connection } from './database';

/**
 * Numbered by position, 1 first. Never edit one that was released: append. JSON columns hold what is only ever read
 * whole; what is searched or counted has a column of its own.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL);

  CREATE TABLE studies (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    study_id TEXT NOT NULL UNIQUE,
    study_instance_uid TEXT NOT NULL,
    patient TEXT NOT NULL,
    description TEXT NOT NULL,
    study_date TEXT NOT NULL,
    imported_at TEXT NOT NULL
  );
  CREATE INDEX studies_uid ON studies (study_instance_uid);

  CREATE TABLE series (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id TEXT NOT NULL UNIQUE,
    study_id TEXT NOT NULL REFERENCES studies (study_id) ON DELETE CASCADE,
    scanned TEXT NOT NULL,
    detection TEXT NOT NULL,
    detection_error TEXT
  );
  CREATE INDEX series_study ON series (study_id);

  CREATE TABLE result_sets (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    result_set_id TEXT NOT NULL UNIQUE,
    study_id TEXT NOT NULL REFERENCES studies (study_id) ON DELETE CASCADE,
    series_id TEXT NOT NULL REFERENCES series (series_id) ON DELETE CASCADE,
    body TEXT NOT NULL
  );
  CREATE INDEX result_sets_study ON result_sets (study_id);

  CREATE TABLE findings (
    finding_id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (study_id) ON DELETE CASCADE,
    series_id TEXT NOT NULL REFERENCES series (series_id) ON DELETE CASCADE,
    result_set_id TEXT NOT NULL REFERENCES result_sets (result_set_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    score REAL NOT NULL,
    place TEXT NOT NULL,
    superseded_by TEXT
  );
  CREATE INDEX findings_study ON findings (study_id);

  -- No foreign key: the history of a removed study stays.
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    study_id TEXT,
    payload TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE INDEX audit_study ON audit (study_id, seq);
  CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  -- Where the chain ends, so that a cut tail shows.
  CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL);
  `,
  `ALTER TABLE findings ADD COLUMN provenance TEXT NOT NULL DEFAULT 'network'`,
  // Series may be 'not-analysable' from here on, which an older Regio cannot read: the number alone keeps it out.
  `CREATE INDEX series_detection ON series (detection);`,
  `CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  // A cache: a row may go at any time. No picture: whoever made it died that often (tries).
  `
  CREATE TABLE thumbnails (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id TEXT NOT NULL UNIQUE REFERENCES series (series_id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    png BLOB,
    tries INTEGER NOT NULL
  );
  `,
  // Readers of this workstation, and where each left off. `failures` in a row: kept, so that a restart shortens no wait.
  `
  CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL,
    passphrase TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    failed_at TEXT,
    created_at TEXT NOT NULL
  );
  CREATE TABLE places (reader TEXT PRIMARY KEY, value TEXT NOT NULL);
  `,
  // What the worklist shows of a study, made of the five tables below: any change of them forgets it, whoever writes.
  `
  CREATE TABLE study_summaries (
    study_id TEXT PRIMARY KEY REFERENCES studies (study_id) ON DELETE CASCADE,
    made_by TEXT NOT NULL,
    body TEXT NOT NULL
  );
  ${['studies', 'series', 'result_sets', 'findings', 'audit']
    .flatMap((table) =>
      (['INSERT', 'UPDATE', 'DELETE'] as const)
        // The chain is only ever appended to.
        .filter((change) => table !== 'audit' || change === 'INSERT')
        .map(
          (change) => `
  CREATE TRIGGER ${table}_${change.toLowerCase()}_forgets_summary AFTER ${change} ON ${table}
    BEGIN DELETE FROM study_summaries WHERE study_id = ${change === 'DELETE' ? 'OLD' : 'NEW'}.study_id; END;`,
        ),
    )
    .join('')}
  `,
  `
  CREATE TABLE measurements (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    measurement_id TEXT NOT NULL UNIQUE,
    study_id TEXT NOT NULL REFERENCES studies (study_id) ON DELETE CASCADE,
    series_id TEXT NOT NULL REFERENCES series (series_id) ON DELETE CASCADE,
    body TEXT NOT NULL
  );
  CREATE INDEX measurements_study ON measurements (study_id);
  `,
  // Detections that wait: a restart picks them up again.
  `
  CREATE TABLE queued_detections (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    study_id TEXT NOT NULL UNIQUE REFERENCES studies (study_id) ON DELETE CASCADE,
    model_id TEXT,
    ignored_by TEXT,
    priority INTEGER NOT NULL
  );
  `,
  // Whose a measurement is: of two blind readers neither is shown the other's. Empty: drawn before, or without users.
  `ALTER TABLE measurements ADD COLUMN reader TEXT NOT NULL DEFAULT '';`,
];

export const schemaVersion = migrations.length;

/** Brings the store up to date, each step in a transaction of its own. @throws AppError for a newer store. */
export function migrate(connection: Connection, steps: readonly string[] = migrations): void {
  const current = Number(connection.get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (current > steps.length) {
    throw new AppError(
      'store.failed',
      `This store was written by a newer Regio (schema ${current}; this one knows ${steps.length}).`,
      'Start the newer Regio, or point REGIO_DATA_DIR at another folder.',
    );
  }
  for (let version = current; version < steps.length; version++) {
    connection.exec('BEGIN IMMEDIATE');
    try {
      connection.exec(steps[version]!);
      connection.exec(`PRAGMA user_version = ${version + 1}`);
      connection.exec('COMMIT');
    } catch (error) {
      connection.exec('ROLLBACK');
      throw error;
    }
  }
}
