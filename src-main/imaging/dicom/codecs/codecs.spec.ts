import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeJpegSequential } from '../../../../test-support/encode-jpeg';
import { encodePixels } from '../../../../test-support/encode-pixels';
import { madeDicom, madeSamples, words, type MadePicture } from '../../../../test-support/made-dicom';
import type { WrittenElement } from '../../../../test-support/write-dicom';
import { decodeFrame } from '../../wasm-codecs';
import { decodeStored, toRgb } from '../decode';
import { openDicom } from '../open';
import { readPictureForm } from '../picture';
import { decodeJpegPicture } from './jpeg';
import { decodeJpegExtended } from './jpeg-extended';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-codecs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [columns, rows] = [37, 21];
const values = (components: number, top: number, frames = 1): number[] =>
  madeSamples(columns, rows, components, top, frames);
const bytesOf = (list: number[], wide: boolean): Buffer =>
  wide ? Buffer.from(Uint16Array.from(list).buffer) : Buffer.from(list);

async function write(made: MadePicture): Promise<string> {
  const file = join(folder, 'made.dcm');
  writeFileSync(file, await madeDicom({ columns, rows, ...made }));
  return file;
}

async function read(file: string, colours = false): Promise<number[]> {
  const dicom = await openDicom(file);
  try {
    const form = readPictureForm(file, dicom);
    const out: number[] = [];
    for (let n = 0; n < form.frames; n++) {
      const stored = await decodeStored(dicom, form, n, null);
      out.push(...(colours ? toRgb(file, dicom, form, stored) : stored.samples));
    }
    return out;
  } finally {
    await dicom.source.close();
  }
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, v, n) => Math.max(most, Math.abs(v - b[n]!)), a.length === b.length ? 0 : Infinity);

describe('lossless codecs', () => {
  const lossless = ['rle', 'jpeg-lossless', 'jpeg-lossless-57', 'jpegls', 'jpeg2000', 'htj2k'] as const;
  it.each(lossless)('%s gives back 8, 12 and 16 bits of grey, two frames, and colour', async (syntax) => {
    const deep = values(1, 65535);
    expect(await read(await write({ syntax, samples: deep }))).toEqual(deep);
    const twelve = values(1, 4095, 2);
    for (const more of [{}, { fragmentBytes: 200, offsetTable: true }]) {
      expect(
        await read(await write({ syntax, samples: twelve, bitsStored: 12, frames: 2, ...more })),
      ).toEqual(twelve);
    }
    const grey = values(1, 255);
    expect(await read(await write({ syntax, samples: grey, bitsAllocated: 8 }))).toEqual(grey);
    const rgb = values(3, 255);
    expect(await read(await write({ syntax, samples: rgb, components: 3 }))).toEqual(rgb);
  });

  it('JPEG 2000 of signed samples keeps the sign', async () => {
    const stored = values(1, 4095).map((v) => (v - 2048) & 0xffff);
    const file = await write({ syntax: 'jpeg2000', samples: stored, signed: true });
    expect(await read(file)).toEqual(values(1, 4095).map((v) => v - 2048));
  });

  it('what OpenJPH wrote is read by OpenJPEG too, and the same', async () => {
    const form = { width: columns, height: rows, components: 1, bits: 12, signed: false };
    const list = values(1, 4095);
    const encoded = await encodePixels('htj2k', bytesOf(list, true), form);
    const [ours, theirs] = [await decodeFrame('htj2k', encoded), await decodeFrame('jpeg2000', encoded)];
    expect([...new Uint16Array(ours.bytes.buffer)]).toEqual(list);
    expect(Buffer.compare(ours.bytes, theirs.bytes)).toBe(0);
  });
});

describe('JPEG-LS', () => {
  it.each([0, 1, 2] as const)(
    'colours interleaved in mode %i come out pixel by pixel',
    async (interleave) => {
      const form = { width: columns, height: rows, components: 3, bits: 8, signed: false, interleave };
      const list = values(3, 255);
      const bytes = await encodePixels('jpegls', bytesOf(list, false), form);
      const base = {
        file: 'made',
        width: columns,
        height: rows,
        components: 3,
        bitsAllocated: 8,
        scratch: null,
      } as const;
      const decoded = await decodeJpegPicture({ ...base, bytes, photometric: 'RGB', codec: 'jpeg' });
      expect([...decoded.bytes]).toEqual(list);
    },
  );
});

describe('JPEG of 12 bits', () => {
  it.each([0, 1, 3])('is within one of what was written, with %i blocks between restarts', (interval) => {
    const samples = values(1, 4095);
    const encoded = encodeJpegSequential(
      { width: columns, height: rows, components: 1, samples, bits: 12 },
      interval,
    );
    const decoded = decodeJpegExtended(encoded);
    expect(decoded.precision).toBe(12);
    expect(farthest([...decoded.samples], samples)).toBeLessThanOrEqual(2);
  });

  it('of 8 bits equals libjpeg-turbo within one', async () => {
    const samples = values(1, 255);
    const encoded = encodeJpegSequential(
      { width: columns, height: rows, components: 1, samples, bits: 8 },
      2,
    );
    const turbo = await decodeFrame('jpeg', encoded);
    expect(farthest([...decodeJpegExtended(encoded).samples], [...turbo.bytes])).toBeLessThanOrEqual(1);
  });

  it('is read from a file and refused where it is cut off', async () => {
    const list = values(1, 4095);
    const file = await write({ syntax: 'jpeg-12', samples: list, bitsStored: 12 });
    expect(farthest(await read(file), list)).toBeLessThanOrEqual(2);
    const encoded = encodeJpegSequential({
      width: columns,
      height: rows,
      components: 1,
      samples: list,
      bits: 12,
    });
    expect(() => decodeJpegExtended(encoded.subarray(0, encoded.length - 40))).toThrow('ends early');
  });
});

describe('colour', () => {
  it('of a JPEG without a colour marker is what the data set says', async () => {
    const rgb = values(3, 255);
    const made = { syntax: 'jpeg', samples: rgb, components: 3 } as const;
    const asRgb = await read(await write({ ...made, photometric: 'RGB' }), true);
    expect(farthest(asRgb, rgb)).toBeLessThanOrEqual(2);
    const asYbr = await read(await write({ ...made, photometric: 'YBR_FULL' }), true);
    const [y, cb, cr] = rgb as [number, number, number];
    expect(Math.abs(asYbr[0]! - Math.max(0, Math.min(255, y + 1.402 * (cr - 128))))).toBeLessThanOrEqual(3);
    expect(cb).toBeDefined();
  });

  it('of 16 bits shows its upper 8', async () => {
    const rgb = values(3, 65535);
    const file = await write({ samples: rgb, bitsAllocated: 16, components: 3 });
    expect(await read(file)).toEqual(rgb);
    expect(await read(file, true)).toEqual(rgb.map((v) => v >> 8));
  });

  it('of a palette is looked up, plain or in segments', async () => {
    const list = values(1, 7);
    const table = [0, 100, 200, 300, 400, 500, 600, 65535];
    const descriptors = ['00281101', '00281102', '00281103'].map((tag): WrittenElement => [
      tag,
      'US',
      words(8, 0, 16),
    ]);
    const plain = ['00281201', '00281202', '00281203'].map((tag): WrittenElement => [
      tag,
      'OW',
      words(...table),
    ]);
    // Discrete 0; linear to 600 in 6 steps; discrete 65535.
    const inSegments = ['00281221', '00281222', '00281223'].map((tag): WrittenElement => [
      tag,
      'OW',
      words(0, 1, 0, 1, 6, 600, 0, 1, 65535),
    ]);
    const made = { samples: list, bitsAllocated: 8, photometric: 'PALETTE COLOR' } as const;
    const want = list.flatMap((v) => [table[v]! >> 8, table[v]! >> 8, table[v]! >> 8]);
    expect(await read(await write({ ...made, elements: [...descriptors, ...plain] }), true)).toEqual(want);
    expect(await read(await write({ ...made, elements: [...descriptors, ...inSegments] }), true)).toEqual(
      want,
    );
    await expect(read(await write({ ...made, elements: descriptors }), true)).rejects.toMatchObject({
      code: 'file.malformed',
      details: { field: expect.stringMatching(/^\(0028,1201\), absent by byte \d+$/) as string },
    });
  });
});

describe('what a compressed picture announces', () => {
  it('is held against the data set before a library allocates', async () => {
    for (const syntax of ['jpeg', 'jpegls', 'jpeg-lossless', 'jpeg2000', 'htj2k'] as const) {
      const file = await write({ syntax, samples: values(1, 255), bitsAllocated: 8 });
      const dicom = await openDicom(file);
      const form = { ...readPictureForm(file, dicom), rows: rows + 1 };
      await expect(decodeStored(dicom, form, 0, null)).rejects.toMatchObject({
        code: 'file.malformed',
        message: expect.stringContaining(`it holds ${columns} x ${rows} pixels instead of`) as string,
        details: { field: expect.stringMatching(/^\(7FE0,0010\) at byte \d+, frame 1$/) as string },
      });
      await dicom.source.close();
    }
  });

  it('and one frame that claims to hold two hundred times its bytes is refused', async () => {
    const file = await write({ syntax: 'rle', samples: values(1, 255), bitsAllocated: 8 });
    const dicom = await openDicom(file);
    const form = { ...readPictureForm(file, dicom), rows: 8000, columns: 8000, bitsAllocated: 16 as const };
    await expect(decodeStored(dicom, form, 0, null)).rejects.toMatchObject({ code: 'file.too-large' });
    await dicom.source.close();
  });
});
