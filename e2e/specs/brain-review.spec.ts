import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brain1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import { hasTool, outputOf, run } from '../fixtures/tools';
import { WorklistPage } from '../pages/worklist-page';

const filesEnding = (folder: string, end: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

test('a brain MR is detected, reviewed and exported with the keyboard alone', async ({ launch, folders }) => {
  const regio = await launch([brain1.path]);
  const worklist = new WorklistPage(regio);
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const review = await worklist.openByKeyboard(brain1.name);
  await review.loaded();
  // However many the model's operating point shows: everything is listed.
  await review.tabTo('threshold');
  await review.press('Home');
  await expect(review.findings.nth(3)).toBeVisible();

  await test.step('the first undecided finding is selected already, A accepts it and goes on', async () => {
    await expect.poll(() => review.selectedNumber()).toBe(1);
    await review.press('a');
    await expect(review.finding(1)).toHaveAttribute('data-verdict', 'accepted');
    expect((await review.storedFinding(1)).decision.verdict).toBe('accepted');
    await expect.poll(() => review.selectedNumber()).toBe(2);
  });

  await test.step('X asks for a reason, 2 gives one', async () => {
    await review.press('x');
    await expect(regio.page.getByTestId('reasons')).toBeVisible();
    await review.press('2');
    await expect(review.finding(2)).toHaveAttribute('data-verdict', 'rejected');
    expect((await review.storedFinding(2)).decision).toMatchObject({
      verdict: 'rejected',
      reason: 'artefact',
    });
  });

  await test.step('U makes it uncertain, C takes a comment', async () => {
    await expect.poll(() => review.selectedNumber()).toBe(3);
    await review.press('u');
    await expect(review.finding(3)).toHaveAttribute('data-verdict', 'uncertain');
    await expect.poll(() => review.selectedNumber()).toBe(4);
    await review.press('Shift+N');
    await expect.poll(() => review.selectedNumber()).toBe(3);
    await review.press('c');
    await expect(review.comment).toBeFocused();
    await review.type('Compare with the earlier study, n a x');
    await review.press('Enter');
    await expect
      .poll(async () => (await review.storedFinding(3)).decision.comment)
      .toContain('earlier study');
    await expect(review.finding(3)).toContainText('Compare with the earlier study');
  });

  await test.step('Ctrl+Z takes back the last step, and nothing else', async () => {
    await review.press('n');
    await expect.poll(() => review.selectedNumber()).toBe(4);
    await review.press('Enter');
    await expect(review.finding(4)).toHaveAttribute('data-verdict', 'accepted');
    await review.press('Control+z');
    await expect(review.finding(4)).toHaveAttribute('data-verdict', 'pending');
    const verdicts = (await review.stored()).findings
      .filter(({ number }) => number <= 4)
      .map(({ decision }) => decision.verdict);
    expect(verdicts).toEqual(['accepted', 'rejected', 'uncertain', 'pending']);
  });

  await test.step('O hides and shows the boxes', async () => {
    await expect(regio.page.getByTestId('box-4').first()).toBeVisible();
    await review.press('o');
    await expect(regio.page.getByTestId('box-4')).toHaveCount(0);
    await review.press('o');
    await expect(regio.page.getByTestId('box-4').first()).toBeVisible();
  });

  await test.step('the threshold hides pending findings below it, never decided ones', async () => {
    await review.tabTo('threshold');
    await review.press('End');
    await expect(review.findings).toHaveCount(3);
    await expect(regio.page.getByTestId('hidden-count')).not.toHaveText(/^0 /);
    await review.press('Home');
    await expect(review.finding(4)).toBeVisible();
    await review.press('Shift+Tab');
  });

  await test.step('Ctrl+E exports PDF, SR, CSV and JSON', async () => {
    await regio.answerDialogs([folders.out]);
    await review.press('Control+e');
    await expect(regio.page.getByTestId('preliminary')).toBeVisible();
    await review.tabTo('export-start');
    await review.press('Enter');
    await expect.poll(async () => (await regio.jobs('export'))[0]?.state, { timeout: 60_000 }).toBe('done');
  });

  const { findings, resultSets } = await review.stored();
  const accepted = findings.filter(({ decision }) => decision.verdict === 'accepted');
  expect(accepted).toHaveLength(1);

  await test.step('the reports hold patient, model hash and every accepted finding', async () => {
    expect(readdirSync(folders.out).filter((name) => /tmp|part/i.test(name))).toEqual([]);
    const [json] = filesEnding(folders.out, '.json');
    const report = readFileSync(json!, 'utf8');
    expect(report).toContain(resultSets[0]!.modelHash);
    expect(JSON.parse(report)).toBeTruthy();
    const [csv] = filesEnding(folders.out, '.csv');
    const lines = readFileSync(csv!, 'utf8').trim().split('\n');
    expect(lines.filter((line) => /accepted/.test(line))).toHaveLength(accepted.length);
    if (hasTool('pdftotext')) {
      const text = run('pdftotext', ['-layout', filesEnding(folders.out, '.pdf')[0]!, '-']);
      expect(text).toContain(brain1.name);
      expect(text.replace(/\s/g, '')).toContain(resultSets[0]!.modelHash);
      expect(text).toMatch(/preliminary/i);
      for (const { number, label } of accepted)
        expect(text).toMatch(new RegExp(`${number}[.:]?\\s+${label}`, 'i'));
    }
    if (hasTool('dciodvfy')) {
      const [sr] = filesEnding(folders.out, '.dcm');
      expect(
        outputOf('dciodvfy', [sr!])
          .split('\n')
          .filter((line) => line.startsWith('Error')),
      ).toEqual([]);
    }
  });

  await test.step('the decisions are there after the application was closed and opened', async () => {
    await regio.close();
    const again = await launch();
    const reopened = await new WorklistPage(again).openByKeyboard(brain1.name);
    await expect(reopened.finding(1)).toHaveAttribute('data-verdict', 'accepted');
    await expect(reopened.finding(2)).toHaveAttribute('data-verdict', 'rejected');
    await expect(reopened.finding(3)).toHaveAttribute('data-verdict', 'uncertain');
    await expect(reopened.finding(3)).toContainText('Compare with the earlier study');
    await expect(again.page.getByTestId('undo')).toBeEnabled();
  });
});
