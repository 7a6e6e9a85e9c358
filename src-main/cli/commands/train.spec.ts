import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';
import { trainingStep } from './train';

let cwd = '';
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), 'regio-train-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

describe('regio train', () => {
  it('says what is wrong with a recipe', async () => {
    writeFileSync(join(cwd, 'recipe.json'), '{"bundle": {}}');
    for (const recipe of ['recipe.json', 'gone.json']) {
      const { code, out, err } = await captureCli(['train', recipe, '--json'], { cwd });
      expect([code, out]).toEqual([3, '']);
      const { error } = JSON.parse(err) as {
        error: { code: string; hint: string; details: { file: string } };
      };
      expect(error.code).not.toBe('internal');
      expect(error.hint).not.toBe('');
      expect(error.details.file).toBe(join(cwd, recipe));
    }
  });

  it('refuses a senseless number of epochs', async () => {
    expect((await captureCli(['train', 'r.json', '--epochs', 'many'], { cwd })).code).toBe(2);
    expect((await captureCli(['train', 'r.json', '--seed', '1.5'], { cwd })).code).toBe(2);
  });
});

describe('trainingStep', () => {
  const training = {
    phase: 'train',
    step: 200,
    steps: 832,
    epoch: 1,
    imagesPerSecond: 7.93,
    etaSeconds: 640,
  } as const;

  it('says epoch, step, loss, speed and time left', () => {
    const loss = { total: 0.4123, objectness: 0.2, box: 0.1 };
    expect(trainingStep({ ...training, loss })).toBe(
      'epoch 2, step 200 of 832, loss 0.412, 7.9 images/s, 11 min left',
    );
    expect(trainingStep({ ...training, loss: null, etaSeconds: 12.3 })).toMatch(
      /832, 7.9 images\/s, 13 s left$/,
    );
  });
});
