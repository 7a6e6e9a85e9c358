import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endpoints, type EndpointName } from '../../contract/endpoints';
import {
  codeOf as code,
  found,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../../test-support/services-harness';

let h: Harness;
let studyId: string;
beforeEach(async () => {
  h = servicesHarness({ detect: () => found(0.9, 0.6) });
  [studyId = ''] = await h.importSeries(madeSeries());
});
afterEach(() => h.end());

const secret = 'correct horse battery';
const makeAdmin = () => h.ask('users.create', { name: 'Dr Admin', role: 'reader', passphrase: secret });
const login = (name: string, passphrase = secret) => h.ask('session.login', { name, passphrase });
const audited = (type: string) => h.store.listAudit().filter((record) => record.type === type);

describe('a store without users', () => {
  it('is open, and its reviewer is the name in the settings', async () => {
    expect(await h.ask('session.current', undefined)).toEqual({ mode: 'open', state: 'open', user: null });
    expect((await h.ask('settings.get', undefined)).reviewer).toBe('Dr Test');
  });

  it('can be locked, and anybody unlocks it', async () => {
    await h.ask('session.lock', undefined);
    expect(await code(h.ask('studies.list', undefined))).toBe('session.needed');
    expect(await h.ask('session.unlock', { passphrase: '' })).toMatchObject({ state: 'open' });
    expect(await h.ask('studies.list', undefined)).toHaveLength(1);
  });
});

describe('users', () => {
  it('the first is an admin and logged in; decisions are theirs', async () => {
    expect(await makeAdmin()).toMatchObject({ role: 'admin' });
    expect(await h.ask('session.current', undefined)).toMatchObject({
      mode: 'users',
      state: 'open',
      user: { name: 'Dr Admin', role: 'admin' },
    });
    const [finding] = (await h.ask('studies.open', { studyId })).findings;
    const decided = await h.ask('review.decide', {
      studyId,
      findingId: finding!.findingId,
      verdict: 'accepted',
      reason: null,
    });
    expect(decided.decision.reviewer).toBe('Dr Admin');
    expect(h.store.reviewEvents(studyId)[0]).toMatchObject({
      reviewer: 'Dr Admin',
      userId: expect.any(String),
    });
    expect(await code(h.ask('settings.set', { reviewer: 'Somebody Else' }))).toBe('request.invalid');
  });

  it('only an admin makes and shuts out others, and never the last admin', async () => {
    const admin = await makeAdmin();
    const reader = await h.ask('users.create', { name: 'Reader', role: 'reader', passphrase: secret });
    expect(await code(h.ask('users.create', { name: 'reader', role: 'reader', passphrase: secret }))).toBe(
      'request.invalid',
    );
    expect(await code(h.ask('users.disable', { userId: admin.userId, disabled: true }))).toBe(
      'request.invalid',
    );
    await login('Reader');
    for (const refused of [
      h.ask('users.create', { name: 'X', role: 'admin', passphrase: secret }),
      h.ask('users.disable', { userId: admin.userId, disabled: true }),
      h.ask('users.changePassphrase', { userId: admin.userId, own: secret, passphrase: 'another one' }),
      h.ask('settings.set', { lockMinutes: 0 }),
    ])
      expect(await code(refused)).toBe('session.forbidden');
    await h.ask('users.changePassphrase', { userId: reader.userId, own: secret, passphrase: 'another one' });
    await h.ask('session.logout', undefined);
    expect(await code(login('Reader'))).toBe('session.refused');
    await login('Reader', 'another one');
    await login('Dr Admin');
    await h.ask('users.disable', { userId: reader.userId, disabled: true });
    await h.ask('session.logout', undefined);
    expect(await code(login('Reader', 'another one'))).toBe('session.refused');
  });

  it('a passphrase is nowhere in the store or the audit chain', async () => {
    await makeAdmin();
    const kept = JSON.stringify([h.store.listUsers(), h.store.listAudit()]);
    expect(kept).not.toContain(secret);
    expect(h.store.listUsers()[0]!.passphrase).toMatch(/^scrypt\$4\$[\w+/=]+\$[\w+/=]+$/);
    await h.restart();
    expect(await h.ask('session.current', undefined)).toMatchObject({ mode: 'users', state: 'signed-out' });
    await login('dr admin');
    expect(h.store.verifyAudit().problems).toEqual([]);
  });

  it('wrong passphrases wait longer and longer, also after a restart, and are in the audit chain', async () => {
    await makeAdmin();
    await h.ask('session.logout', undefined);
    const answers: string[] = [];
    // Each look at the harness's clock is a second later: waits pass by asking.
    for (let n = 0; n < 12; n++) answers.push(await code(login('Dr Admin', 'wrong')));
    expect(answers[0]).toBe('session.refused');
    expect(answers).toContain('session.wait');
    const refusals = audited('session.refused');
    expect(refusals.length).toBe(answers.filter((a) => a === 'session.refused').length);
    expect(refusals.at(-1)!.payload).toMatchObject({ reviewer: 'Dr Admin', failures: refusals.length });
    expect(JSON.stringify(h.store.listAudit())).not.toContain('wrong"');
    await h.restart();
    expect(h.store.listUsers()[0]!.failures).toBe(refusals.length);
    // Who typed what name is not written down: it may be a passphrase in the wrong place.
    expect(await code(login('my secret words'))).toBe('session.refused');
    expect(JSON.stringify(h.store.listAudit())).not.toContain('my secret words');
    let tries = 0;
    while ((await code(login('Dr Admin'))) !== 'done') expect(++tries).toBeLessThan(70);
    expect(h.store.listUsers()[0]!.failures).toBe(0);
  });
});

describe('nothing of patients is answered while nobody may look', () => {
  const open = new Set([
    'settings.get',
    'session.current',
    'session.login',
    'session.unlock',
    'session.lock',
    'session.logout',
    'session.touch',
    // Takes in and tells nothing: drafts.spec.ts.
    'drafts.keep',
  ]);
  const hosts = new Set(['app.info', 'import.pick', 'export.reveal', 'audit.export']);
  const refusals = async (): Promise<string[]> => {
    const answered: string[] = [];
    for (const name of Object.keys(endpoints) as EndpointName[]) {
      if (open.has(name) || hosts.has(name)) continue;
      const handler = h.services.handlers[name as never] as (input: unknown) => unknown;
      // The guard comes before the handler: it needs no input that fits.
      const got = await code((async () => handler({}))());
      if (got !== 'session.needed') answered.push(`${name}: ${got}`);
    }
    return answered;
  };

  it('logged out, and locked', async () => {
    await makeAdmin();
    await h.ask('session.logout', undefined);
    expect(await refusals()).toEqual([]);
    await login('Dr Admin');
    await h.ask('session.lock', undefined);
    expect(await refusals()).toEqual([]);
    expect(() => h.services.assertOpen('import.pick')).toThrow('locked');
  });

  it('nor is anything told: what changes meanwhile is asked for after unlocking', async () => {
    await makeAdmin();
    await h.ask('session.lock', undefined);
    h.told.length = 0;
    h.services.tick();
    await h.ask('session.unlock', { passphrase: secret });
    await h.ask('session.lock', undefined);
    expect(h.told.map((event) => event.name)).toEqual(['session.changed', 'session.changed']);
  });

  it('another user may log in on a locked screen, and then is who reads', async () => {
    await makeAdmin();
    await h.ask('users.create', { name: 'Reader', role: 'reader', passphrase: secret });
    await h.ask('session.lock', undefined);
    expect(await code(h.ask('session.unlock', { passphrase: 'not it at all' }))).toBe('session.refused');
    expect(await login('Reader')).toMatchObject({ state: 'open', user: { name: 'Reader', role: 'reader' } });
    expect((await h.ask('settings.get', undefined)).reviewer).toBe('Reader');
  });
});

describe('idle lock', () => {
  it('locks after the minutes of the settings by the clock, and not while hands are on it', async () => {
    await makeAdmin();
    await h.ask('settings.set', { lockMinutes: 1 });
    // A look at the clock is a second.
    for (let n = 0; n < 100; n++) await h.ask('session.touch', undefined);
    expect(await h.ask('session.current', undefined)).toMatchObject({ state: 'open' });
    for (let n = 0; n < 61; n++) h.services.tick();
    expect(await h.ask('session.current', undefined)).toMatchObject({ state: 'locked' });
    expect(audited('session.locked').at(-1)!.payload).toMatchObject({ why: 'idle', reviewer: 'Dr Admin' });
    // Hands on a locked screen are not who it was locked for.
    await h.ask('session.touch', undefined);
    expect(await code(h.ask('studies.list', undefined))).toBe('session.needed');
    await h.ask('session.unlock', { passphrase: secret });
    await h.ask('settings.set', { lockMinutes: 0 });
    for (let n = 0; n < 1000; n++) h.services.tick();
    expect(await h.ask('session.current', undefined)).toMatchObject({ state: 'open' });
  });
});

it('a place is each reader’s own, and gone with its study', async () => {
  await h.ask('place.set', { studyId, findingId: 'f' });
  await makeAdmin();
  expect(await h.ask('place.get', undefined)).toBeNull();
  await h.ask('place.set', { studyId, findingId: null });
  await h.restart('killed');
  await login('Dr Admin');
  expect(await h.ask('place.get', undefined)).toEqual({ studyId, findingId: null });
  await h.ask('studies.remove', { studyId });
  expect(await h.ask('place.get', undefined)).toBeNull();
});
