import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeImport } from '../../../test-support/judge-import';
import { madeDicom, madeDicomKinds } from '../../../test-support/made-dicom';
import { mutate, mutations } from '../../../test-support/mutate-dicom';
import { seededRandom } from '../../core/seeded-random';
import { scanPaths } from '../index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-hostile-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const slowest = 10_000;
const mostMemory = 512 * 2 ** 20;

describe('DICOM files of every kind', () => {
  it('are imported whole before they are damaged', async () => {
    for (const [name, bytes] of await madeDicomKinds()) {
      const file = join(folder, `${name}.dcm`);
      writeFileSync(file, bytes);
      const judged = await judgeImport(file);
      expect(judged, name).toMatchObject({ complaint: null });
      expect(judged.outcome, name).toMatch(/^imported/);
    }
  });

  // RELIABILITY F2 in small; `node bench/hostile-dicom.mjs` is the whole.
  it('and 2,000 seeded mutants of them are imported, warned of, or refused with their place', async () => {
    const kinds = [...(await madeDicomKinds())];
    const files = kinds.map(([, bytes]) => bytes);
    const random = seededRandom(20_240_131);
    const complaints: string[] = [];
    const outcomes = { imported: 0, 'imported with a warning': 0, refused: 0 };
    const before = process.memoryUsage().rss;
    const file = join(folder, 'mutant.dcm');
    for (let n = 0; n < 2000; n++) {
      const mutation = mutations[n % mutations.length]!;
      const turn = Math.floor(n / mutations.length);
      const [name, bytes] = kinds[turn % kinds.length]!;
      writeFileSync(file, mutate(bytes, mutation, random, files, Math.floor(turn / kinds.length) * 7 + n));
      const started = performance.now();
      const { outcome, complaint } = await judgeImport(file);
      outcomes[outcome]++;
      if (complaint !== null) complaints.push(`${n} ${name} ${mutation}: ${complaint}`);
      if (performance.now() - started > slowest)
        complaints.push(`${n} ${name} ${mutation}: over ${slowest} ms`);
    }
    expect(complaints).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
    // The mutants are neither all harmless nor all refused at the door.
    expect(outcomes.refused).toBeGreaterThan(300);
    expect(outcomes.imported + outcomes['imported with a warning']).toBeGreaterThan(300);
  }, 600_000);
});

describe('bombs', () => {
  const quickAndSmall = async (bytes: Buffer, code: RegExp): Promise<void> => {
    const file = join(folder, 'bomb.dcm');
    writeFileSync(file, bytes);
    const before = process.memoryUsage().rss;
    const { series, skipped } = await scanPaths([file]);
    expect(series).toEqual([]);
    expect(skipped[0]!.reason).toMatch(code);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  };

  it('a deflated data set of 2 MB that holds 2 GiB', async () => {
    const start = (await madeDicom({ syntax: 'deflated' })).subarray(0, 132 + 12 + 100);
    const meta = start.subarray(0, 132 + 12 + start.readUInt32LE(140));
    // Deflate packs zeros about 1000:1: the stream ends where 2 MB are full, the data would go on.
    const megabyte = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 2 });
    const packed = Buffer.concat(Array.from({ length: 2048 }, () => megabyte));
    await quickAndSmall(Buffer.concat([meta, packed]), /expands to more than/);
  });

  it.each(['rle', 'jpegls', 'jpeg2000', 'htj2k', 'jpeg'] as const)(
    'a small %s picture under a data set of 8000 x 8000',
    async (syntax) => {
      const made = {
        syntax,
        columns: 16,
        rows: 16,
        bitsAllocated: 8,
        components: 1,
        modality: 'OT',
      } as const;
      const bytes = await madeDicom({
        ...made,
        elements: [
          ['00280010', 'US', 8000],
          ['00280011', 'US', 8000],
        ],
      });
      await quickAndSmall(bytes, /instead of 8000|ends early|claim to hold|RLE/);
    },
  );

  // A code stream that agrees with the data set, so that only what it takes of each sample gives it away.
  it.each([
    ['jpeg2000', [0xff, 0x51], 6, 4, /compressed bytes claim to hold 8000 x 8000 pixels/],
    ['htj2k', [0xff, 0x51], 6, 4, /compressed bytes claim to hold 8000 x 8000 pixels/],
    ['jpeg', [0xff, 0xc0], 5, 2, /bytes cannot hold 8000 x 8000 pixels/],
    ['jpeg-lossless', [0xff, 0xc3], 5, 2, /bytes cannot hold 64000000 samples/],
  ] as const)(
    'a small %s picture that says 8000 x 8000 itself',
    async (syntax, marker, at, width, reason) => {
      const elements = (['00280010', '00280011'] as const).map((tag) => [tag, 'US', 8000] as const);
      const bytes = await madeDicom({ syntax, columns: 64, rows: 64, bitsAllocated: 8, elements });
      const pixels = bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
      const from = bytes.indexOf(Buffer.from(marker), pixels) + at;
      expect(from).toBeGreaterThan(pixels + at);
      // Image and tile in SIZ (ISO/IEC 15444-1 A.5.1), rows and columns in a frame header (T.81 B.2.2): they are alike.
      const places = width === 4 ? [0, 4, 16, 20] : [0, 2];
      for (const place of places) bytes.writeUIntBE(8000, from + place, width);
      await quickAndSmall(bytes, reason);
    },
  );

  it('a JPEG 2000 picture too large for its library, whatever it takes on disk', async () => {
    const elements = (['00280010', '00280011'] as const).map((tag) => [tag, 'US', 7999] as const);
    const made = await madeDicom({ syntax: 'jpeg2000', columns: 64, rows: 64, elements });
    const pixels = made.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const bytes = Buffer.concat([made.subarray(0, -8), Buffer.alloc(2 ** 20), made.subarray(-8)]);
    // The one fragment behind the empty table reaches over the padding.
    const fragment = pixels + 12 + 8;
    bytes.writeUInt32LE(bytes.readUInt32LE(fragment + 4) + 2 ** 20, fragment + 4);
    const from = bytes.indexOf(Buffer.from([0xff, 0x51]), pixels) + 6;
    for (const place of [0, 4, 16, 20]) bytes.writeUInt32BE(7999, from + place);
    await quickAndSmall(bytes, /7999 x 7999 pixels of 1 samples/);
  });
});
