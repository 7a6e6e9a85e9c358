#!/usr/bin/env node
/* 3D convolution as TensorFlow's own op and by planes, as training does it: ratios in one run (bench/README.md). */
import { loadavg } from 'node:os';
import { bundle } from './lib/bundle.mjs';
import { median } from './lib/statistics.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const rounds = process.argv[2] ?? '7';
const measure = await bundle('convolution-3d', 'convolution-3d/measure.ts');
const output = await mustRun('measuring', process.execPath, [measure, rounds]);
console.log(
  `medians of ${rounds} rounds, load ${loadavg()[0].toFixed(1)}; Conv3D's time over that by planes`,
);
for (const { shape, times } of JSON.parse(output.trim().split('\n').pop())) {
  const ratio = (what) => median(times[`direct.${what}`]) / median(times[`byPlanes.${what}`]);
  console.log(`${shape}: forward ${ratio('forward').toFixed(2)}, with gradients ${ratio('both').toFixed(2)}`);
}
