import { afterEach, beforeEach, expect, it } from 'vitest';
import { servicesHarness, type Harness } from '../../../test-support/services-harness';

const secret = 'correct horse battery';
let h: Harness;
let root: string;
beforeEach(async () => {
  h = servicesHarness();
  root = (await h.ask('users.create', { name: 'Root', role: 'admin', passphrase: secret })).userId;
  await h.ask('users.create', { name: 'Other', role: 'reader', passphrase: secret });
});
afterEach(() => h.end());

const keep = (text: string, reader = root) =>
  h.ask('drafts.keep', { studyId: 's', key: 'comment f', text, reader });
const take = () => h.ask('drafts.take', { studyId: 's' });

it('is taken in while the screen is locked, and given back once to who typed it, and to nobody else', async () => {
  await h.ask('session.lock', undefined);
  await keep('half a');
  await keep('half a sentence');
  await expect(async () => take()).rejects.toMatchObject({ code: 'session.needed' });
  await h.ask('session.login', { name: 'Other', passphrase: secret });
  expect(await take()).toEqual([]);
  await keep('in the name of another', root);
  await h.ask('session.login', { name: 'Root', passphrase: secret });
  expect(await h.ask('drafts.take', { studyId: 'another' })).toEqual([]);
  expect(await take()).toEqual([{ key: 'comment f', text: 'half a sentence' }]);
  expect(await take()).toEqual([]);
  await h.ask('session.logout', undefined);
  await keep('nobody’s', '');
  await h.ask('session.login', { name: 'Root', passphrase: secret });
  expect(await take()).toEqual([]);
});
