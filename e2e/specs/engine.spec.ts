import { existsSync } from 'node:fs';
import { brain1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import type { RegioApp } from '../fixtures/regio-app';
import { WorklistPage } from '../pages/worklist-page';

/** Detection is under way and has read a part of the study. */
async function midDetection(regio: RegioApp): Promise<void> {
  await expect
    .poll(
      async () => {
        const [job] = await regio.jobs('detection');
        return job?.state === 'running' && job.progress > 0.1;
      },
      { timeout: 60_000, intervals: [50] },
    )
    .toBe(true);
}

test('kill -9 of the engine in mid detection: the window lives, the study says failed, a retry finishes', async ({
  launch,
}) => {
  const regio = await launch([brain1.path]);
  const worklist = new WorklistPage(regio);
  await midDetection(regio);
  const pid = await regio.enginePid();
  expect(pid).not.toBeNull();
  process.kill(pid!, 'SIGKILL');

  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'failed');
  await expect(worklist.row(brain1.name).getByTestId('study-state')).toHaveText(/failed.*retry/i);
  const [job] = await regio.jobs('detection');
  expect(job).toMatchObject({ state: 'failed', error: { code: 'engine.crashed' } });
  await expect(regio.page.getByTestId('engine-state')).toHaveAttribute('data-state', 'ready', {
    timeout: 5_000,
  });
  if (process.platform === 'linux') expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(await regio.enginePid()).not.toBe(pid);

  await worklist.retry(brain1.name).click();
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const [study] = await regio.invoke('studies.list', undefined);
  expect(study!.findingCount).toBeGreaterThan(0);
});

test('a cancelled detection ends at once and can be started again', async ({ launch }) => {
  const regio = await launch([brain1.path]);
  const worklist = new WorklistPage(regio);
  await midDetection(regio);
  await worklist.cancelJob();
  await expect.poll(async () => (await regio.jobs('detection'))[0]?.state).toBe('cancelled');
  await expect(worklist.jobs).toHaveCount(0);
  const { series, findings } = await regio.invoke('studies.open', {
    studyId: (await regio.invoke('studies.list', undefined))[0]!.studyId,
  });
  expect(series[0]!.detection).toBe('cancelled');
  expect(findings).toEqual([]);
  await worklist.row(brain1.name).getByTestId('detect').click();
  await midDetection(regio);
});
