#!/usr/bin/env node
/**
 * What small files that claim or hold much cost: seconds and peak memory of a scan, each in a process of its own.
 *   node bench/bombs.mjs [--json FILE]
 * The files are made under .cache/bench/bombs. RELIABILITY F4: refused in under 1 s and 300 MB;
 * what holds what it says is read, in under 10 s and 512 MB (F1).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';
import { benchCache } from './lib/peers.mjs';

const { values: options } = parseArgs({
  options: { json: { type: 'string', default: fromRoot('out', 'bench', 'bombs.json') } },
});
const folder = join(benchCache, 'bombs');
mkdirSync(folder, { recursive: true });
const script = await bundle('bombs', 'bombs/run.ts');
const node = (...args) =>
  execFileSync(process.execPath, [script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });

const made = JSON.parse(node('make', folder));
const idle = JSON.parse(node('scan', join(folder, 'idle')));
console.log(
  `load ${loadavg()[0].toFixed(1)}; a scan of nothing: ${idle.seconds.toFixed(2)} s, ${idle.peakMb} MB`,
);
console.log('file                                 bytes  seconds  CPU s  peak MB  answer');
const rows = [];
for (const { name, bytes } of made) {
  const found = JSON.parse(node('scan', join(folder, name)));
  // Of the processor: a busy machine is no fault of the reader. What is no lie and is read falls under F1 instead.
  const [most, mostMb] = found.series > 0 ? [10, 512] : [1, 300];
  const missed = found.cpuSeconds >= most || found.peakMb >= mostMb;
  rows.push({ name, bytes, missed, ...found });
  console.log(
    [
      name.padEnd(32),
      String(bytes).padStart(10),
      found.seconds.toFixed(2).padStart(8),
      found.cpuSeconds.toFixed(2).padStart(6),
      String(found.peakMb).padStart(8),
      ` ${missed ? 'MISSED: ' : ''}${found.answer}`,
    ].join(' '),
  );
}
mkdirSync(dirname(options.json), { recursive: true });
writeFileSync(options.json, JSON.stringify({ idle, rows }, null, 2));
process.exitCode = rows.some((row) => row.missed) ? 1 : 0;
