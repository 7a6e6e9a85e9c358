#!/usr/bin/env node
/* Trains each option of the proposal network against the same base, and prints the table (bench/README.md). */
import { join } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const [seeds = '1', only = ''] = process.argv.slice(2);
const out = fromRoot('out', 'bench', 'ablation');
const shared = fromRoot('..', 'shared');
const data = join(shared, 'data');
const weights = join(shared, 'weights', 'efficientnet-lite0.safetensors');
const train = await bundle('ablation-train', 'ablation/train.ts');
await mustRun('training', process.execPath, [train, fromRoot(), out, data, weights, seeds, only], {
  stdio: 'inherit',
});
const report = await bundle('ablation-report', 'ablation/report.ts');
await mustRun('the table', process.execPath, [report, out, data, seeds], { stdio: 'inherit' });
