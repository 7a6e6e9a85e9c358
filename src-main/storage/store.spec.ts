import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import type { ResultSet, ScannedSeries } from '../core/study/entities';
import { connect } from './database';
import { migrate, schemaVersion } from './migrations';
import { openStore, storeFile } from './store';
import type { SeriesRow, Store, StudyRow } from './types';

const key = Buffer.alloc(32, 7);
let folder: string;
let open: Store[] = [];
const openHere = (at = folder, withKey = key): Store => {
  const store = openStore({ folder: at, key: withKey });
  open.push(store);
  return store;
};
const closeAll = (): void => {
  for (const store of open) store.close();
  open = [];
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-store-'));
});
afterEach(() => {
  closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError
      ? `${error.code}: ${error.message}`
      : `not an AppError: ${String(error)}`;
  }
  return 'no error';
};

const study: StudyRow = {
  studyId: 's1',
  patient: { id: 'P-77', name: 'SECRET^NAME', birthDate: '19700101', sex: 'F' },
  studyInstanceUid: '1.2.3',
  description: 'Head',
  studyDate: '20260101',
  importedAt: '2026-01-02T00:00:00.000Z',
};
const scanned: ScannedSeries = {
  format: 'png',
  patient: study.patient,
  studyInstanceUid: '1.2.3',
  studyDescription: 'Head',
  studyDate: '20260101',
  seriesInstanceUid: '1.2.3.4',
  seriesDescription: '',
  modality: 'OT',
  bodyPart: '',
  bodyPartGuessed: false,
  files: ['/a/b.png'],
  fileStamps: [{ size: 1, mtimeMs: 2 }],
  pixels: {
    kind: 'image',
    width: 4,
    height: 4,
    frames: 1,
    channels: 1,
    voxelType: 'uint8',
    pixelSpacing: null,
    valueRange: [0, 255],
    voi: [],
  },
  dicom: null,
  warnings: [],
  analysable: true,
};
const series: SeriesRow = { seriesId: 'e1', studyId: 's1', scanned, detection: 'none', detectionError: null };
const set: ResultSet = {
  resultSetId: 'r1',
  studyId: 's1',
  seriesId: 'e1',
  modelId: 'm',
  modelVersion: '1',
  modelHash: 'h',
  scoreFloor: 0.1,
  threshold: 0.5,
  createdAt: '2026-01-02T00:00:00.000Z',
  durationMs: 1,
};

describe('openStore', () => {
  it('reads back WAL, synchronous=FULL and foreign keys at every open', () => {
    for (let n = 0; n < 2; n++) {
      expect(openHere().pragmas()).toEqual({
        journalMode: 'wal',
        synchronous: 2,
        foreignKeys: 1,
        schemaVersion,
      });
      closeAll();
    }
  });

  it('leaves nothing readable on disk, and a copy cannot be opened with another key', () => {
    const store = openHere();
    store.insertStudy(study);
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(bytes.join('')).not.toContain('SECRET');
    expect(bytes.join('')).not.toContain('SQLite format');
    const copy = `${folder}-copy`;
    try {
      cpSync(folder, copy, { recursive: true });
      rmSync(join(copy, 'store.lock'));
      expect(codeOf(() => openStore({ folder: copy, key: Buffer.alloc(32, 8) }))).toMatch(
        /^store\.failed: The store cannot be decrypted/,
      );
      expect(openHere(copy).getStudy('s1')).toEqual(study);
    } finally {
      closeAll();
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('refuses a second opener of this process and takes over the lock of a dead one', () => {
    openHere();
    expect(codeOf(() => openStore({ folder, key }))).toMatch(/^store\.locked/);
    closeAll();
    expect(existsSync(join(folder, 'store.lock'))).toBe(false);
    // This process's pid, but another start time: a process that died before a pid was used again.
    for (const dead of [JSON.stringify({ pid: process.pid, startedAt: 'x:1', nonce: 'n' }), '{"pid":', '']) {
      writeFileSync(join(folder, 'store.lock'), dead);
      openHere();
      closeAll();
    }
  });

  it('refuses while another process lives, and opens with all its rows after kill -9 of it', async () => {
    openHere().close();
    open = [];
    const script = join(folder, 'holder.cjs');
    writeFileSync(
      script,
      `const D = require(process.argv[2]);
       const { writeFileSync } = require('node:fs');
       const db = new D(process.argv[3], { encryptionKey: '${key.toString('hex')}' });
       db.prepare('PRAGMA locking_mode=EXCLUSIVE').get();
       db.prepare("INSERT INTO settings VALUES (1, '{\\"kept\\":true}')").run([]);
       writeFileSync(process.argv[4], JSON.stringify({ pid: process.pid, startedAt: '', nonce: '' }));
       process.send('holding');
       setInterval(() => {}, 1e6);`,
    );
    const lock = join(folder, 'store.lock');
    const child = fork(script, [require.resolve('libsql'), storeFile(folder), lock]);
    try {
      await once(child, 'message');
      expect(codeOf(() => openStore({ folder, key }))).toMatch(/^store\.locked/);
      // Even without the lock file: the kernel's lock on the database holds.
      rmSync(lock);
      expect(codeOf(() => openStore({ folder, key }))).toMatch(/^store\.locked/);
      writeFileSync(lock, JSON.stringify({ pid: child.pid, startedAt: '', nonce: '' }));
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(openHere().readSettings()).toEqual({ kept: true });
    expect(codeOf(() => connect(storeFile(folder), key.toString('hex')))).toMatch(/^store\.locked/);
  });

  it('refuses a store of a newer version and does not change it', () => {
    openHere();
    closeAll();
    const raw = connect(storeFile(folder), key.toString('hex'));
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(codeOf(() => openStore({ folder, key }))).toMatch(
      /^store\.failed: This store was written by a newer/,
    );
  });

  it('rolls a failing migration back whole', () => {
    const connection = connect(join(folder, 'm.db'), 'ab');
    try {
      const steps = ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x);'];
      expect(codeOf(() => migrate(connection, steps))).toMatch(/^store\.failed/);
      expect(
        connection.all("SELECT name FROM sqlite_master WHERE type = 'table'").map((r) => r['name']),
      ).toEqual(['a']);
      migrate(connection, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
      expect(connection.get('PRAGMA user_version')?.['user_version']).toBe(2);
    } finally {
      connection.close();
    }
  });

  it('says so when the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(() => openStore({ folder: join(folder, 'file', 'data'), key }))).toMatch(
      /^store\.failed: /,
    );
  });
});

describe('rows', () => {
  it('gives back what was put in, and removes a study with all but its history', () => {
    const store = openHere();
    store.insertStudy(study);
    store.insertSeries(series);
    const finding = {
      findingId: 'f1',
      studyId: 's1',
      seriesId: 'e1',
      resultSetId: 'r1',
      number: 1,
      label: 'tumour',
      score: 0.75,
      provenance: 'both' as const,
      place: { space: 'px' as const, boxPx: [1, 2, 3, 4] as const, frame: 0 },
    };
    store.insertResultSet(set, [finding, { ...finding, findingId: 'f2', number: 2 }]);
    store.setDetection('e1', 'failed', { code: 'engine.crashed', message: 'm', hint: 'h' });
    store.appendAudit({ at: 't', type: 'import', studyId: 's1', payload: null });
    expect(store.listSeries('s1')).toEqual([
      { ...series, detection: 'failed', detectionError: { code: 'engine.crashed', message: 'm', hint: 'h' } },
    ]);
    expect(store.seriesInState(['running', 'failed']).map((s) => s.seriesId)).toEqual(['e1']);
    store.supersede(['f2'], 'r9');
    expect(store.listFindings('s1')).toEqual([finding]);
    expect(store.listResultSets('s1')).toEqual([set]);
    expect(store.findStudies('1.2.3')).toEqual([study]);

    store.deleteStudy('s1');
    expect([
      store.listStudies(),
      store.listSeries('s1'),
      store.listFindings('s1'),
      store.listResultSets('s1'),
    ]).toEqual([[], [], [], []]);
    expect(store.listAudit('s1')).toHaveLength(1);
  });

  it('keeps one thumbnail a series within its bytes, the newest, until the series goes', () => {
    const store = openHere();
    store.insertStudy(study);
    const row = (seriesId: string, content = 'c1', length = 40) => ({
      seriesId,
      content,
      width: 5,
      height: 8,
      png: length ? Uint8Array.from({ length }, (_, n) => n) : null,
      tries: length ? 0 : 1,
    });
    const kept = () => ['e1', 'e2', 'e3', 'e4'].map((id) => store.getThumbnail(id)?.content ?? '-');
    for (const seriesId of ['e1', 'e2', 'e3', 'e4']) store.insertSeries({ ...series, seriesId });
    store.putThumbnail(row('e1'), 100);
    store.putThumbnail(row('e2', 'none', 0), 100);
    store.putThumbnail(row('e3'), 100);
    expect(store.getThumbnail('e1')).toEqual(row('e1'));
    expect(store.getThumbnail('e2')).toEqual(row('e2', 'none', 0));
    // Made anew it is the newest; one that says "none" takes no room.
    store.putThumbnail(row('e1', 'c2'), 100);
    expect(kept()).toEqual(['c2', 'none', 'c1', '-']);
    store.putThumbnail(row('e4'), 100);
    expect(kept()).toEqual(['c2', 'none', '-', 'c1']);
    store.putThumbnail(row('gone'), 100);
    expect(store.getThumbnail('gone')).toBeNull();
    store.deleteStudy('s1');
    expect(kept()).toEqual(['-', '-', '-', '-']);
  });

  it('refuses rows of a study that does not exist', () => {
    expect(codeOf(() => openHere().insertSeries(series))).toMatch(/^store\.failed/);
  });

  it('keeps nothing of a transaction that throws', () => {
    const store = openHere();
    expect(() =>
      store.transaction(() => {
        store.insertStudy(study);
        store.appendAudit({ at: 't', type: 'import', studyId: 's1', payload: 1 });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.listStudies()).toEqual([]);
    expect(store.verifyAudit()).toEqual({ records: 0, problems: [] });
  });
});

describe('audit chain', () => {
  const filled = (): void => {
    const store = openHere();
    store.transaction(() => {
      for (let n = 1; n <= 1000; n++)
        store.appendAudit({ at: `t${n}`, type: 'x', studyId: null, payload: { n } });
    });
    expect(store.verifyAudit()).toEqual({ records: 1000, problems: [] });
  };
  const tampered = (sql: string): string[] => {
    filled();
    closeAll();
    const raw = connect(storeFile(folder), key.toString('hex'));
    expect(codeOf(() => raw.exec(sql))).toMatch(/^store\.failed/);
    raw.exec('DROP TRIGGER audit_keeps_rows; DROP TRIGGER audit_keeps_values');
    raw.exec(sql);
    raw.close();
    return openHere().verifyAudit().problems;
  };

  it.each([
    ['flipped', 'UPDATE audit SET payload = \'{"n":0}\' WHERE seq = 500'],
    ['other time', "UPDATE audit SET at = 't0' WHERE seq = 1"],
    ['deleted', 'DELETE FROM audit WHERE seq = 500'],
    [
      'reordered',
      'UPDATE audit SET seq = 2000 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 2000',
    ],
    ['cut', 'DELETE FROM audit WHERE seq > 999'],
    ['emptied', 'DELETE FROM audit'],
  ])('finds a record that was %s, and the triggers refuse it in the first place', (_name, sql) => {
    expect(tampered(sql)).not.toEqual([]);
  });

  it('finds an inserted record', () => {
    filled();
    closeAll();
    const raw = connect(storeFile(folder), key.toString('hex'));
    raw.exec(
      'INSERT INTO audit SELECT 1001, at, type, study_id, payload, hash, hash FROM audit WHERE seq = 1000',
    );
    raw.close();
    expect(openHere().verifyAudit().problems).toEqual([
      'record 1001 was changed',
      'the end of the chain is not where the store last left it',
    ]);
  });

  it('orders by sequence, not by time: a clock set back loses nothing', () => {
    const store = openHere();
    const action = { type: 'commented', findingId: 'f', comment: 'c' };
    for (const at of ['2026-02-01', '2025-01-01'])
      store.appendAudit({ at, type: 'review.commented', studyId: 's', payload: { reviewer: 'R', action } });
    store.appendAudit({ at: '2026', type: 'import', studyId: 's', payload: null });
    expect(store.reviewEvents('s').map((e) => [e.seq, e.at, e.reviewer])).toEqual([
      [1, '2026-02-01', 'R'],
      [2, '2025-01-01', 'R'],
    ]);
  });
});
