import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDrawnBundle } from '../../../test-support/made-pictures';
import { writeBrightnessBundle } from '../../../test-support/made-volumes';
import { formatChecksums } from '../bundle/checksums';
import type { GoldenFile } from '../bundle/golden-file';
import { listBundles } from '../bundle/read';
import { tensorCount } from '../tensorflow';
import { goldenPicture, goldenVolume } from './golden-input';
import { loadTestedDetector, testBundle } from './self-test';

let root = '';
const made = (name: string): string => join(root, name);
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'regio-golden-'));
  await writeDrawnBundle(made('drawn'));
  await writeBrightnessBundle(made('brightness'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A copy whose files are changed; its checksums are made anew unless `caught` by them. */
function altered(
  from: string,
  name: string,
  change: (files: Map<string, Buffer>) => void,
  { resum = true } = {},
): string {
  const folder = made(name);
  cpSync(made(from), folder, { recursive: true });
  const names = readdirSync(folder).filter((f) => f !== 'CHECKSUMS');
  const files = new Map(names.map((f) => [f, readFileSync(join(folder, f))]));
  change(files);
  for (const f of names) rmSync(join(folder, f));
  for (const [f, bytes] of files) writeFileSync(join(folder, f), bytes);
  if (resum) writeFileSync(join(folder, 'CHECKSUMS'), formatChecksums(files));
  return folder;
}
const edit = (
  files: Map<string, Buffer>,
  name: string,
  change: (json: Record<string, unknown>) => void,
): void => {
  const json = JSON.parse(files.get(name)!.toString()) as Record<string, unknown>;
  change(json);
  files.set(name, Buffer.from(JSON.stringify(json)));
};
const shard = (files: Map<string, Buffer>): string => [...files.keys()].find((f) => f.endsWith('.bin'))!;

describe('the self-test of a bundle', () => {
  it('passes for pictures and volumes, and leaves no tensor', async () => {
    await testBundle(made('drawn'));
    const held = tensorCount();
    expect(await testBundle(made('drawn'))).toBe('passed');
    expect(await testBundle(made('brightness'))).toBe('passed');
    expect(tensorCount()).toBe(held);
    const golden = JSON.parse(readFileSync(join(made('drawn'), 'golden.json'), 'utf8')) as GoldenFile;
    expect(golden.proposals.length).toBeGreaterThan(1);
    const detector = await loadTestedDetector(made('drawn'));
    detector.dispose();
    expect(tensorCount()).toBe(held);
  });

  it('is made of the same bytes everywhere', () => {
    const sha = (data: ArrayLike<number> & { buffer: ArrayBufferLike }) =>
      createHash('sha256').update(Buffer.from(data.buffer)).digest('hex').slice(0, 16);
    const picture = goldenPicture({ kind: 'picture', width: 80, height: 64, channels: 3, seed: 3 }, 'ES');
    expect(sha(picture.data as Uint8Array)).toBe('84b28f15301b876a');
    const bundle = {
      input: { spacing: [1, 1, 2], intensity: { low: -1000, high: 400 } },
      modalities: ['CT'],
    };
    const volume = goldenVolume({ kind: 'volume', dims: [16, 16, 8], seed: 3 }, bundle as never);
    expect(sha(volume.data as Float32Array)).toBe('dd9d2e36853653e5');
  });

  it('notices weights of another version under correct checksums', async () => {
    const older = altered('drawn', 'older-weights', (files) => {
      const halves = new Uint16Array(Uint8Array.from(files.get(shard(files))!).buffer);
      // One sign of a thousand: a training that went on for a step changes more.
      for (let n = 0; n < halves.length; n += 1000) halves[n]! ^= 0x8000;
      files.set(shard(files), Buffer.from(halves.buffer));
    });
    await expect(testBundle(older)).rejects.toMatchObject({ code: 'model.self-test' });
    await expect(loadTestedDetector(older)).rejects.toMatchObject({
      code: 'model.self-test',
      details: { file: older },
    });
  });

  it('notices other labels and another calibration under correct checksums', async () => {
    const renamed = altered('drawn', 'renamed', (files) =>
      edit(files, 'bundle.json', (b) => (b['labels'] = ['something else'])),
    );
    await expect(testBundle(renamed)).rejects.toMatchObject({ code: 'model.self-test' });
    const calibrated = altered('drawn', 'calibrated', (files) =>
      edit(files, 'bundle.json', (b) => {
        const expectedCalibrationError = { before: null, after: null };
        b['calibration'] = {
          method: 'platt',
          slope: 1.1,
          intercept: 0.2,
          marks: 9,
          hits: 4,
          expectedCalibrationError,
        };
      }),
    );
    await expect(testBundle(calibrated)).rejects.toMatchObject({ code: 'model.self-test' });
  });

  it('refuses a bundle whose self-test was taken away', async () => {
    const without = altered('drawn', 'without', (files) => files.delete('golden.json'));
    await expect(testBundle(without)).rejects.toMatchObject({ code: 'model.invalid' });
  });

  it('lets older bundles load that have none', async () => {
    const old = altered('drawn', 'old', (files) => {
      files.delete('golden.json');
      edit(files, 'bundle.json', (b) => delete b['selfTest']);
    });
    expect(await testBundle(old)).toBe('none');
    (await loadTestedDetector(old)).dispose();
  });

  it('comes after the checksums: a shard of another bundle is refused by them', async () => {
    const swapped = altered('drawn', 'swapped', (files) => files.set(shard(files), Buffer.alloc(64)), {
      resum: false,
    });
    await expect(testBundle(swapped)).rejects.toMatchObject({ code: 'model.checksum' });
    const relabelled = altered(
      'drawn',
      'relabelled',
      (files) => edit(files, 'bundle.json', (b) => (b['version'] = '9.9.9')),
      { resum: false },
    );
    await expect(testBundle(relabelled)).rejects.toMatchObject({ code: 'model.checksum' });
  });

  it('is not asked which of two bundles of one id is meant', async () => {
    const folder = made('twice');
    cpSync(made('drawn'), join(folder, 'a'), { recursive: true });
    cpSync(made('drawn'), join(folder, 'b'), { recursive: true });
    const { bundles, refused } = await listBundles(folder);
    expect(bundles.map((b) => b.folder)).toEqual([join(folder, 'a')]);
    expect(refused).toMatchObject([{ folder: join(folder, 'b'), error: { code: 'model.invalid' } }]);
  });
});
