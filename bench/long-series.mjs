#!/usr/bin/env node
/**
 * A made CT of 2,000 slices of 512 x 512 (a volume of 1,000 MiB), uncompressed: scan, first image, whole load and peak memory
 * of the engine's reader, planes across the slices; then the window on a virtual display: it opens, scrolls and pages
 * through the other planes, with the peak memory of each process.
 *   node bench/long-series.mjs [--slices 2000] [--rounds 3] [--threads 2] [--syntax explicit] [--no-window]
 * The files (1 GB) lie in a folder of their own under the system's temporary one and are removed after.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildReady } from '../scripts/lib/build.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';
import { median } from './lib/statistics.mjs';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    slices: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    syntax: { type: 'string', default: 'explicit' },
    window: { type: 'boolean', default: true },
  },
});
const engine = await bundle('long-series', 'long-series/engine.ts');
await bundle('decode-worker', '../src-main/imaging/decode-worker.ts');
const run = (...args) =>
  JSON.parse(
    execFileSync(process.execPath, [engine, ...args], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .pop(),
  );
const load = () => `load ${loadavg()[0].toFixed(1)}`;

const base = mkdtempSync(join(tmpdir(), 'regio-long-'));
const folder = join(base, 'ct');
try {
  const made = run('make', folder, values.slices, values.syntax);
  console.log(`made ${made.files} files, ${values.syntax}, in ${made.seconds} s`);
  const rounds = Array.from({ length: Number(values.rounds) }, () => run('load', folder, values.threads));
  const [first] = rounds;
  if (first.volumeMb === undefined) console.log(`no volume: ${JSON.stringify(first)}`);
  else {
    const of = (key) => median(rounds.map((r) => r[key]));
    const above = median(rounds.map((r) => (r.peakMb - r.idleMb) / r.volumeMb));
    console.log(
      `engine, ${load()}, ${values.rounds} rounds: scan ${of('scanMs')} ms (peak ${of('scanMb')} MB), first image ${of('firstMs')} ms, ` +
        `load ${of('loadMs')} ms, idle ${of('idleMb')} MB, peak ${of('peakMb')} MB: ${above.toFixed(2)} of the ${first.volumeMb} MiB volume above idle; ` +
        `a plane gathered: sagittal ${of('sagittalMs')} ms, coronal ${of('coronalMs')} ms; ${first.wrong} voxels differ from what was made`,
    );
    if (first.wrong > 0) process.exitCode = 1;
  }
  if (values.window) {
    // Else the window would be one of some time ago.
    if (!buildReady()) await build();
    const spec = ['playwright', 'test', '-c', 'e2e/playwright.config.ts', 'long-series', '--reporter=line'];
    execFileSync('npx', spec, {
      cwd: fromRoot(),
      env: { ...process.env, REGIO_LONG_SERIES: folder },
      stdio: 'inherit',
    });
    const answer = join(base, 'window.json');
    if (existsSync(answer)) {
      const { memory, ...times } = JSON.parse(readFileSync(answer, 'utf8'));
      console.log(`window, ${load()}: ${JSON.stringify(times)}`);
      for (const [when, peaks] of Object.entries(memory))
        console.log(`  peak MB, ${when}: ${JSON.stringify(peaks)}`);
    }
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
