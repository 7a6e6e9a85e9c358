#!/usr/bin/env node
/**
 * A worklist of 5,000 made studies: milliseconds of studies.list (made anew, and kept), then the window on a virtual display:
 * first paint, frame times while it scrolls, filters and sorts, and memory.
 *   node bench/worklist.mjs [--studies 5000] [--no-window]
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
  options: { studies: { type: 'string', default: '5000' }, window: { type: 'boolean', default: true } },
});
const load = () => `load ${loadavg()[0].toFixed(1)}`;
const fill = await bundle('worklist', 'worklist/fill.ts');
const base = mkdtempSync(join(tmpdir(), 'regio-worklist-'));
const env = { ...process.env, REGIO_DATA_DIR: join(base, 'data'), REGIO_CONFIG_DIR: join(base, 'config') };
try {
  const answer = execFileSync(process.execPath, [fill, values.studies], { env, encoding: 'utf8' });
  const { count, fillMs, firstMs, keptMs, oneMs, bytes } = JSON.parse(answer);
  console.log(
    `store, ${load()}: ${count} studies filled in ${fillMs} ms; listed with every summary made anew ${firstMs} ms, ` +
      `with kept ones ${median(keptMs)} ms (${Math.round(bytes / 1024)} KiB); one changed study ${median(oneMs)} ms`,
  );
  if (values.window) {
    if (!buildReady()) await build();
    const spec = ['playwright', 'test', '-c', 'e2e/playwright.config.ts', 'long-worklist', '--reporter=line'];
    execFileSync('npx', spec, {
      cwd: fromRoot(),
      env: { ...process.env, REGIO_LONG_WORKLIST: base },
      stdio: 'inherit',
    });
    const written = join(base, 'window.json');
    if (existsSync(written))
      for (const [what, figure] of Object.entries(JSON.parse(readFileSync(written, 'utf8'))))
        console.log(`window, ${load()}: ${what} ${JSON.stringify(figure)}`);
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
