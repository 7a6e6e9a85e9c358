import {
  cpSync,
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
import { z } from 'zod';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { writeMadePng } from '../../../test-support/made-scan';
import { modelSummary } from '../../contract/entities';
import { createInProcessEngine } from '../../engine/in-process';
import type { ProposalEvaluation } from '../../services/evaluate-proposals';
import { appRoot } from '../app-root';

const shippedFolder = join(appRoot(), 'models');
const shipped = readdirSync(shippedFolder).filter((id) => existsSync(join(shippedFolder, id, 'bundle.json')));

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'regio-models-'));
  mkdirSync(join(cwd, 'models'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (argv: string[], models = shippedFolder): Promise<CliRun> =>
  captureCli(argv, {
    cwd,
    env: {
      REGIO_MODELS_DIR: models,
      REGIO_DATA_DIR: join(cwd, 'data'),
      REGIO_CONFIG_DIR: join(cwd, 'config'),
    },
    openEngine: async (modelsFolder, ownModelsFolder) =>
      createInProcessEngine({ modelsFolder, ownModelsFolder }),
  });

describe('regio models', () => {
  it('lists and verifies what is shipped', async () => {
    const listed = await run(['models', 'list', '--json']);
    const { models } = z.strictObject({ models: z.array(modelSummary) }).parse(JSON.parse(listed.out));
    expect(models.map((m) => m.modelId).sort()).toEqual([...shipped].sort());
    const verified = await run(['models', 'verify']);
    expect([verified.code, verified.err]).toEqual([0, '']);
    for (const m of models)
      expect(verified.out).toMatch(
        new RegExp(`${m.modelId} +${m.version} +ok +(passed|has none) +${m.modelHash.slice(0, 12)}`),
      );
  });

  it('shows one: figures, and operating points where they were measured', async () => {
    const { code, out } = await run(['models', 'show', shipped[0]!]);
    expect(code).toBe(0);
    expect(out).toContain('AP');
    expect(out).toMatch(/false marks an image, at most|false marks a scan, at most|No operating points/);
    const json = await run(['models', 'show', shipped[0]!, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ id: shipped[0] });
    expect(await run(['models', 'show', 'nobody'])).toMatchObject({ code: 3 });
    expect(await run(['models', 'figures', 'nobody', '--out', cwd])).toMatchObject({ code: 3 });
  });

  it('says that there are none', async () => {
    expect(await run(['models', 'list'], join(cwd, 'models'))).toEqual({
      code: 0,
      out: 'No models.\n',
      err: '',
    });
  });

  it('refuses a bundle with a changed file, and one that is none', async () => {
    const copy = join(cwd, 'models', shipped[0]!);
    cpSync(join(shippedFolder, shipped[0]!), copy, { recursive: true });
    const shard = join(
      copy,
      readdirSync(copy).find((f) => f.endsWith('.bin'))!,
    );
    const bytes = readFileSync(shard);
    bytes[1000]! ^= 1;
    writeFileSync(shard, bytes);
    mkdirSync(join(cwd, 'models', 'broken'));
    writeFileSync(join(cwd, 'models', 'broken', 'bundle.json'), '{}');

    const { code, out } = await run(['models', 'verify', '--json'], join(cwd, 'models'));
    expect(code).toBe(1);
    const states = (
      JSON.parse(out) as { models: { folder: string; error: { code: string; hint: string } }[] }
    ).models;
    expect(states.map((s) => s.folder).sort()).toEqual(['broken', shipped[0]!].sort());
    expect(states.find((s) => s.folder === shipped[0])!.error.code).toBe('model.checksum');
    expect(states.every((s) => s.error.hint !== '')).toBe(true);
  });
});

describe('regio evaluate coco --images', () => {
  const truth = {
    images: [1, 2].map((id) => ({ id, file_name: `${id}.png`, width: 64, height: 48 })),
    annotations: [1, 2].map((id) => ({
      id,
      image_id: id,
      category_id: 7,
      bbox: [20, 10, 14, 12],
      area: 168,
      iscrowd: 0,
    })),
    categories: [{ id: 7, name: 'anything' }],
  };
  const evaluate = (...more: string[]): Promise<CliRun> =>
    run(['evaluate', 'coco', '--truth', 'truth.json', '--images', '.', ...more]);
  beforeEach(() => {
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truth));
    // The same picture twice: a data set may hold copies.
    writeMadePng(join(cwd, '1.png'));
    writeMadePng(join(cwd, '2.png'));
  });

  it('runs a shipped model on every image and says how fast', async () => {
    const { code, out, err } = await evaluate('--model', shipped[0]!, '--json');
    expect([code, err]).toEqual([0, '']);
    const result = JSON.parse(out) as {
      images: number;
      detections: number;
      msPerImage: number;
      model: string;
    };
    expect(result).toMatchObject({ images: 2, model: shipped[0] });
    expect(result.msPerImage).toBeGreaterThan(0);
    // Both copies give the same boxes.
    expect(result.detections).toBeGreaterThan(0);
    expect(result.detections % 2).toBe(0);
  });

  it('names a missing model or image', async () => {
    expect((await evaluate('--model', 'nope')).err).toMatch(/There is no model "nope"[\s\S]*Installed: /);
    rmSync(join(cwd, '2.png'));
    const { code, err } = await evaluate('--model', shipped[0]!, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { details: { file: join(cwd, '2.png') } } });
  });

  it('wants labels that are categories, unless all count as one', async () => {
    const two = { ...truth, categories: [...truth.categories, { id: 8, name: 'other' }] };
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(two));
    expect((await evaluate('--model', shipped[0]!)).err).toContain('--class-agnostic');
    expect((await evaluate('--model', shipped[0]!, '--class-agnostic')).code).toBe(0);
  });

  it('gives recall by number of proposals: network, selective search, both', async () => {
    const { code, out, err } = await run(
      ['evaluate', 'proposals', '--truth', 'truth.json', '--images', '.', '--model', shipped[0]!].concat([
        '--plots',
        'plots',
        '--json',
      ]),
    );
    expect([code, err]).toEqual([0, '']);
    const result = JSON.parse(out) as ProposalEvaluation & { plots: string[] };
    expect(result).toMatchObject({ modelId: shipped[0], images: 2, boxes: 2 });
    for (const { recall, averageRecall } of Object.values(result.sources)) {
      expect(recall).toHaveLength(result.counts.length);
      expect([...recall].sort((a, b) => a - b)).toEqual(recall);
      averageRecall.forEach((value, n) => expect(value).toBeLessThanOrEqual(recall[n]!));
    }
    // The made lesion is a plain bright ellipse: grouping finds it, whatever the network thinks of it.
    expect(result.sources['selective-search'].recall.slice(-1)).toEqual([1]);
    expect(result.sources.union.recall.slice(-1)[0]).toBeGreaterThan(0);
    expect(result.plots.filter((file) => existsSync(file))).toHaveLength(2);
  });
});
