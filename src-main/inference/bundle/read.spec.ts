import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeDrawnBundle } from '../../../test-support/made-pictures';
import { listBundles } from './read';

const models = resolve(__dirname, '../../../models');

describe('the shipped bundles', () => {
  it('load as they lie on disk, with the hash of their CHECKSUMS', async () => {
    const { bundles, refused } = await listBundles(models);
    expect(refused).toEqual([]);
    expect(bundles.length).toBeGreaterThan(0);
    for (const bundle of bundles) {
      const text = readFileSync(join(bundle.folder, 'CHECKSUMS'), 'utf8');
      expect(bundle.modelHash).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('are picture bundles where bundle.json does not say', async () => {
    const { bundles } = await listBundles(models);
    for (const { folder, kind } of bundles) {
      const raw = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as { kind?: string };
      expect(kind).toBe(raw.kind ?? 'picture');
    }
  });
});

describe('a list that is asked for again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regio-list-'));
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads weights again only where a file is another one, and refuses one changed in place', async () => {
    await writeDrawnBundle(join(folder, 'made-drawn'));
    const first = (await listBundles(folder)).bundles[0]!;
    // A file this young may be changed again within the same tick of the file system's clock.
    expect((await listBundles(folder)).bundles[0]).not.toBe(first);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5000 });
    const settled = (await listBundles(folder)).bundles[0]!;
    expect(settled).toEqual(first);
    expect((await listBundles(folder)).bundles[0]).toBe(settled);

    // As large as it was, and with the time it had.
    const inside = join(folder, 'made-drawn');
    const shard = join(
      inside,
      readdirSync(inside).find((name) => name.endsWith('.bin'))!,
    );
    const { atime, mtime } = statSync(shard);
    const bytes = readFileSync(shard);
    bytes[100]! ^= 1;
    writeFileSync(shard, bytes);
    utimesSync(shard, atime, mtime);
    const { bundles, refused } = await listBundles(folder);
    expect(bundles).toEqual([]);
    expect(refused).toMatchObject([{ error: { code: 'model.checksum' } }]);
  });
});
