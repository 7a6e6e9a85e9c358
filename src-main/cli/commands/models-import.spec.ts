import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { writeMadeNrrd, writeMadePng } from '../../../test-support/made-scan';
import { makeMonaiBundle, writeMonaiBundle, zipMonaiBundle } from '../../../test-support/monai-bundle';
import { makeGraphModel, writeTfjsModel } from '../../../test-support/tfjs-models';
import { createInProcessEngine } from '../../engine/in-process';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'regio-import-'));
  mkdirSync(join(cwd, 'models'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...argv: string[]): Promise<CliRun> =>
  captureCli(argv, {
    cwd,
    env: { REGIO_MODELS_DIR: join(cwd, 'models') },
    openEngine: async (modelsFolder) => createInProcessEngine({ modelsFolder }),
  });
const installed = (): string[] => readdirSync(join(cwd, 'models'));

describe('regio models import of a MONAI bundle', () => {
  it('makes a model that is listed, verified and run', async () => {
    writeMonaiBundle(join(cwd, 'bundle'), makeMonaiBundle());
    const imported = await run('models', 'import', 'bundle', '--label', 'nodule', '--json');
    expect([imported.code, imported.err]).toEqual([0, '']);
    const id = 'lung-nodule-ct-detection';
    expect(JSON.parse(imported.out)).toMatchObject({ modelId: id, version: '0.6.8' });
    const card = readFileSync(join(cwd, 'models', id, 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('Not measured by Regio');
    expect(card).toContain('Licence (metadata.json): Apache-2.0');

    const listed = JSON.parse((await run('models', 'list', '--json')).out) as { models: unknown[] };
    expect(listed.models).toMatchObject([
      { modelId: id, modalities: ['CT'], bodyParts: ['CHEST', 'LUNG'], labels: ['nodule'], metrics: {} },
    ]);
    const verified = await run('models', 'verify');
    expect([verified.code, verified.out]).toEqual([
      0,
      expect.stringMatching(/lung-nodule-ct-detection +0\.6\.8 +ok/),
    ]);

    writeMadeNrrd(join(cwd, 'scan.nrrd'));
    const detected = await run('detect', 'scan.nrrd', '--model', id, '--out', 'out', '--json');
    expect([detected.code, detected.err]).toEqual([0, '']);
    expect(detected.out).toContain(id);
  }, 60_000);

  it('overwrites only with --replace, and takes an id', async () => {
    writeFileSync(join(cwd, 'bundle.zip'), zipMonaiBundle(makeMonaiBundle(), 'lung/'));
    expect((await run('models', 'import', 'bundle.zip', '--id', 'mine')).code).toBe(0);
    const bundle = readFileSync(join(cwd, 'models', 'mine', 'CHECKSUMS'), 'utf8');
    writeFileSync(join(cwd, 'bundle.zip'), zipMonaiBundle(makeMonaiBundle(2), ''));
    const again = await run('models', 'import', 'bundle.zip', '--id', 'mine');
    expect(again.err).toMatch(/already a model "mine"[\s\S]*--replace/);
    expect(readFileSync(join(cwd, 'models', 'mine', 'CHECKSUMS'), 'utf8')).toBe(bundle);
    expect((await run('models', 'import', 'bundle.zip', '--id', 'mine', '--replace')).code).toBe(0);
    expect(readFileSync(join(cwd, 'models', 'mine', 'CHECKSUMS'), 'utf8')).not.toBe(bundle);
    expect(installed()).toEqual(['mine']);
  });

  it('halves the weights when asked', async () => {
    writeMonaiBundle(join(cwd, 'bundle'), makeMonaiBundle());
    expect((await run('models', 'import', 'bundle', '--precision', 'float16')).code).toBe(0);
    const model = readFileSync(join(cwd, 'models', 'lung-nodule-ct-detection', 'model.json'), 'utf8');
    expect(JSON.parse(model)).toMatchObject({ format: 'monai-retinanet3d-1', dtype: 'float16' });
    expect((await run('models', 'verify')).code).toBe(0);
  });

  it('refuses what is no model, and leaves nothing behind', async () => {
    mkdirSync(join(cwd, 'empty'));
    writeFileSync(join(cwd, 'note.txt'), 'hello');
    for (const path of ['empty', 'note.txt', 'missing']) {
      const { code, err } = await run('models', 'import', path, '--json');
      expect(code).toBeGreaterThan(0);
      const { error } = JSON.parse(err) as { error: { hint: string; details: { file: string } } };
      expect(error.hint).not.toBe('');
      expect(error.details.file).toBe(join(cwd, path));
    }
    expect(installed()).toEqual([]);
    expect(existsSync(join(cwd, 'models'))).toBe(true);
  });
});

describe('regio models import of a TensorFlow.js model', () => {
  it('makes a model that is listed, verified and run on a picture', async () => {
    writeTfjsModel(join(cwd, 'mine'), makeGraphModel());
    expect((await run('models', 'import', 'mine')).code).toBe(0);
    const listed = JSON.parse((await run('models', 'list', '--json')).out) as { models: unknown[] };
    expect(listed.models).toMatchObject([{ modelId: 'made-detector', modalities: ['ES'], threshold: 0.5 }]);
    expect((await run('models', 'verify')).code).toBe(0);
    writeMadePng(join(cwd, 'picture.png'));
    const detected = await run('detect', 'picture.png', '--model', 'made-detector', '--out', 'out', '--json');
    expect([detected.code, detected.err]).toEqual([0, '']);
    // The upper box of the two, in px of a picture of 64 x 48.
    expect(detected.out).toMatch(/16,\s*12,\s*16,\s*24/);
  });
});
