#!/usr/bin/env node
/**
 * Leave one scan out: trains the lung recipe without each of its marked scans in turn, and looks for that scan's nodules, and
 * for made ones in copies of it.
 *   node bench/lung-folds.mjs [--recipe FILE] [--only NAME] [--epochs N] [--minutes M] [--trained]
 *     [--copies 5] [--nodules 10] [--out FOLDER]
 *   node bench/lung-folds.mjs --summary [--out FOLDER]
 * --trained measures the bundles that a training before left in FOLDER/models.
 * `--only all` leaves none out: it trains the recipe itself up to its last step, and `bin/regio train RECIPE --work OUT/work` with
 * the same --epochs and --minutes makes the bundle once the folds have been summed up and OUT/held-out.json lies beside the recipe
 * under the name that it gives.
 * One fold a process: run several with --only NAME at once where there are cores for them. NAME is the scan's, e.g.
 * LIDC-IDRI-0002 or lung1.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';

const { values: options } = parseArgs({
  options: {
    recipe: { type: 'string', default: fromRoot('models', 'recipes', 'lung-ct-nodule.json') },
    data: { type: 'string', default: fromRoot('..', 'shared', 'data') },
    packages: { type: 'string', default: `${cache}/demo` },
    only: { type: 'string' },
    epochs: { type: 'string' },
    minutes: { type: 'string' },
    copies: { type: 'string', default: '5' },
    nodules: { type: 'string', default: '10' },
    out: { type: 'string', default: 'out/lung-folds' },
    trained: { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
  },
});
const scans = ['LIDC-IDRI-0002', 'LIDC-IDRI-0003', 'lung1', 'lung2'];
const out = resolve(options.out);
mkdirSync(out, { recursive: true });
const node = (program, ...args) =>
  execFileSync(process.execPath, [program, ...args], { stdio: 'inherit', cwd: fromRoot() });

if (!options.summary) {
  const program = await bundle(`lung-folds-${options.only ?? 'all'}`, 'lung-folds/run.ts');
  const batchMaker = await bundle(
    `batch-maker-${options.only ?? 'all'}`,
    '../src-main/services/batch-maker.ts',
  );
  for (const without of options.only ? [options.only] : scans) {
    const request = {
      recipe: resolve(options.recipe),
      without: without === 'all' ? '' : without,
      dataRoot: resolve(options.data),
      packageRoot: resolve(options.packages),
      out,
      epochs: options.epochs ? Number(options.epochs) : null,
      minutes: options.minutes ? Number(options.minutes) : null,
      copies: Number(options.copies),
      nodules: Number(options.nodules),
      seed: 500,
      trained: options.trained,
      batchMakers: { file: batchMaker },
    };
    node(program, JSON.stringify(request));
  }
}
if (options.summary || !options.only) {
  node(
    await bundle('lung-folds-summary', 'lung-folds/summary.ts'),
    out,
    ...(options.only ? [options.only] : scans),
  );
}
