import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Names a process for good: a pid alone may since belong to another (proc(5): field 22 of stat is its start time). */
export function processName(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${text.slice(text.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}`;
  }
}

/** Does the process that wrote this name still run? */
export function holderLives(name) {
  const pid = Number(name.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return processName(pid) === name.trim();
}

const readHolder = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Takes the lock, or says false. The file appears with its content in one step, so no one ever reads it empty. */
function take(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, processName(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Puts a dead process's lock aside. When another was quicker and the lock is a living one again, it is put back. */
function clearDead(path) {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
    if (holderLives(readHolder(aside) ?? '')) linkSync(aside, path);
  } catch {
    // Another process cleared it first.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Runs `work` while no other process that uses the same lock file does. */
export async function withLock(path, work, { waiting = () => {}, poll = 300 } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    const holder = readHolder(path);
    if (holder !== null && !holderLives(holder)) clearDead(path);
    else if (holder !== null) {
      if (!told) waiting(Number(holder.split(' ')[0]));
      told = true;
      await wait(poll);
    }
  }
  const release = () => {
    if (readHolder(path) === processName(process.pid)) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}
