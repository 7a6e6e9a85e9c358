import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brain1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import { PeoplePage, secret } from '../pages/people-page';
import { WorklistPage } from '../pages/worklist-page';

test('a report is decided and signed in N + 2 keys, then takes addenda only', async ({ launch, folders }) => {
  const regio = await launch([brain1.path]);
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  const people = new PeoplePage(regio);
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const { reviewer } = await regio.invoke('settings.get', undefined);
  const review = await worklist.openByKeyboard(brain1.name);
  await review.loaded();

  await test.step('not over an undecided finding', async () => {
    await review.press('s');
    await expect(page.getByTestId('sign-refused')).toBeVisible();
    await expect(page.getByTestId('sign-confirm')).toBeDisabled();
    await review.press('Escape');
    await expect(people.signDialog).toBeHidden();
  });

  await test.step('decide all, S, Enter', async () => {
    const count = await review.findings.count();
    expect(count).toBeGreaterThan(0);
    for (let n = 1; n <= count; n++) {
      await expect.poll(() => review.selectedNumber()).toBe(n);
      await review.press('a');
      await expect(review.finding(n)).toHaveAttribute('data-verdict', 'accepted');
    }
    await review.press('s');
    await expect(page.getByTestId('count-accepted')).toHaveText(String(count));
    await expect(page.getByTestId('sign-as')).toContainText(reviewer);
    await review.press('Enter');
    await expect(people.signDialog).toBeHidden();
    await expect(page.getByTestId('signature')).toContainText(reviewer);
  });

  await test.step('nothing is changed any more', async () => {
    await expect(page.getByTestId('undo')).toBeDisabled();
    await expect(page.getByTestId('accept')).toBeDisabled();
    const before = await review.stored();
    await review.press('x');
    await review.press('Control+z');
    expect(await review.stored()).toEqual(before);
    const { findingId, studyId } = before.findings[0]!;
    expect(
      await regio.reply('review.decide', { studyId, findingId, verdict: 'uncertain', reason: null }),
    ).toMatchObject({ ok: false, error: { code: 'review.signed' } });
  });

  await test.step('an addendum, signed', async () => {
    await review.press('s');
    await page.getByTestId('addendum-text').fill('Compared with the earlier study: unchanged.');
    await page.getByTestId('sign-confirm').click();
    await expect(people.signDialog).toBeHidden();
    await expect(page.getByTestId('signature')).toContainText('1');
  });

  await test.step('every report says so', async () => {
    const { studyId } = (await review.stored()).study;
    await regio.answerDialogs([folders.out]);
    const started = await regio.invoke('export.start', {
      studyId,
      formats: ['pdf', 'sr', 'csv', 'json'],
      folder: null,
    });
    await expect
      .poll(async () => (await regio.jobs('export')).find((j) => j.jobId === started?.jobId)?.state)
      .toBe('done');
    const read = (end: string): string => {
      const name = readdirSync(folders.out).find((file) => file.endsWith(end))!;
      return readFileSync(join(folders.out, name), 'latin1');
    };
    expect(JSON.parse(read('.json'))).toMatchObject({
      status: 'final',
      signature: { name: reviewer },
      addenda: [{ text: 'Compared with the earlier study: unchanged.' }],
    });
    expect(read('.csv')).toContain('Addendum by');
    expect(read('.dcm')).toContain('VERIFIED');
    expect(read('.dcm')).not.toContain('UNVERIFIED');
    expect(read('.dcm')).toContain('Compared with the earlier study');
  });

  await test.step('the worklist says so, and users are asked for their passphrase again', async () => {
    await page.getByTestId('back').click();
    await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'signed');
    await people.createUser('Dr Admin');
    await page.getByTestId('back').click();
    await worklist.open(brain1.name);
    await review.loaded();
    await review.press('s');
    await page.getByTestId('addendum-text').fill('Second addendum.');
    await page.getByTestId('sign-passphrase').fill('not this one');
    await page.getByTestId('sign-confirm').click();
    await expect(page.getByTestId('notice').filter({ hasText: 'passphrase' })).toBeVisible();
    await page.getByTestId('sign-passphrase').fill(secret);
    await page.getByTestId('sign-confirm').click();
    await expect(people.signDialog).toBeHidden();
    expect((await review.stored()).reading.addenda.map((a) => a.name)).toEqual([reviewer, 'Dr Admin']);
  });
});

test('the same study is decided and signed in N + 2 clicks', async ({ launch }) => {
  const regio = await launch([brain1.path]);
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const review = await worklist.open(brain1.name);
  await review.loaded();
  const count = await review.findings.count();
  expect(count).toBeGreaterThan(0);
  const counted = await page.evaluateHandle(() => {
    const seen = { clicks: 0, keys: 0 };
    addEventListener('click', () => seen.clicks++, true);
    addEventListener('keydown', () => seen.keys++, true);
    return seen;
  });
  for (let n = 1; n <= count; n++) {
    await expect.poll(() => review.selectedNumber()).toBe(n);
    await page.getByTestId('accept').click();
    await expect(review.finding(n)).toHaveAttribute('data-verdict', 'accepted');
  }
  await page.getByTestId('sign').click();
  await page.getByTestId('sign-confirm').click();
  await expect(page.getByTestId('signature')).toBeVisible();
  const { clicks, keys } = await counted.jsonValue();
  console.log(`${count} findings decided and signed in ${clicks} clicks and ${keys} keys`);
  expect(keys).toBe(0);
  expect(clicks).toBeLessThanOrEqual(count + 4);
});
