import { existsSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { holderLives, processName } from './lock.mjs';
import { cache } from './paths.mjs';
import { mustRun } from './run.mjs';

/**
 * A set-up that is killed outright (kill -9) cannot end its children; an `npm ci` left over would write into the same
 * folder as the next one. So such a child is noted in a file, and the next run ends it, by its pid, before it starts its own.
 */
export async function endOrphan(file, { timeout = 10_000, poll = 50 } = {}) {
  if (!existsSync(file)) return false;
  const name = readFileSync(file, 'utf8');
  const lived = holderLives(name);
  if (lived) {
    const pid = Number(name.split(' ')[0]);
    process.kill(pid, 'SIGKILL');
    for (let waited = 0; holderLives(name) && waited < timeout; waited += poll) await wait(poll);
  }
  rmSync(file, { force: true });
  return lived;
}

/** mustRun for a command that must never run twice at a time in this checkout, not even after a kill. */
export async function mustRunAlone(what, command, args, options = {}) {
  const file = join(cache, `${what.replaceAll(' ', '-')}.pid`);
  await endOrphan(file);
  mkdirSync(cache, { recursive: true });
  const onStart = ({ pid }) => pid && writeFileSync(file, processName(pid));
  try {
    return await mustRun(what, command, args, { ...options, onStart });
  } finally {
    rmSync(file, { force: true });
  }
}
