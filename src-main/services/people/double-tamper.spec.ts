import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeOf, harnessKey } from '../../../test-support/services-harness';
import { tamperings, unguard } from '../../../test-support/tamper-audit';
import { secret, twoReaders, type TwoReaders } from '../../../test-support/two-readers';
import { seededRandom } from '../../core/seeded-random';
import { verify } from '../../storage/audit';
import { connect } from '../../storage/database';
import { storeFile } from '../../storage/store';

/** RELIABILITY A1 and A3 for what a double reading writes: assignment, both readings, adjudication, signature. */
let two: TwoReaders;
beforeEach(async () => {
  two = await twoReaders();
});
afterEach(() => two.h.end());

/** Two readings, a third's adjudication with something taken back, and the signature. */
async function readAndSigned(): Promise<void> {
  const { h, studyId, as } = two;
  await two.bothRead();
  await as('C');
  await two.adjudicate();
  const items = (await h.ask('double.agreement', { studyId }))!.items.filter((item) => item.disagreed);
  for (const { findingId } of items) await h.ask('double.resolve', { studyId, findingId, take: 'second' });
  await h.ask('review.undo', { studyId });
  await h.ask('review.redo', { studyId });
  await h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false });
}

/** What somebody might want a record to have said. */
const edits: readonly (readonly [type: string, from: string, to: string])[] = [
  ['reading.double-assigned', '"name":"B"', '"name":"D"'],
  ['reading.double-finished', 'double-finished', 'double-reopened'],
  ['reading.adjudicating', '"way":"third"', '"way":"consensus"'],
  ['review.resolved', '"take":"second"', '"take":"first"'],
  ['review.resolved', '"reviewer":"C"', '"reviewer":"A"'],
  ['review.decided', '"verdict":"rejected"', '"verdict":"accepted"'],
  ['review.added', '"number":5', '"number":6'],
];

it('every record of a double reading that is edited, removed, moved or put in is found', async () => {
  await readAndSigned();
  const { records, problems } = two.h.store.verifyAudit();
  expect(problems).toEqual([]);
  await two.h.services.close();
  two.h.store.close();
  const db = connect(storeFile(two.h.folder), harnessKey.toString('hex'));
  unguard(db);
  const own = db.all(`SELECT seq, type FROM audit WHERE type LIKE 'reading.%' OR type LIKE 'review.%'`);
  const types = new Set(own.map((row) => String(row['type'])));
  for (const [type] of edits) expect(types).toContain(type);
  expect(types).toContain('reading.signed');
  const random = seededRandom(11);
  let tried = 0;
  const found = (name: string, work: () => void): void => {
    db.exec('BEGIN');
    work();
    expect(verify(db).problems, name).not.toEqual([]);
    db.exec('ROLLBACK');
    tried++;
  };
  for (const { seq, type } of own)
    for (const [how, tamper] of Object.entries(tamperings))
      found(`${String(type)} ${how}`, () => tamper(db, Number(seq), records, random));
  for (const [type, from, to] of edits) {
    const like = [type, `%${from}%`];
    const rows = db.all('SELECT seq FROM audit WHERE type = ? AND payload LIKE ?', like);
    expect(rows, `${type} with ${from}`).not.toEqual([]);
    for (const { seq } of rows)
      found(`${type}: ${to}`, () =>
        db.run('UPDATE audit SET payload = replace(payload, ?, ?) WHERE seq = ?', [from, to, Number(seq)]),
      );
  }
  // The whole of one reader's reading, or of the adjudication, is gone and the numbers close up.
  for (const name of ['A', 'B', 'C'])
    found(`all of ${name}`, () => {
      const gone = db.all('SELECT seq FROM audit WHERE payload LIKE ?', [`%"reviewer":"${name}"%`]);
      expect(gone.length).toBeGreaterThan(3);
      for (const { seq } of [...gone].reverse())
        tamperings['deleted without a gap']!(db, Number(seq), records, random);
    });
  process.stdout.write(`${tried} changes to ${own.length} records of a double reading: all found\n`);
  expect(verify(db)).toEqual({ records, problems: [] });
  db.close();
  await two.h.restart('killed');
});

it('a locked screen says nothing of it, takes nothing, and a consensus asks for the other’s passphrase again', async () => {
  const { h, studyId, as } = two;
  await two.bothRead();
  await as('A');
  const before = h.store.listAudit().length;
  await h.ask('session.lock', undefined);
  h.told.length = 0;
  const asked: (() => Promise<unknown>)[] = [
    () => two.assign('A', 'B'),
    () => two.finish(),
    () => h.ask('double.reopen', { studyId }),
    () => h.ask('double.agreement', { studyId }),
    () => two.adjudicate('consensus'),
    () => h.ask('double.resolve', { studyId, findingId: 'any', take: 'first' }),
    () => two.open(),
    () => h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false }),
  ];
  for (const ask of asked) expect(await codeOf(ask())).toBe('session.needed');
  expect(h.told).toEqual([]);
  expect(
    h.store
      .listAudit()
      .map(({ type }) => type)
      .slice(before),
  ).toEqual(['session.locked']);
  await h.ask('session.unlock', { passphrase: secret });
  const consensus = (passphrase: string) =>
    h.ask('double.adjudicate', { studyId, way: 'consensus', passphrase });
  expect(await codeOf(consensus(''))).not.toBe('done');
  expect(await codeOf(consensus('not it at all'))).toBe('session.refused');
  await consensus(secret);
  expect((await two.open()).reading.double?.adjudication?.by).toEqual(['A', 'B']);
});
