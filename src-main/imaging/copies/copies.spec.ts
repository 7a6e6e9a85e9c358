import { randomBytes } from 'node:crypto';
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom, polypPhoto } from '../../../test-support/phantoms';
import { writeDicomSeries } from '../../../test-support/write-dicom';
import { metaImageBytes, niftiBytes, nrrdBytes, voxelBytes } from '../../../test-support/write-grid';
import { jpegBytes } from '../../../test-support/write-raster';
import { makeZip } from '../../../test-support/write-torch';
import { splitCopyPath } from '../../core/study/copy-path';
import type { ScannedSeries } from '../../core/study/entities';
import { loadImage, loadVolume, scanPaths } from '../index';
import { memorySource } from '../dicom/byte-source';
import { copySeries } from './copy-series';
import { CopyStore, openCopyStore } from './copy-store';
import { openSealed, seal } from './sealed-file';

let folder: string;
let key: Buffer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-copies-'));
  key = randomBytes(32);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);

async function sealed(content: Uint8Array, path = at('x'), with_ = key): Promise<string> {
  const handle = await open(path, 'wx');
  try {
    async function* once(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(content);
    }
    return await seal(handle, with_, content.length, once());
  } finally {
    await handle.close();
  }
}

describe('a sealed file', () => {
  it('gives any part back, whatever its size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 200_000),
        fc.nat(),
        fc.nat(),
        async (size, a, b) => {
          const content = randomBytes(size);
          rmSync(at('x'), { force: true });
          await sealed(content);
          const source = await openSealed(at('x'), key, 'x');
          const from = size === 0 ? 0 : a % size;
          const length = size === 0 ? 0 : b % (size - from + 1);
          expect(
            (await source.read(from, length, 'part')).equals(content.subarray(from, from + length)),
          ).toBe(true);
          await expect(source.read(size, 1, 'part')).rejects.toMatchObject({ code: 'file.malformed' });
          await source.close();
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });

  it('notices each changed, cut, moved or swapped byte, another key, and another salt', async () => {
    const content = Buffer.alloc(150_000, 'MARKPATIENT');
    await sealed(content);
    const good = readFileSync(at('x'));
    expect(good.includes('MARK')).toBe(false);
    const fails = async (bytes: Buffer, with_ = key): Promise<void> => {
      writeFileSync(at('y'), bytes);
      const reads = async (): Promise<void> => {
        const source = await openSealed(at('y'), with_, 'y');
        try {
          await source.read(0, source.size, 'all');
        } finally {
          await source.close();
        }
      };
      await expect(reads()).rejects.toMatchObject({ code: 'file.malformed', details: { field: 'copy' } });
    };
    for (const byte of [0, 8, 39, 40, 48, 49, 65_600, 70_000, good.length - 1]) {
      const bad = Buffer.from(good);
      bad[byte]! ^= 1;
      await fails(bad);
    }
    await fails(good.subarray(0, good.length - 1));
    await fails(Buffer.concat([good, Buffer.alloc(1)]));
    const piece = 65_536 + 16;
    await fails(
      Buffer.concat([
        good.subarray(0, 48),
        good.subarray(48 + piece, 48 + 2 * piece),
        good.subarray(48, 48 + piece),
        good.subarray(48 + 2 * piece),
      ]),
    );
    await fails(good, randomBytes(32));
    rmSync(at('x'));
    await sealed(content);
    const again = readFileSync(at('x'));
    await fails(Buffer.concat([good.subarray(0, 48), again.subarray(48)]));
  });
});

const put = (name: string, bytes: Uint8Array): void => {
  mkdirSync(at('source'), { recursive: true });
  writeFileSync(at('source', name), bytes);
};
const copiesOf = (kind: string): string[] => readdirSync(at('copies', kind)).sort();
const scanned = async (): Promise<readonly ScannedSeries[]> => {
  const { series, skipped } = await scanPaths([at('source')]);
  expect(skipped).toEqual([]);
  return series;
};
const pixelsOf = async (s: ScannedSeries): Promise<Buffer> => {
  const { data } = s.pixels.kind === 'volume' ? await loadVolume(s) : await loadImage(s, 0);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
};

describe('copies of series', () => {
  const head = ctPhantom({ dims: [9, 8, 7], nodules: [] });
  const makeAll = async (): Promise<void> => {
    const ct = ctPhantom({ dims: [20, 16, 9], spacing: [1, 1, 2] });
    await writeDicomSeries(at('source', 'ct'), ct, { syntax: 'jpegls' });
    put('a.nii', niftiBytes(head));
    put(
      'p.hdr',
      niftiBytes(head, { edit: (h) => (h.write('ni1\0', 344, 'latin1'), h.writeFloatLE(0, 108)) }).subarray(
        0,
        348,
      ),
    );
    put('p.img', voxelBytes(head, false));
    const nrrd = nrrdBytes(head, { gzip: false, edit: (lines) => [...lines, 'data file: v.raw'] });
    put('n.nhdr', nrrd.subarray(0, nrrd.indexOf('\n\n') + 2));
    put('v.raw', voxelBytes(head, false));
    put('m.mhd', metaImageBytes(head, { compressed: true, dataFile: 'm.zraw' }));
    put('m.zraw', voxelBytes(head, true));
    put('photo.jpg', jpegBytes(polypPhoto(32, 24), 6));
    put(
      'z.zip',
      makeZip([{ name: 'inner/z.nrrd', bytes: nrrdBytes(ctPhantom({ dims: [5, 6, 7] })), deflated: true }]),
    );
  };

  it('open, with the same pixels, when their sources are gone, and hold nothing to read without the key', async () => {
    await makeAll();
    const before = await scanned();
    expect(before).toHaveLength(7);
    const pixels = await Promise.all(before.map(pixelsOf));
    const steps: number[] = [];
    const copied = await copySeries(openCopyStore(at('copies'), key), before, {
      onProgress: (f) => steps.push(f),
    });
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    rmSync(at('source'), { recursive: true });
    renameSync(at('copies'), at('moved'));
    openCopyStore(at('moved'), key);
    for (const [n, s] of copied.entries()) {
      expect({ ...s, files: [], fileStamps: [] }).toEqual({ ...before[n]!, files: [], fileStamps: [] });
      expect((await pixelsOf(s)).equals(pixels[n]!), s.format).toBe(true);
    }
    for (const file of readdirSync(at('moved', 'files'))) {
      const bytes = readFileSync(at('moved', 'files', file));
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('REGIOC1\n');
      expect(/Phantom|DICM|NRRD/.test(bytes.toString('latin1'))).toBe(false);
      if (process.platform !== 'win32') expect(statSync(at('moved', 'files', file)).mode & 0o077).toBe(0);
    }
    openCopyStore(at('moved'), randomBytes(32));
    await expect(loadVolume(copied[0]!)).rejects.toMatchObject({ code: 'series.missing-files' });
  });

  it('of the same content are kept once, and go when nothing needs them', async () => {
    await makeAll();
    const store = openCopyStore(at('copies'), key);
    const series = await scanned();
    const first = await copySeries(store, series);
    const count = copiesOf('files').length;
    expect(await copySeries(store, series)).toEqual(first);
    // Copies are not copied again.
    expect(await copySeries(store, first)).toEqual(first);
    expect(copiesOf('files')).toHaveLength(count);
    expect(copiesOf('sets')).toHaveLength(7);
    const setOf = (s: ScannedSeries): string => splitCopyPath(s.files[0]!)!.set;
    const kept = first.find((s) => s.format === 'dicom')!;
    writeFileSync(at('copies', 'files', '.tmp-left'), 'half a copy of a killed run');
    await store.prune(new Set([setOf(kept)]));
    expect(copiesOf('sets')).toEqual([setOf(kept)]);
    expect(copiesOf('files')).toHaveLength(9);
    expect((await loadVolume(kept)).data.length).toBe(20 * 16 * 9);
    await store.prune(new Set());
    expect([copiesOf('sets'), copiesOf('files')]).toEqual([[], []]);
  });

  it('refuse a source that changed since the scan, stop when told to, and name what is damaged', async () => {
    await writeDicomSeries(at('source', 'ct'), ctPhantom({ dims: [20, 16, 9] }));
    const store = openCopyStore(at('copies'), key);
    const series = await scanned();
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: (f: number) => void (f > 0.5 && stop.abort()) };
    await expect(copySeries(store, series, options)).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(copiesOf('files').filter((f) => f.startsWith('.tmp'))).toEqual([]);
    const [copied] = await copySeries(store, series);
    const file = series[0]!.files[3]!;
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(2)]));
    await expect(copySeries(store, series)).rejects.toMatchObject({ code: 'series.missing-files' });
    const victim = at('copies', 'files', copiesOf('files')[0]!);
    const bytes = readFileSync(victim);
    bytes[60]! ^= 1;
    writeFileSync(victim, bytes);
    await expect(loadVolume(copied!)).rejects.toMatchObject({ code: 'file.malformed' });
    rmSync(victim);
    await expect(loadVolume(copied!)).rejects.toMatchObject({ code: 'series.missing-files' });
  });

  it('keep names that an object has by itself apart from names of files', async () => {
    const store = new CopyStore(at('copies'), key);
    const source = { ...memorySource('x', Buffer.from('x')), mtimeMs: 1 };
    const set = await store.add(
      ['a'],
      () => Promise.resolve(source),
      () => undefined,
    );
    for (const name of ['constructor', '__proto__', 'b'])
      await expect(store.open(set, name)).rejects.toMatchObject({ code: 'series.missing-files' });
  });
});
