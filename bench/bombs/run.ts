import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceUsage } from 'node:process';
import { scanPaths } from '../../src-main/imaging';
import { makeBombs } from './make';

/** `make FOLDER` writes the files; `scan PATH` looks through one and prints what that cost. */
const [what, path] = process.argv.slice(2);
void (what === 'make' ? make(path!) : scan(path!)).then((answer) => console.log(JSON.stringify(answer)));

async function make(folder: string): Promise<unknown> {
  mkdirSync(join(folder, 'idle'), { recursive: true });
  const bombs = makeBombs();
  for (const [name, bytes] of Object.entries(bombs)) {
    const file = join(folder, name);
    if (!existsSync(file)) writeFileSync(file, await bytes());
  }
  return readdirSync(folder)
    .filter((name) => name in bombs)
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

async function scan(path: string): Promise<unknown> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const { series, skipped } = await scanPaths([path]);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  const reasons = new Set(skipped.map((s) => s.reason.replace(/^.*?: /, '')));
  return {
    series: series.length,
    seconds,
    // What it would take on a machine that does nothing else.
    cpuSeconds: (user + system) / 1e6,
    // Linux counts it in KiB.
    peakMb: Math.round(resourceUsage().maxRSS / 1024),
    answer:
      skipped.length > 3
        ? `${series.length} series, ${skipped.length} skipped for ${reasons.size} reasons`
        : `${series.length} series; ${[...reasons].join('; ')}`,
  };
}
