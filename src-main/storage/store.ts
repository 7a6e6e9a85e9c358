import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppErrorShape } from '../core/app-error';
import type { FindingPlace, Patient, ResultSet, ScannedSeries } from '../core/study/entities';
import * as audit from './audit';
import { connect, storeError, type Connection, type Row } from './database';
import { KeptStudies } from './kept-studies';
import { checkKey } from './key-check';
import { acquireLock } from './lock';
import { migrate } from './migrations';
import * as queued from './queued';
import * as summaries from './summaries';
import * as measurements from './measurements';
import * as thumbnails from './thumbnails';
import * as users from './users';
import type { DetectionState, FindingRow, SeriesRow, Store, StudyRow } from './types';

export const storeFile = (folder: string): string => join(folder, 'store.db');
export const storeExists = (folder: string): boolean => existsSync(storeFile(folder));

export interface OpenStoreOptions {
  folder: string;
  /** 32 bytes, see loadStoreKey. */
  key: Buffer;
}

/**
 * Opens (or makes) the encrypted store of a data folder: one connection in one process.
 *
 * @throws AppError 'store.locked' where it is open already, 'store.failed' for all else.
 */
export function openStore({ folder, key }: OpenStoreOptions): Store {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error);
  }
  const unlock = acquireLock(join(folder, 'store.lock'));
  let connection: Connection | undefined;
  try {
    checkKey(storeFile(folder), key);
    connection = connect(storeFile(folder), key.toString('hex'));
    migrate(connection);
    return store(connection, folder, unlock);
  } catch (error) {
    connection?.close();
    unlock();
    throw error;
  }
}

function store(db: Connection, folder: string, unlock: () => void): Store {
  const transaction = <T>(work: () => T): T => {
    if (db.inTransaction) return work();
    db.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      db.exec('COMMIT');
    } catch (error) {
      // A full disk may have rolled back already.
      if (db.inTransaction) db.exec('ROLLBACK');
      kept.forget();
      throw error;
    }
    return result;
  };

  let studiesRevision = 0;

  const kept = new KeptStudies(db, {
    series: (studyId) =>
      db.all('SELECT * FROM series WHERE study_id = ? ORDER BY position', [studyId]).map(seriesRow),
    resultSets: (studyId) =>
      db
        .all('SELECT body FROM result_sets WHERE study_id = ? ORDER BY position', [studyId])
        .map((row) => JSON.parse(String(row['body'])) as ResultSet),
    findings: (studyId) =>
      db
        .all('SELECT * FROM findings WHERE study_id = ? AND superseded_by IS NULL ORDER BY number', [studyId])
        .map(findingRow),
  });
  /** Writes what {@link KeptStudies} keeps. */
  const write: Connection['run'] = (sql, values) => {
    kept.forget();
    db.run(sql, values);
  };

  return {
    transaction,
    folder,

    secret: (name) =>
      transaction(() => {
        const known = db.get('SELECT value FROM secrets WHERE name = ?', [name]);
        if (known) return Buffer.from(String(known['value']), 'hex');
        const made = randomBytes(32);
        db.run('INSERT INTO secrets (name, value) VALUES (?, ?)', [name, made.toString('hex')]);
        return made;
      }),

    readSettings() {
      const row = db.get('SELECT value FROM settings WHERE id = 1');
      return row ? (JSON.parse(String(row['value'])) as unknown) : null;
    },
    writeSettings(value) {
      db.run(
        'INSERT INTO settings (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value',
        [JSON.stringify(value)],
      );
    },

    listUsers: () => users.list(db),
    putUser: (row) => users.put(db, row),

    getPlace: (reader) => users.getPlace(db, reader),
    putPlace: (reader, value) => users.putPlace(db, reader, value),
    clearPlaces: () => db.run('DELETE FROM places'),

    insertStudy(row) {
      studiesRevision++;
      db.run(
        'INSERT INTO studies (study_id, study_instance_uid, patient, description, study_date, imported_at) VALUES (?, ?, ?, ?, ?, ?)',
        [
          row.studyId,
          row.studyInstanceUid,
          JSON.stringify(row.patient),
          row.description,
          row.studyDate,
          row.importedAt,
        ],
      );
    },
    updateStudy(row) {
      studiesRevision++;
      db.run(
        'UPDATE studies SET study_instance_uid = ?, patient = ?, description = ?, study_date = ?, imported_at = ? WHERE study_id = ?',
        [
          row.studyInstanceUid,
          JSON.stringify(row.patient),
          row.description,
          row.studyDate,
          row.importedAt,
          row.studyId,
        ],
      );
    },
    getStudy(studyId) {
      const row = db.get('SELECT * FROM studies WHERE study_id = ?', [studyId]);
      return row ? studyRow(row) : null;
    },
    listStudies: () => db.all('SELECT * FROM studies ORDER BY position DESC').map(studyRow),
    findStudies: (uid) =>
      db.all('SELECT * FROM studies WHERE study_instance_uid = ? ORDER BY position', [uid]).map(studyRow),
    deleteStudy(studyId) {
      studiesRevision++;
      write('DELETE FROM studies WHERE study_id = ?', [studyId]);
    },
    studiesRevision: () => studiesRevision,
    // Nobody else writes: the lock is exclusive.
    changes: () => Number(db.get('SELECT total_changes() AS n')?.['n']),

    listSummaries: (madeBy) => summaries.list(db, madeBy),
    someSummaries: (studyIds, madeBy) => summaries.some(db, studyIds, madeBy),
    keepSummary: (studyId, madeBy, body) => summaries.keep(db, studyId, madeBy, body),

    insertSeries(row) {
      write(
        'INSERT INTO series (series_id, study_id, scanned, detection, detection_error) VALUES (?, ?, ?, ?, ?)',
        [
          row.seriesId,
          row.studyId,
          JSON.stringify(row.scanned),
          row.detection,
          jsonOrNull(row.detectionError),
        ],
      );
    },
    updateSeries(row) {
      write('UPDATE series SET scanned = ?, detection = ?, detection_error = ? WHERE series_id = ?', [
        JSON.stringify(row.scanned),
        row.detection,
        jsonOrNull(row.detectionError),
        row.seriesId,
      ]);
    },
    getSeries(seriesId) {
      const row = db.get('SELECT * FROM series WHERE series_id = ?', [seriesId]);
      return row ? seriesRow(row) : null;
    },
    listSeries: (studyId) => kept.series(studyId),
    setDetection(seriesId, state, error) {
      write('UPDATE series SET detection = ?, detection_error = ? WHERE series_id = ?', [
        state,
        jsonOrNull(error),
        seriesId,
      ]);
    },
    seriesInState: (states) =>
      db
        .all(
          `SELECT * FROM series WHERE detection IN (${states.map(() => '?').join(', ')}) ORDER BY position`,
          states,
        )
        .map(seriesRow),

    queuedDetections: () => queued.list(db),
    keepQueued: (request) => queued.keep(db, request),
    forgetQueued: (studyId) => queued.forget(db, studyId),

    getThumbnail: (seriesId) => thumbnails.get(db, seriesId),
    putThumbnail: (row, maxBytes) => transaction(() => thumbnails.put(db, row, maxBytes)),

    listMeasurements: (studyId) => measurements.list(db, studyId),
    putMeasurement: (row) => measurements.put(db, row),
    removeMeasurements: (studyId, ids) => measurements.remove(db, studyId, ids),

    insertResultSet(set, findings) {
      transaction(() => {
        write('INSERT INTO result_sets (result_set_id, study_id, series_id, body) VALUES (?, ?, ?, ?)', [
          set.resultSetId,
          set.studyId,
          set.seriesId,
          JSON.stringify(set),
        ]);
        for (const f of findings) {
          write(
            'INSERT INTO findings (finding_id, study_id, series_id, result_set_id, number, label, score, provenance, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [
              f.findingId,
              f.studyId,
              f.seriesId,
              f.resultSetId,
              f.number,
              f.label,
              f.score,
              f.provenance,
              JSON.stringify(f.place),
            ],
          );
        }
      });
    },
    listResultSets: (studyId) => kept.resultSets(studyId),
    modelVersions: (modelId) =>
      db
        .all(
          "SELECT DISTINCT json_extract(body, '$.modelVersion') AS version FROM result_sets WHERE json_extract(body, '$.modelId') = ?",
          [modelId],
        )
        .map((row) => String(row['version'])),
    listFindings: (studyId) => kept.findings(studyId),
    findingsOf: (studyId, resultSetId) =>
      db
        .all('SELECT * FROM findings WHERE study_id = ? AND result_set_id = ? ORDER BY number', [
          studyId,
          resultSetId,
        ])
        .map(findingRow),
    supersede(findingIds, byResultSetId) {
      transaction(() => {
        for (const id of findingIds)
          write('UPDATE findings SET superseded_by = ? WHERE finding_id = ?', [byResultSetId, id]);
      });
    },
    restore(findings) {
      transaction(() => {
        for (const { findingId, number } of findings)
          write('UPDATE findings SET superseded_by = NULL, number = ? WHERE finding_id = ?', [
            number,
            findingId,
          ]);
      });
    },

    appendAudit: (input) => transaction(() => audit.append(db, input)),
    listAudit: (studyId) => audit.list(db, studyId),
    reviewEvents: (studyId) => kept.history(studyId).review,
    readingEvents: (studyId) => kept.history(studyId).reading,
    flagEvents: (studyId) => kept.history(studyId).flags,
    verifyAudit: () => audit.verify(db),

    pragmas: () => ({
      journalMode: String(db.get('PRAGMA journal_mode')?.['journal_mode']),
      synchronous: Number(db.get('PRAGMA synchronous')?.['synchronous']),
      foreignKeys: Number(db.get('PRAGMA foreign_keys')?.['foreign_keys']),
      schemaVersion: Number(db.get('PRAGMA user_version')?.['user_version']),
    }),
    close() {
      db.close();
      unlock();
    },
  };
}

const jsonOrNull = (value: AppErrorShape | null): string | null => (value ? JSON.stringify(value) : null);

const studyRow = (row: Row): StudyRow => ({
  studyId: String(row['study_id']),
  patient: JSON.parse(String(row['patient'])) as Patient,
  studyInstanceUid: String(row['study_instance_uid']),
  description: String(row['description']),
  studyDate: String(row['study_date']),
  importedAt: String(row['imported_at']),
});

const seriesRow = (row: Row): SeriesRow => ({
  seriesId: String(row['series_id']),
  studyId: String(row['study_id']),
  scanned: JSON.parse(String(row['scanned'])) as ScannedSeries,
  detection: String(row['detection']) as DetectionState,
  detectionError: row['detection_error']
    ? (JSON.parse(String(row['detection_error'])) as AppErrorShape)
    : null,
});

const findingRow = (row: Row): FindingRow => ({
  findingId: String(row['finding_id']),
  studyId: String(row['study_id']),
  seriesId: String(row['series_id']),
  resultSetId: String(row['result_set_id']),
  number: Number(row['number']),
  label: String(row['label']),
  score: Number(row['score']),
  provenance: String(row['provenance']) as FindingRow['provenance'],
  place: JSON.parse(String(row['place'])) as FindingPlace,
});
