import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Above it a collection is worth its millisecond. */
const worthBytes = 4 * 2 ** 20;

type Collect = (options: { type: 'minor' }) => void;
let collect: Collect | null = null;
let left = 0;

/**
 * Says that `bytes` outside the heap were just dropped. V8 collects when its own heap is full, and a decoder that gives each
 * slice in an array of its own fills the heap with little and the memory with much: half a volume of 70 MB was garbage.
 */
export function dropped(bytes: number): void {
  left += bytes;
  if (left < worthBytes) return;
  left = 0;
  collect ??= findCollector();
  collect({ type: 'minor' });
}

/** What `node --expose-gc` gives to all scripts, for this one alone. Node and Electron leave V8's flags changeable. */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : () => undefined;
}
