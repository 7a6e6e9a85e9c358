import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { found, madeSeries, servicesHarness, type Harness } from '../../../test-support/services-harness';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({ detect: () => found(0.9) });
});
afterEach(() => h.end());

it('writes the whole chain, so that anybody can check it, a table of who did what, and the result of the check', async () => {
  const [studyId] = await h.importSeries(madeSeries());
  const [finding] = (await h.ask('studies.open', { studyId: studyId! })).findings;
  const { findingId } = finding!;
  await h.ask('review.comment', { studyId: studyId!, findingId, comment: '=1+1\nsecond line' });
  await h.ask('users.create', { name: 'Dr Admin', role: 'admin', passphrase: 'correct horse battery' });
  const result = (await h.ask('audit.export', { folder: h.folder }))!;
  expect(result.problems).toEqual([]);
  const read = (end: string): string =>
    readFileSync(
      join(
        h.folder,
        result.files.find((file) => file.endsWith(end))!,
      ),
      'utf8',
    );

  const records = read('.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records).toHaveLength(result.records);
  let previous = '0'.repeat(64);
  for (const { seq, at, type, studyId: study, payload, previousHash, hash } of records) {
    expect(previousHash).toBe(previous);
    const content = JSON.stringify([seq, at, type, study, JSON.stringify(payload)]);
    previous = createHash('sha256').update(`${previous}\n${content}`).digest('hex');
    expect(hash).toBe(previous);
  }
  expect(JSON.parse(read('-verification.json'))).toMatchObject({
    intact: true,
    exportedBy: 'Dr Admin',
    lastHash: previous,
  });
  const table = read('.csv');
  expect(table).toContain('Dr Test,review.commented');
  expect(table).toContain('comment: =1+1');
  expect(h.store.listAudit().at(-1)).toMatchObject({
    type: 'audit.exported',
    payload: { reviewer: 'Dr Admin' },
  });
});

it('is an admin’s, and says what is broken', async () => {
  const secret = 'correct horse battery';
  await h.ask('users.create', { name: 'Dr Admin', role: 'admin', passphrase: secret });
  await h.ask('users.create', { name: 'Reader', role: 'reader', passphrase: secret });
  await h.ask('session.login', { name: 'Reader', passphrase: secret });
  await expect(h.ask('audit.export', { folder: h.folder })).rejects.toMatchObject({
    code: 'session.forbidden',
  });
  await h.ask('session.login', { name: 'Dr Admin', passphrase: secret });
  h.store.verifyAudit = () => ({ records: 5, problems: ['record 3 was changed'] });
  expect(await h.ask('audit.export', { folder: h.folder })).toMatchObject({
    problems: ['record 3 was changed'],
  });
});
