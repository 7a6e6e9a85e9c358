#!/usr/bin/env node
/**
 * A RetinaNet of the width of MONAI's lung_nodule_ct_detection with random weights, imported from a checkpoint that MONAI
 * wrote: how far its outputs are from MONAI's, seconds and peak memory of a volume, largest tensor.
 *   node bench/retinanet3d.mjs --python PYTHON [--dims 512,512,300] [--windows N]
 * PYTHON has torch, torchvision and monai 1.3.2. With --windows N it stops after N windows.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';
import { benchCache } from './lib/peers.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    dims: { type: 'string', default: '512,512,300' },
    windows: { type: 'string', default: '0' },
  },
});
const folder = join(benchCache, 'random-retinanet');
if (!existsSync(join(folder, 'models', 'model.pt'))) {
  const script = fromRoot('bench', 'peers', 'make_retinanet.py');
  execFileSync(options.python, [script, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
}
const program = await bundle('retinanet3d', join('retinanet3d', 'measure.ts'));
console.log(`load before: ${loadavg()[0].toFixed(1)}`);
const settings = {
  bundle: folder,
  dims: options.dims.split(',').map(Number),
  windows: Number(options.windows),
};
execFileSync(process.execPath, [program, JSON.stringify(settings)], { stdio: 'inherit' });
