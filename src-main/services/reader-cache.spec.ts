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

  it('takes changed files for another series', () => {
    expect(seriesKey(madeSeries())).not.toBe(
      seriesKey(madeSeries({ fileStamps: [{ size: 100, mtimeMs: 2 }] })),
    );
  });
});
