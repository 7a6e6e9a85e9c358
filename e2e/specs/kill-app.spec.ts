import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src-main/core/seeded-random';
import { brain1 } from '../fixtures/brain-study';
import { reviewUntilKilled, type Acknowledged } from '../fixtures/kill-review';
import { RegioApp } from '../fixtures/regio-app';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** RELIABILITY D1. The whole of it: `REGIO_KILLS=200 npx playwright test -c e2e/playwright.config.ts kill-app`. */
const kills = Number(process.env['REGIO_KILLS'] ?? 6);
const killing = seededRandom(20261126);

test(`kill -9 of the application at ${kills} points of a review loses and doubles nothing, and it opens where it was`, async ({
  folders,
}) => {
  test.setTimeout(120_000 + kills * 60_000);
  let regio = await RegioApp.launch(folders, [brain1.path]);
  await expect(new WorklistPage(regio).row(brain1.name)).toHaveAttribute('data-state', 'to-review', {
    timeout: 90_000,
  });
  const { studyId } = (await regio.invoke('studies.list', undefined))[0]!;
  const { findings, resultSets } = await regio.invoke('studies.open', { studyId });
  const shown = findings.filter((f) => (f.score ?? 1) >= resultSets[0]!.threshold).map((f) => f.findingId);
  expect(shown.length).toBeGreaterThan(2);
  await (await new WorklistPage(regio).open(brain1.name)).loaded();

  const acknowledged: Acknowledged[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const { acknowledged: heard, selected } = await reviewUntilKilled(
      regio,
      studyId,
      shown,
      `run ${kill}, decision`,
      killing,
    );
    acknowledged.push(...heard);
    regio = await RegioApp.launch(folders);
    await expect(regio.page.getByTestId('review')).toHaveAttribute('data-study-id', studyId);
    const opened = regio.page.getByTestId('decision');
    await expect(opened).toBeVisible();
    // The one that was told to be kept, or the next one, which was on its way.
    const next = shown[(shown.indexOf(selected ?? '') + 1) % shown.length];
    expect([selected, next]).toContain(await opened.getAttribute('data-finding-id'));
  }

  await regio.answerDialogs([folders.out]);
  const chain = (await regio.invoke('audit.export', { folder: null }))!;
  expect(chain.problems).toEqual([]);
  const stored = readFileSync(
    join(
      folders.out,
      chain.files.find((f) => f.endsWith('.jsonl'))!,
    ),
    'utf8',
  )
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; payload: { action: Acknowledged } })
    .filter(({ type }) => type === 'review.commented')
    .map(({ payload: { action } }) => `${action.findingId} ${action.comment}`);
  const wanted = acknowledged.map(({ findingId, comment }) => `${findingId} ${comment}`);
  const lost = wanted.filter((decision) => !stored.includes(decision));
  const doubled = stored.filter((decision, n) => stored.indexOf(decision) !== n);
  console.log(
    `D1: ${kills} kills, ${wanted.length} acknowledged decisions, ${lost.length} lost, ${doubled.length} doubled, ${stored.length - wanted.length} written unheard`,
  );
  expect([lost, doubled]).toEqual([[], []]);
  expect(stored.length - wanted.length).toBeLessThanOrEqual(kills);
  await regio.close();
});
