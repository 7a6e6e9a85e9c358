#!/usr/bin/env node
/*
 * What a training step's time goes to: preparing the batch in JavaScript, and TensorFlow's update, op by op and as a native
 * graph (bench/README.md).
 */
import { loadavg } from 'node:os';
import { bundle } from './lib/bundle.mjs';
import { median } from './lib/statistics.mjs';
import { cache, fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const [recipe = fromRoot('models', 'recipes', 'colonoscopy-polyp.json'), steps = '12'] =
  process.argv.slice(2);
const shared = fromRoot('..', 'shared');
const weights = `${shared}/weights/efficientnet-lite0.safetensors`;
const measure = await bundle('training-step', 'training-step/measure.ts');
const output = await mustRun('training', process.execPath, [
  measure,
  recipe,
  `${shared}/data`,
  weights,
  `${cache}/demo`,
  steps,
]);
const { prepare, update } = JSON.parse(output.trim().split('\n').pop());
// The first steps compile and allocate.
const of = (times) => median(times.slice(4));
const [p, plain, graph] = [
  of(prepare),
  ...['plain', 'graph'].map((n) => ({ wall: of(update[n].wall), cpu: of(update[n].processor) })),
];
console.log(`medians of ${prepare.length - 4} steps, load ${loadavg()[0].toFixed(1)}`);
console.log(`preparing        ${p.toFixed(0)} ms (${((100 * p) / (p + graph.wall)).toFixed(0)} %)`);
for (const [name, { wall, cpu }] of Object.entries({ 'op by op': plain, 'as a graph': graph }))
  console.log(`update ${name.padEnd(10)} ${wall.toFixed(0)} ms, processor ${cpu.toFixed(0)} ms`);
console.log(
  `graph over op by op: wall ${(graph.wall / plain.wall).toFixed(2)}, processor ${(graph.cpu / plain.cpu).toFixed(2)}`,
);
