import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { validateHeldOut } from './validate3d';

describe('marks on what was left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regio-held-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('give the figures of a validation', async () => {
    const file = join(folder, 'held.json');
    const at = (x: number): number[] => [x, 0, 0, x + 10, 10, 10];
    writeFileSync(
      file,
      JSON.stringify({
        series: [
          { id: 'a/real', patient: 'a' },
          { id: 'b/real', patient: 'b' },
        ],
        lesions: [
          { series: 'a/real', box: at(0) },
          { series: 'b/real', box: at(100) },
          { series: 'b/real', box: at(200), ignore: true },
        ],
        marks: [
          { series: 'a/real', box: at(2), score: 0.9 },
          { series: 'a/real', box: at(50), score: 0.7 },
          { series: 'b/real', box: at(200), score: 0.8 },
          { series: 'b/real', box: at(300), score: 0.2 },
        ],
        secondsPerVolume: 9,
      }),
    );
    const { evaluation, measured, secondsPerVolume } = await validateHeldOut(file);
    expect(evaluation.counts).toMatchObject({ lesions: 2, truePositives: 1, falsePositives: 2, ignored: 1 });
    expect(evaluation.sensitivityAtFpPerScan['1']).toBe(0.5);
    expect(measured.record).toMatchObject({ images: 2, boxes: 2 });
    expect(secondsPerVolume).toBe(9);
  });

  it('are asked for where they are not there', async () => {
    await expect(validateHeldOut(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'data.heldOut' },
    });
  });
});
