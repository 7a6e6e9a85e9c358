import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../core/seeded-random';
import { append, verify } from './audit';
import { connect, type Connection } from './database';
import { migrate } from './migrations';

/** RELIABILITY A1: whoever has the key and takes the triggers away is still found out. */
const records = 1000;
const columns = ['at', 'type', 'study_id', 'payload', 'previous_hash', 'hash'] as const;

let folder: string;
let db: Connection;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-audit-'));
  db = connect(join(folder, 'a.db'), 'ab');
  migrate(db);
  db.exec('BEGIN');
  for (let n = 1; n <= records; n++)
    append(db, { at: `t${n}`, type: `type-${n % 7}`, studyId: `s${n % 5}`, payload: { n, text: `x${n}` } });
  db.exec('COMMIT; DROP TRIGGER audit_keeps_rows; DROP TRIGGER audit_keeps_values');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Tampering = (seq: number, random: () => number) => void;
const run = (sql: string, values: (string | number)[] = []): void => db.run(sql, values);
const moved = 1_000_000;

const tamperings: Record<string, Tampering> = {
  flipped(seq, random) {
    const column = columns[Math.floor(random() * columns.length)]!;
    const old = String(db.get(`SELECT ${column} AS v FROM audit WHERE seq = ?`, [seq])!['v']);
    const at = Math.floor(random() * old.length);
    const flipped = String.fromCharCode(old.charCodeAt(at) ^ (1 << Math.floor(random() * 5)));
    run(`UPDATE audit SET ${column} = ? WHERE seq = ?`, [
      old.slice(0, at) + flipped + old.slice(at + 1),
      seq,
    ]);
  },
  deleted: (seq) => run('DELETE FROM audit WHERE seq = ?', [seq]),
  /** And those behind it move up, so that no number is missing. */
  'deleted without a gap'(seq) {
    run('DELETE FROM audit WHERE seq = ?', [seq]);
    run('UPDATE audit SET seq = -(seq - 1) WHERE seq > ?', [seq]);
    run('UPDATE audit SET seq = -seq WHERE seq < 0');
  },
  reordered(seq, random) {
    const other = 1 + ((seq + Math.floor(random() * (records - 1))) % records);
    if (other === seq) return tamperings['reordered']!(seq, random);
    run('UPDATE audit SET seq = ? WHERE seq = ?', [moved, seq]);
    run('UPDATE audit SET seq = ? WHERE seq = ?', [seq, other]);
    run('UPDATE audit SET seq = ? WHERE seq = ?', [other, moved]);
  },
  cut: (seq) => run('DELETE FROM audit WHERE seq >= ?', [seq]),
  inserted(seq) {
    run('UPDATE audit SET seq = -(seq + 1) WHERE seq >= ?', [seq]);
    run('UPDATE audit SET seq = -seq WHERE seq < 0');
    run(
      `INSERT INTO audit SELECT ?, at, type, study_id, payload, previous_hash, hash FROM audit WHERE seq = ?`,
      [seq, seq === 1 ? 2 : seq - 1],
    );
  },
  /** With a hash that fits where it stands: only what comes after it, or the head, gives it away. */
  'appended by hand'() {
    const head = { ...db.get('SELECT * FROM audit_head')! };
    append(db, { at: 't', type: 'x', studyId: null, payload: 1 });
    run('UPDATE audit_head SET seq = ?, hash = ?', [Number(head['seq']), String(head['hash'])]);
  },
};

it.each(Object.keys(tamperings))('a chain of 1,000 with a record %s is found out, the tail too', (how) => {
  const random = seededRandom(7);
  const some = Array.from({ length: 18 }, () => 1 + Math.floor(random() * records));
  expect(verify(db)).toEqual({ records, problems: [] });
  for (const seq of [1, 2, records - 1, records, ...some]) {
    db.exec('BEGIN');
    tamperings[how]!(seq, random);
    expect(verify(db).problems, `${how} at ${seq}`).not.toEqual([]);
    db.exec('ROLLBACK');
  }
  expect(verify(db)).toEqual({ records, problems: [] });
});
