import { join } from 'node:path';
import { polypPicture, writePolypPicture } from '../fixtures/pictures';
import { writeSearchingModel } from '../fixtures/changed-models';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a finding says who pointed at it, and the engine why', async ({ launch, folders }) => {
  const file = join(folders.base, 'made-polyp.png');
  writePolypPicture(file);
  const regio = await launch([file], { REGIO_MODELS_DIR: writeSearchingModel(folders.base) });
  const worklist = new WorklistPage(regio);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', /to-review|reviewed/, {
    timeout: 60_000,
  });
  const review = await worklist.open('made-polyp');
  await review.loaded();
  await review.tabTo('threshold');
  await review.press('Home');

  const { study, series, findings } = await review.stored();
  const [cx, cy] = polypPicture.centre;
  const best = findings.reduce((a, b) => ((b.score ?? 0) > (a.score ?? 0) ? b : a));
  // The made polyp is one even region: selective search cannot miss it.
  expect(best.provenance).toBe('both');
  await expect(review.findings.first().getByTestId('provenance')).toHaveText('Network and selective search');

  const { explanation, modelId } = await regio.invoke('series.explain', {
    studyId: study.studyId,
    seriesId: series[0]!.seriesId,
    modelId: null,
    point: { space: 'px', frame: 0, point: [cx, cy] },
    whole: false,
  });
  expect(modelId).toBe('colonoscopy-polyp');
  if (explanation.kind !== 'picture') throw new Error('a picture was asked for');
  expect(explanation.levels.map((l) => l.stride)).toEqual([8, 16, 32, 64]);
  const kept = explanation.boxes.filter((b) => b.fate.outcome === 'kept');
  expect(kept.map((b) => b.score)).toContainEqual(expect.closeTo(best.score!, 4));
  // Who took a box away is named, and overlaps it.
  const suppressed = explanation.boxes.flatMap(({ fate }) =>
    fate.outcome === 'removed' && fate.rule === 'nms' ? [fate] : [],
  );
  expect(suppressed.length).toBeGreaterThan(0);
  for (const { overlap } of suppressed) expect(overlap).toBeGreaterThan(0.5);
});
