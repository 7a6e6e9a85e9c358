#!/usr/bin/env node
/**
 * How long a reader waits, in the window on a virtual display: from a decision to the next finding on the screen (demo CT of
 * set-up, every candidate), and from slice to slice of a made CT of 512 x 512 x 261, in three planes and in one.
 *   node bench/viewer-latency.mjs [--slices 261]
 * `script` is our part and Cornerstone3D's up to the end of the key's event; the rest is drawing, which a graphics card does
 * in a fraction of what the processor takes for it here, and waiting for the screen's frames.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildReady } from '../scripts/lib/build.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { bundle } from './lib/bundle.mjs';

const { values } = parseArgs({ options: { slices: { type: 'string', default: '261' } } });
const engine = await bundle('long-series', 'long-series/engine.ts');
await bundle('decode-worker', '../src-main/imaging/decode-worker.ts');
const base = mkdtempSync(join(tmpdir(), 'regio-latency-'));
const series = join(base, 'ct');
const out = join(base, 'times.json');
const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
const line = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  return `p50 ${share(sorted, 0.5).toFixed(0)} ms, p95 ${share(sorted, 0.95).toFixed(0)} ms of ${times.length}`;
};
try {
  execFileSync(process.execPath, [engine, 'make', series, values.slices, 'explicit'], { encoding: 'utf8' });
  if (!buildReady()) await build();
  execFileSync(
    'npx',
    ['playwright', 'test', '-c', 'e2e/playwright.config.ts', 'latency', '--reporter=line'],
    {
      cwd: fromRoot(),
      env: { ...process.env, REGIO_LATENCY: JSON.stringify({ series, out }) },
      stdio: 'inherit',
    },
  );
  const { decisions, planes, one, drawnBy, renderer } = JSON.parse(readFileSync(out, 'utf8'));
  console.log(`load ${loadavg()[0].toFixed(1)}, drawn by the ${drawnBy}: ${renderer}`);
  console.log(`decision to next finding: ${line(decisions)} (target p95 150)`);
  for (const [name, times] of Object.entries({ 'three planes': planes, 'one plane': one }))
    console.log(
      `slice to slice, ${name}: ${line(times.map((t) => t.shown))} (target p95 120); of it script ${line(times.map((t) => t.script))}`,
    );
} finally {
  rmSync(base, { recursive: true, force: true });
}
