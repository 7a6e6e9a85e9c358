#!/usr/bin/env node
/**
 * A scan of 10,000 files, nested and mixed: a CT of 2,500 slices, each of them a second time, pictures and notes.
 *   node bench/folder.mjs
 * They are made under .cache/bench/folder the first time; what is printed of a run that made them is no measurement.
 */
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { benchCache } from './lib/peers.mjs';

const script = await bundle('folder', 'folder/run.ts');
const run = () => execFileSync(process.execPath, [script, join(benchCache, 'folder')], { encoding: 'utf8' });
run();
for (let round = 0; round < 3; round++) console.log(`load ${loadavg()[0].toFixed(1)}: ${run().trim()}`);
