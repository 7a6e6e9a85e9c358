import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeJpegSequential } from '../../../../test-support/encode-jpeg';
import { encodePixels } from '../../../../test-support/encode-pixels';
import { dicomBytes, type DicomFileOptions, type WrittenElement } from '../../../../test-support/write-dicom';
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
/** A slope with texture, the same in every run; frame n is shifted by n. */
const values = (components: number, top: number, frames = 1): number[] =>
  Array.from({ length: columns * rows * components * frames }, (_, n) => {
    const pixel = Math.floor(n / components);
    const [x, y] = [pixel % columns, Math.floor(pixel / columns) % rows];
    const frame = Math.floor(pixel / (columns * rows));
    return (x * 61 + y * 97 + ((x * y) % 7) * 11 + (n % components) * 400 + frame * 5) % (top + 1);
  });
const bytesOf = (list: number[], wide: boolean): Buffer =>
  wide ? Buffer.from(Uint16Array.from(list).buffer) : Buffer.from(list);

interface Made extends Partial<DicomFileOptions> {
  list: number[];
  bitsStored: number;
  photometric?: string;
  signed?: boolean;
  more?: readonly WrittenElement[];
}

async function write(made: Made): Promise<string> {
  const { list, bitsStored, components = 1, frames = 1 } = made;
  const allocated = made.bits === 8 ? 8 : 16;
  const elements: WrittenElement[] = [
    ['00280002', 'US', components],
    ['00280004', 'CS', made.photometric ?? (components === 3 ? 'RGB' : 'MONOCHROME2')],
    ['00280006', 'US', 0],
    ['00280008', 'IS', String(frames)],
    ['00280010', 'US', rows],
    ['00280011', 'US', columns],
    ['00280100', 'US', allocated],
    ['00280101', 'US', bitsStored],
    ['00280102', 'US', bitsStored - 1],
    ['00280103', 'US', made.signed ? 1 : 0],
    ...(made.more ?? []),
  ];
  const file = join(folder, 'made.dcm');
  const options = {
    ...made,
    signed: made.signed ?? false,
    columns,
    rows,
    pixels: bytesOf(list, allocated === 16),
    elements,
  };
  writeFileSync(file, await dicomBytes(options));
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
    expect(await read(await write({ syntax, list: deep, bitsStored: 16, signed: false }))).toEqual(deep);
    const twelve = values(1, 4095, 2);
    for (const more of [{}, { fragmentBytes: 200, offsetTable: true }]) {
      expect(
        await read(await write({ syntax, list: twelve, bits: 12, bitsStored: 12, frames: 2, ...more })),
      ).toEqual(twelve);
    }
    const grey = values(1, 255);
    expect(await read(await write({ syntax, list: grey, bits: 8, bitsStored: 8 }))).toEqual(grey);
    const rgb = values(3, 255);
    expect(await read(await write({ syntax, list: rgb, bits: 8, bitsStored: 8, components: 3 }))).toEqual(
      rgb,
    );
  });

  it('JPEG 2000 of signed samples keeps the sign', async () => {
    const stored = values(1, 4095).map((v) => (v - 2048) & 0xffff);
    const file = await write({ syntax: 'jpeg2000', list: stored, bitsStored: 16, signed: true });
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
      const base = { file: 'made', width: columns, height: rows, components: 3, bitsAllocated: 8 } as const;
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
    const file = await write({ syntax: 'jpeg-12', list, bits: 12, bitsStored: 12 });
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
    const made = { syntax: 'jpeg', list: rgb, bits: 8, bitsStored: 8, components: 3 } as const;
    const asRgb = await read(await write({ ...made, photometric: 'RGB' }), true);
    expect(farthest(asRgb, rgb)).toBeLessThanOrEqual(2);
    const asYbr = await read(await write({ ...made, photometric: 'YBR_FULL' }), true);
    const [y, cb, cr] = rgb as [number, number, number];
    expect(Math.abs(asYbr[0]! - Math.max(0, Math.min(255, y + 1.402 * (cr - 128))))).toBeLessThanOrEqual(3);
    expect(cb).toBeDefined();
  });

  it('of 16 bits shows its upper 8', async () => {
    const rgb = values(3, 65535);
    const file = await write({ list: rgb, bitsStored: 16, components: 3 });
    expect(await read(file)).toEqual(rgb);
    expect(await read(file, true)).toEqual(rgb.map((v) => v >> 8));
  });

  it('of a palette is looked up, plain or in segments', async () => {
    const list = values(1, 7);
    const words = (...w: number[]): Buffer => Buffer.from(Uint16Array.from(w).buffer);
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
    const made = { list, bits: 8, bitsStored: 8, photometric: 'PALETTE COLOR' } as const;
    const want = list.flatMap((v) => [table[v]! >> 8, table[v]! >> 8, table[v]! >> 8]);
    expect(await read(await write({ ...made, more: [...descriptors, ...plain] }), true)).toEqual(want);
    expect(await read(await write({ ...made, more: [...descriptors, ...inSegments] }), true)).toEqual(want);
    await expect(read(await write({ ...made, more: descriptors }), true)).rejects.toMatchObject({
      code: 'file.malformed',
      details: { field: '(0028,1201)' },
    });
  });
});

describe('what a compressed picture announces', () => {
  it('is held against the data set before a library allocates', async () => {
    for (const syntax of ['jpeg', 'jpegls', 'jpeg-lossless', 'jpeg2000', 'htj2k'] as const) {
      const file = await write({ syntax, list: values(1, 255), bits: 8, bitsStored: 8, more: [] });
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
    const file = await write({ syntax: 'rle', list: values(1, 255), bits: 8, bitsStored: 8 });
    const dicom = await openDicom(file);
    const form = { ...readPictureForm(file, dicom), rows: 8000, columns: 8000, bitsAllocated: 16 as const };
    await expect(decodeStored(dicom, form, 0, null)).rejects.toMatchObject({ code: 'file.too-large' });
    await dicom.source.close();
  });
});
