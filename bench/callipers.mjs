#!/usr/bin/env node
/* How much measuring callipers move a model's scores: added on lesions, off them, or painted over (bench/README.md). */
import { bundle } from './lib/bundle.mjs';
import { quantile } from './lib/statistics.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const [model = fromRoot('models', 'breast-us-lesion')] = process.argv.slice(2);
const data = fromRoot('..', 'shared', 'data', 'breast-us-busi');
const measure = await bundle('callipers', 'callipers/measure.ts');
const output = await mustRun('measuring', process.execPath, [
  measure,
  model,
  `${data}/val.json`,
  `${data}/images`,
]);
const { hasLesion, painted, rows } = JSON.parse(output.trim().split('\n').pop());
const base = rows[0];
const show = (v) => v.toFixed(3).padStart(7);
console.log(
  `${hasLesion.length} images, ${hasLesion.filter(Boolean).length} with a lesion; ${painted} came with callipers`,
);
console.log(
  'change of the best score of an image: median and 95th percentile of its size, images with | without lesion',
);
for (const { name, best, AP50 } of rows) {
  const changes = (wanted) =>
    best.map((s, n) => Math.abs(s - base.best[n])).filter((_, n) => hasLesion[n] === wanted);
  const cells = [true, false].map((wanted) =>
    [0.5, 0.95].map((q) => show(quantile(changes(wanted), q))).join(' '),
  );
  console.log(`${name.padEnd(28)} ${cells.join('  | ')}   AP50 ${AP50.toFixed(3)}`);
}
