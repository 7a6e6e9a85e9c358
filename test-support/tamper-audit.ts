import { append } from '../src-main/storage/audit';
import type { Connection } from '../src-main/storage/database';

/** RELIABILITY A1: what somebody with the key may do to the audit chain once the triggers are gone. */
export const unguard = (db: Connection): void =>
  db.exec('DROP TRIGGER audit_keeps_rows; DROP TRIGGER audit_keeps_values');

/** Changes a chain of `records` at the record `seq`. */
type Tampering = (db: Connection, seq: number, records: number, random: () => number) => void;

const columns = ['at', 'type', 'study_id', 'payload', 'previous_hash', 'hash'] as const;
const moved = 1_000_000;

export const tamperings: Readonly<Record<string, Tampering>> = {
  flipped(db, seq, _records, random) {
    const column = columns[Math.floor(random() * columns.length)]!;
    const old = String(db.get(`SELECT ${column} AS v FROM audit WHERE seq = ?`, [seq])!['v']);
    const at = Math.floor(random() * old.length);
    const flipped = String.fromCharCode(old.charCodeAt(at) ^ (1 << Math.floor(random() * 5)));
    db.run(`UPDATE audit SET ${column} = ? WHERE seq = ?`, [
      old.slice(0, at) + flipped + old.slice(at + 1),
      seq,
    ]);
  },
  deleted: (db, seq) => db.run('DELETE FROM audit WHERE seq = ?', [seq]),
  /** And those behind it move up, so that no number is missing. */
  'deleted without a gap'(db, seq) {
    db.run('DELETE FROM audit WHERE seq = ?', [seq]);
    db.run('UPDATE audit SET seq = -(seq - 1) WHERE seq > ?', [seq]);
    db.run('UPDATE audit SET seq = -seq WHERE seq < 0');
  },
  reordered(db, seq, records, random) {
    const other = 1 + ((seq + Math.floor(random() * (records - 1))) % records);
    if (other === seq) return tamperings['reordered']!(db, seq, records, random);
    db.run('UPDATE audit SET seq = ? WHERE seq = ?', [moved, seq]);
    db.run('UPDATE audit SET seq = ? WHERE seq = ?', [seq, other]);
    db.run('UPDATE audit SET seq = ? WHERE seq = ?', [other, moved]);
  },
  cut: (db, seq) => db.run('DELETE FROM audit WHERE seq >= ?', [seq]),
  inserted(db, seq) {
    db.run('UPDATE audit SET seq = -(seq + 1) WHERE seq >= ?', [seq]);
    db.run('UPDATE audit SET seq = -seq WHERE seq < 0');
    db.run(
      `INSERT INTO audit SELECT ?, at, type, study_id, payload, previous_hash, hash FROM audit WHERE seq = ?`,
      [seq, seq === 1 ? 2 : seq - 1],
    );
  },
  /** With a hash that fits where it stands: only what comes after it, or the head, gives it away. */
  'appended by hand'(db) {
    const head = { ...db.get('SELECT * FROM audit_head')! };
    append(db, { at: 't', type: 'x', studyId: null, payload: 1 });
    db.run('UPDATE audit_head SET seq = ?, hash = ?', [Number(head['seq']), String(head['hash'])]);
  },
};
