import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brain1 } from '../fixtures/brain-study';
import { faultsOf } from '../fixtures/faults';
import { expect, test } from '../fixtures/test';
import { DoublePage } from '../pages/double-page';
import { PeoplePage, secret } from '../pages/people-page';
import type { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

test('two read a study blind; a third settles where they differ, over a restart, and every export says so', async ({
  launch,
  folders,
}) => {
  test.setTimeout(480_000);
  let regio = await launch([brain1.path]);
  let worklist = new WorklistPage(regio);
  let people = new PeoplePage(regio);
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  await people.createUser('Dr Admin');
  await people.createUser('Dr Adams', 'reader');
  await people.createUser('Dr Brown', 'reader');
  await people.createUser('Dr Clark', 'adjudicator');
  await regio.page.getByTestId('back').click();
  let review: ReviewPage;
  const decide = async (key: 'a' | 'u', count: number): Promise<void> => {
    for (let n = 1; n <= count; n++) {
      await expect.poll(() => review.selectedNumber()).toBe(n);
      await review.press(key);
      await expect(review.finding(n)).not.toHaveAttribute('data-verdict', 'pending');
    }
  };
  let count = 0;
  let added = '';
  let number = 0;

  await test.step('the first reader opens it, assigns it, reads and finishes', async () => {
    await people.change('Dr Adams');
    review = await worklist.open(brain1.name);
    await review.loaded();
    count = await review.findings.count();
    expect(count).toBeGreaterThan(0);
    await review.press('Shift+D');
    await expect(regio.page.getByTestId('assign-confirm')).toBeVisible();
    expect(await faultsOf(regio, 'assign')).toEqual([]);
    await review.press('Escape');
    await expect(regio.page.getByTestId('assign-dialog')).toBeHidden();
    await new DoublePage(regio).assign('Dr Adams', 'Dr Brown');
    expect(await faultsOf(regio, 'blind')).toEqual([]);
    const { series } = await review.stored();
    const { studyId, seriesId } = series[0]!;
    await decide('a', count);
    const own = await regio.invoke('review.add', {
      studyId,
      seriesId,
      label: 'tumour',
      place: { space: 'lps', boxLps: [-40, -40, -10, -20, -20, 10] },
    });
    [added, number] = [own.findingId, own.number];
    await regio.invoke('review.comment', { studyId, findingId: added, comment: 'only Adams saw this' });
    await expect(review.finding(number)).toBeVisible();
    await review.press('s');
    await expect(regio.page.getByTestId('waiting')).toContainText('Dr Brown');
    await expect(regio.page.getByTestId('accept')).toBeDisabled();
    await regio.page.getByTestId('back').click();
    await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'awaiting-second-reader');
  });

  await test.step('the second reader is given nothing of it, whatever the window asks', async () => {
    await people.change('Dr Brown');
    await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review');
    review = await worklist.open(brain1.name);
    await review.loaded();
    await expect(review.findings).toHaveCount(count);
    const detail = await review.stored();
    const told = JSON.stringify([detail, await regio.invoke('studies.listText', undefined)]);
    expect(told).not.toContain(added);
    expect(told).not.toContain('Adams saw');
    expect(detail.findings.every((f) => f.decision.verdict === 'pending')).toBe(true);
    const { studyId } = detail.study;
    expect(await regio.invoke('double.agreement', { studyId })).toBeNull();
    await decide('u', count);
    await review.press('s');
    await new DoublePage(regio).expectPhase('read');
    await expect(regio.page.getByTestId('agreement')).toBeVisible();
    await expect(regio.page.getByTestId('agreement-only-a')).toHaveText(String(count + 1));
    await expect(regio.page.getByTestId('agreement-both')).toHaveText('0');
    await expect(regio.page.getByTestId('kappa')).toBeVisible();
    await regio.page.getByTestId(`item-${number}`).click();
    await expect(regio.page.getByTestId('ghost-first').first()).toHaveAttribute('data-label', 'A');
    expect(await faultsOf(regio, 'agreement')).toEqual([]);
    await regio.page.getByTestId('adjudicate').click();
    await expect(regio.page.getByTestId('consensus-dialog')).toBeVisible();
    expect(await faultsOf(regio, 'consensus')).toEqual([]);
    await review.press('Escape');
    await expect(regio.page.getByTestId('consensus-dialog')).toBeHidden();
    await regio.page.getByTestId('back').click();
    await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-adjudicate');
  });

  await test.step('the adjudicator goes through the disagreements; undo holds over a restart', async () => {
    await people.change('Dr Clark');
    review = await worklist.open(brain1.name);
    await review.loaded();
    await regio.page.getByTestId('adjudicate').click();
    await new DoublePage(regio).expectPhase('adjudicating');
    await regio.page.getByTestId(`item-${number}`).click();
    await expect(regio.page.getByTestId('take-first')).toContainText('only Adams saw this');
    expect(await faultsOf(regio, 'adjudication')).toEqual([]);
    await regio.page.getByTestId('take-second').click();
    await expect(regio.page.getByTestId(`item-${number}`)).toHaveAttribute('data-resolved', 'second');
    await review.press('Control+z');
    await expect(regio.page.getByTestId(`item-${number}`)).toHaveAttribute('data-resolved', '');
    const before = await review.stored();
    await regio.close();
    regio = await launch();
    worklist = new WorklistPage(regio);
    people = new PeoplePage(regio);
    await people.login('Dr Clark');
    review = await worklist.open(brain1.name);
    await review.loaded();
    expect((await review.stored()).findings).toEqual(before.findings);
    for (let n = 1; n <= count; n++) {
      await regio.page.getByTestId(`item-${n}`).click();
      await review.press('8');
      await expect(regio.page.getByTestId(`item-${n}`)).toHaveAttribute('data-resolved', 'first');
    }
    await regio.page.getByTestId(`item-${number}`).click();
    await review.press('u');
    await expect(regio.page.getByTestId(`item-${number}`)).toHaveAttribute('data-resolved', 'own');
  });

  await test.step('signed and exported', async () => {
    await review.press('s');
    await regio.page.getByTestId('sign-passphrase').fill(secret);
    await review.press('Enter');
    await expect(people.signDialog).toBeHidden();
    await expect(regio.page.getByTestId('signature')).toContainText('Dr Clark');
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
    const read = (end: string): string =>
      readFileSync(
        join(
          folders.out,
          readdirSync(folders.out).find((file) => file.endsWith(end))!,
        ),
        'latin1',
      );
    expect(JSON.parse(read('.json'))).toMatchObject({
      status: 'final',
      reading: {
        double: {
          readers: ['Dr Adams', 'Dr Brown'],
          onlyFirst: count + 1,
          adjudication: { way: 'third', by: ['Dr Clark'] },
          candidates: { count },
        },
      },
      counts: { reviewed: count, uncertain: 1 },
    });
    for (const end of ['.csv', '.dcm'])
      expect(read(end)).toContain('Double reading: Dr Adams and Dr Brown read the study');
    expect(read('.pdf').startsWith('%PDF')).toBe(true);
  });
});
