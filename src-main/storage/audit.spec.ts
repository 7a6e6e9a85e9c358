import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tamperings, unguard } from '../../test-support/tamper-audit';
import { seededRandom } from '../core/seeded-random';
import { append, verify } from './audit';
import { connect, type Connection } from './database';
import { migrate } from './migrations';

/** RELIABILITY A1: whoever has the key and takes the triggers away is still found out. */
const records = 1000;
let folder: string;
let db: Connection;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-audit-'));
  db = connect(join(folder, 'a.db'), 'ab');
  migrate(db);
  db.exec('BEGIN');
  for (let n = 1; n <= records; n++)
    append(db, { at: `t${n}`, type: `type-${n % 7}`, studyId: `s${n % 5}`, payload: { n, text: `x${n}` } });
  db.exec('COMMIT');
  unguard(db);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(Object.keys(tamperings))('a chain of 1,000 with a record %s is found out, the tail too', (how) => {
  const random = seededRandom(7);
  const some = Array.from({ length: 18 }, () => 1 + Math.floor(random() * records));
  expect(verify(db)).toEqual({ records, problems: [] });
  for (const seq of [1, 2, records - 1, records, ...some]) {
    db.exec('BEGIN');
    tamperings[how]!(db, seq, records, random);
    expect(verify(db).problems, `${how} at ${seq}`).not.toEqual([]);
    db.exec('ROLLBACK');
  }
  expect(verify(db)).toEqual({ records, problems: [] });
});
