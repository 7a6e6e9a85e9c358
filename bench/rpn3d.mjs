#!/usr/bin/env node
/**
 * The slim 3D network: milliseconds a window, seconds a CT, peak memory. Weights are drawn.
 *   node bench/rpn3d.mjs [--series FOLDER] [--only NAME]
 * FOLDER holds a DICOM series; default: ../shared/data/lung-ct-lidc/LIDC-IDRI-0002 where it is there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: fromRoot('..', 'shared', 'data', 'lung-ct-lidc', 'LIDC-IDRI-0002') },
    only: { type: 'string', default: '' },
  },
});
const series = existsSync(options.series) ? resolve(options.series) : null;

const wide = {
  backbone: 'residual3d',
  stages: [
    { channels: 24, blocks: 1 },
    { channels: 48, blocks: 2 },
    { channels: 80, blocks: 2 },
  ],
  fpnChannels: 40,
  finestLevel: 1,
  headNormGroups: 0,
  anchorsPerLocation: 3,
};
const slim = {
  ...wide,
  stages: [
    { channels: 16, blocks: 1 },
    { channels: 32, blocks: 2 },
    { channels: 48, blocks: 2 },
    { channels: 64, blocks: 2 },
  ],
  fpnChannels: 32,
  finestLevel: 2,
};
const cases = [
  { name: 'stride 4, 1 mm, 96^3', architecture: slim, spacing: [1, 1, 1], window: 96, overlap: 0.25 },
  { name: 'stride 4, 1 mm, 128^3', architecture: slim, spacing: [1, 1, 1], window: 128, overlap: 0.2 },
  { name: 'stride 2, 1 mm, 96^3', architecture: wide, spacing: [1, 1, 1], window: 96, overlap: 0.25 },
  {
    name: 'stride 2, 1.25 mm, 96^3',
    architecture: wide,
    spacing: [1.25, 1.25, 1.25],
    window: 96,
    overlap: 0.2,
  },
].filter(({ name }) => name.includes(options.only));

const program = await bundle('rpn3d', 'rpn3d/measure.ts');
for (const { name, ...request } of cases) {
  const out = execFileSync(process.execPath, [program, JSON.stringify({ ...request, series })], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fromRoot(),
  });
  const measured = JSON.parse(out.trim().split('\n').pop());
  console.log(JSON.stringify({ name, ...measured, load: Math.round(loadavg()[0] * 10) / 10 }));
}
