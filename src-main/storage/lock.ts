import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { AppError } from '../core/app-error';
import { storeError } from './database';

/** Folders open in this very process: its own pid in a lock file says nothing about them. */
const openHere = new Set<string>();

interface LockContent {
  pid: number;
  /** What tells this process from a later one with the same pid; empty where the system does not say. */
  startedAt: string;
  nonce: string;
}

/**
 * One process at a time: a lock file with the owner's pid. A lock whose owner is gone is taken over.
 *
 * @returns what gives the lock back.
 * @throws AppError 'store.locked' while another process (or this one) has it.
 */
export function acquireLock(file: string): () => void {
  if (openHere.has(file)) throw locked();
  const mine = JSON.stringify({
    pid: process.pid,
    startedAt: startTime(process.pid),
    nonce: randomBytes(8).toString('hex'),
  });
  for (let attempt = 0; ; attempt++) {
    if (writeNew(file, mine)) break;
    const found = readOrNull(file);
    if (found === null) continue;
    if (isAlive(parse(found)) || attempt >= 5) throw locked();
    takeAway(file, found);
  }
  openHere.add(file);
  return () => {
    openHere.delete(file);
    if (readOrNull(file) === mine) unlinkSync(file);
  };
}

function writeNew(file: string, content: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw storeError(error);
  }
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } catch (error) {
    unlinkSync(file);
    throw storeError(error);
  } finally {
    closeSync(handle);
  }
  return true;
}

/** Moves a dead lock away; if another opener was quicker and this moved its fresh lock, that one is put back. */
function takeAway(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  try {
    if (readOrNull(aside) !== dead) linkSync(aside, file);
  } catch {
    // A third opener already holds the name; its own check decides.
  }
  unlinkSync(aside);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw storeError(error);
  }
}

function parse(text: string): LockContent | null {
  try {
    const value = JSON.parse(text) as Partial<LockContent>;
    return typeof value.pid === 'number' && value.pid > 0
      ? { pid: value.pid, startedAt: String(value.startedAt ?? ''), nonce: String(value.nonce ?? '') }
      : null;
  } catch {
    // Half written when its owner died: the kernel's own lock on the store decides (database.ts).
    return null;
  }
}

function isAlive(owner: LockContent | null): boolean {
  if (!owner) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startTime(owner.pid);
  return owner.startedAt === '' || started === '' || started === owner.startedAt;
}

/** Linux: start time of a process in clock ticks since boot, with the boot's id; proc(5). Elsewhere empty. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // Field 22; the command name in field 2 may hold spaces and brackets.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks ? `${boot}:${ticks}` : '';
  } catch {
    return '';
  }
}

const locked = (): AppError =>
  new AppError(
    'store.locked',
    'Regio is already open on this data folder.',
    'Use the window that is open, or close it (and any running regio command) and try again.',
  );
