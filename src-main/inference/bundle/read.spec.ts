import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
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
