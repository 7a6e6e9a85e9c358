import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';
import {
  madeVolume,
  madeVolumeRecipe,
  sphereVolume,
  writeBrightnessBundle,
} from '../../../test-support/made-volumes';
import { writeNrrd } from '../../../test-support/write-grid';
import { createInProcessEngine } from '../../engine/in-process';

/** The commands over a bundle that reads volumes in 3D, with the real engine. */
describe('a volume model on the command line', () => {
  let cwd: string;
  const run = (argv: string[]) =>
    captureCli(argv, {
      cwd,
      env: { REGIO_MODELS_DIR: join(cwd, 'models') },
      openEngine: () => Promise.resolve(createInProcessEngine({ modelsFolder: join(cwd, 'models') })),
    });
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-volume-cli-'));
    await writeBrightnessBundle(join(cwd, 'models', 'made-spheres'));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('is listed, chosen for CT of the chest, and marks the sphere in mm', async () => {
    const volume = sphereVolume(
      {
        dims: [60, 50, 30],
        spacing: [1, 1, 2],
        origin: [-20, -10, 40],
        direction: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
      [{ centerLps: [10, 12, 70], radius: 4.5 }],
    );
    writeNrrd(join(cwd, 'chest.nrrd'), volume);
    const models = await run(['models', 'list']);
    expect(models.out).toContain('made-spheres');
    expect((await run(['models', 'verify'])).code).toBe(0);
    const { code, err } = await run(['detect', 'chest.nrrd', '--out', 'out']);
    expect([code, err]).toEqual([0, expect.anything()]);
    const file = JSON.parse(readFileSync(join(cwd, 'out', 'findings.json'), 'utf8')) as {
      series: { model: string; findings: { label: string; boxLps: number[] }[] }[];
    };
    expect(file.series).toHaveLength(1);
    expect(file.series[0]!.model).toBe('made-spheres');
    expect(file.series[0]!.findings).toHaveLength(1);
    const { boxLps, label } = file.series[0]!.findings[0]!;
    expect(label).toBe('sphere');
    [10, 12, 70].forEach((c, a) => expect(Math.abs((boxLps[a]! + boxLps[a + 3]!) / 2 - c)).toBeLessThan(1.1));
  });

  it('is trained from a recipe whose volumes are files', async () => {
    const recipe = madeVolumeRecipe();
    mkdirSync(join(cwd, 'boxes'));
    const few = [1, 2].map((seed) => {
      const { volume, lesions } = madeVolume(seed);
      writeNrrd(join(cwd, `chest-${seed}.nrrd`), volume);
      const boxes = join('boxes', `${seed}.json`);
      writeFileSync(join(cwd, boxes), JSON.stringify({ nodules: lesions.map((boxLpsMm) => ({ boxLpsMm })) }));
      return { series: `chest-${seed}.nrrd`, boxes };
    });
    const [train] = recipe.data.train;
    const sources = [{ ...train!, volumes: few }];
    const short = { ...recipe.schedule, epochs: 2, batchSize: 4 };
    writeFileSync(
      join(cwd, 'recipe.json'),
      JSON.stringify({ ...recipe, data: { train: sources, validation: sources }, schedule: short }),
    );
    const argv = ['train', 'recipe.json', '--data', '.', '--work', 'work', '--models', 'models'];
    const { code, out, err } = await run(argv);
    expect([code, err]).toEqual([0, expect.anything()]);
    expect(out).toMatch(/Training +4 steps, .* patches\/s/);
    expect(out).toMatch(/CPM .*6 lesions in 2 volumes/);
    expect((await run(['models', 'list'])).out).toContain('made-volumes');
    const card = readFileSync(join(cwd, 'models', 'made-volumes', 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('research use only');
    expect(card).toMatch(/\| train \| training \| 2 \| 6 \| made by the test \|/);
  }, 120_000);
});
