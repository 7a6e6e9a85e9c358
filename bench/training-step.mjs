#!/usr/bin/env node
/* What a training step's time goes to: preparing the batch in JavaScript, and TensorFlow's update (bench/README.md). */
import { loadavg } from 'node:os';
import { bundle } from './lib/bundle.mjs';
import { median } from './lib/statistics.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const [recipe = fromRoot('models', 'recipes', 'colonoscopy-polyp.json'), steps = '24'] =
  process.argv.slice(2);
const shared = fromRoot('..', 'shared');
const weights = `${shared}/weights/efficientnet-lite0.safetensors`;
const measure = await bundle('training-step', 'training-step/measure.ts');
const output = await mustRun('training', process.execPath, [
  measure,
  recipe,
  `${shared}/data`,
  weights,
  steps,
]);
const { prepare, update, batchSize, size } = JSON.parse(output.trim().split('\n').pop());
// The first steps compile and allocate.
const [p, u] = [prepare, update].map((times) => median(times.slice(4)));
console.log(
  `batch of ${batchSize} at ${size} px, medians of ${prepare.length - 4} steps, load ${loadavg()[0].toFixed(1)}`,
);
console.log(`preparing  ${p.toFixed(0)} ms (${((100 * p) / (p + u)).toFixed(0)} %)`);
console.log(`update     ${u.toFixed(0)} ms`);
