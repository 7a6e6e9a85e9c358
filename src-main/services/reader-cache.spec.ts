import { beforeEach, describe, expect, it } from 'vitest';
import { deferred, madeSeries } from '../../test-support/services-harness';
import { ReaderCache, seriesKey } from './reader-cache';

interface Reader {
  name: string;
  close(): Promise<void>;
}
let log: string[];
let cache: ReaderCache<Reader>;
const series = (name: string) => madeSeries({ files: [name] });
const voxelBytes = 8 * 8 * 4 * 2;

const make = (options: { maxReaders?: number; maxBytes?: number }): void => {
  log = [];
  cache = new ReaderCache<Reader>({
    open(s) {
      const name = s.files[0]!;
      log.push(`open ${name}`);
      if (name === 'bad') return Promise.reject(new Error('gone'));
      return Promise.resolve({ name, close: () => Promise.resolve(void log.push(`close ${name}`)) });
    },
    ...options,
  });
};
const use = (name: string) => cache.use(series(name), (reader) => Promise.resolve(reader.name));
beforeEach(() => make({ maxReaders: 2 }));

describe('ReaderCache', () => {
  it('opens once, and closes the least recently used', async () => {
    for (const name of ['a', 'b', 'a', 'c']) expect(await use(name)).toBe(name);
    expect(log).toEqual(['open a', 'open b', 'open c', 'close b']);
    await use('a');
    expect(log).toHaveLength(4);
  });

  it('opens once for two users at once', async () => {
    await Promise.all([use('a'), use('a')]);
    expect(log).toEqual(['open a']);
  });

  it('never closes a reader in use', async () => {
    const gate = deferred<void>();
    const slow = cache.use(series('a'), () => gate.promise);
    await use('b');
    await use('c');
    await cache.dispose();
    expect(log).not.toContain('close a');
    gate.resolve();
    await slow;
    expect(log.filter((l) => l === 'close a')).toHaveLength(1);
    expect(log.filter((l) => l.startsWith('close'))).toHaveLength(3);
  });

  it('tries again after a failure', async () => {
    await expect(use('bad')).rejects.toThrow('gone');
    await expect(use('bad')).rejects.toThrow('gone');
    expect(log).toEqual(['open bad', 'open bad']);
  });

  it('keeps within its bytes, but always one', async () => {
    make({ maxReaders: 9, maxBytes: 2 * voxelBytes });
    for (const name of ['a', 'b', 'c']) await use(name);
    expect(log).toEqual(['open a', 'open b', 'open c', 'close a']);
    make({ maxReaders: 9, maxBytes: 1 });
    await use('a');
    await use('b');
    expect(log).toEqual(['open a', 'open b', 'close a']);
  });

  it('closes what was opened once and what nobody else uses, and closes nothing else for it', async () => {
    const once = (name: string, work = Promise.resolve()) => cache.useOnce(series(name), () => work);
    await use('a');
    await use('b');
    await once('c');
    await once('a');
    expect(log).toEqual(['open a', 'open b', 'open c', 'close c']);
    // One that opens it for longer meanwhile has it.
    const gate = deferred<void>();
    const first = once('d', gate.promise);
    await use('d');
    gate.resolve();
    await first;
    await use('d');
    expect(log.slice(4)).toEqual(['open d', 'close b']);
    await expect(once('bad')).rejects.toThrow('gone');
    await expect(once('bad')).rejects.toThrow('gone');
    expect(log.slice(6)).toEqual(['open bad', 'open bad']);
  });

  it('takes changed files for another series', () => {
    expect(seriesKey(madeSeries())).not.toBe(
      seriesKey(madeSeries({ fileStamps: [{ size: 100, mtimeMs: 2 }] })),
    );
  });
});
