import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { polypPhoto } from '../../../test-support/phantoms';
import { exifTiff, jpegBytes } from '../../../test-support/write-raster';
import { tiffBytes, type TiffOptions, type TiffPicture } from '../../../test-support/write-tiff';
import { canvas, chunk, riff, webpBytes } from '../../../test-support/write-webp';
import { seededRandom } from '../../core/seeded-random';
import { loadImage, openSeries, scanPaths } from '../index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-pictures-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** A ramp with noise: runs, repeated strings and neither. */
function picture(samples: number, bits: 8 | 16, width = 53, height = 37): TiffPicture & { data: number[] } {
  const random = seededRandom(7 * samples + bits);
  const data = Array.from({ length: width * height * samples }, (_, n) => {
    const x = Math.floor(n / samples) % width;
    const top = bits === 8 ? 256 : 65_536;
    return x < 20 ? (x * 3 * (top / 256)) % top : Math.floor(random() * top);
  });
  return { width, height, samples, bits, data };
}

/** Index of the first sample that differs; much faster than toEqual on thousands of numbers. */
const firstDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Array.prototype.findIndex.call(a, (v: number, n: number) => v !== b[n]) : -2;

async function one(name: string, bytes: Buffer | Uint8Array) {
  writeFileSync(at(name), bytes);
  const { series, skipped } = await scanPaths([at(name)]);
  expect(skipped).toEqual([]);
  return { series: series[0]!, image: await loadImage(series[0]!, 0) };
}

describe('TIFF', () => {
  const forms: readonly TiffOptions[] = (['none', 'lzw', 'deflate', 'packbits'] as const).flatMap(
    (compression) => [
      { compression },
      { compression, bigEndian: true, rowsPerStrip: 5 },
      { compression, tile: 16, predicted: true },
      { compression, planar: true, rowsPerStrip: 8, predicted: true, bigEndian: true },
    ],
  );
  it.each(forms.map((form) => [JSON.stringify(form), form] as const))('%s is exact', async (_name, form) => {
    for (const samples of [1, 3]) {
      for (const bits of [8, 16] as const) {
        const p = picture(samples, bits);
        const { series, image } = await one('x.tif', tiffBytes([p], form));
        expect(series).toMatchObject({
          format: 'tiff',
          pixels: { kind: 'image', frames: 1, pixelSpacing: null },
        });
        // Grey keeps its 16 bits; colours come as 8.
        const expected = Array.from(p.data, (v) => (samples === 3 && bits === 16 ? v >> 8 : v));
        expect(firstDifference(image.data, expected)).toBe(-1);
        expect([image.width, image.height, image.channels]).toEqual([53, 37, samples]);
      }
    }
  });

  it('leaves alpha out, turns white-is-zero round, looks colours up, keeps signs', async () => {
    const rgba = picture(4, 8);
    const shown = Array.from(rgba.data).filter((_, n) => n % 4 < 3);
    expect(Array.from((await one('a.tif', tiffBytes([rgba]))).image.data)).toEqual(shown);
    const grey = picture(1, 8);
    const white = await one('b.tif', tiffBytes([grey], { tags: { 262: [0] } }));
    expect(Array.from(white.image.data)).toEqual(Array.from(grey.data, (v) => 255 - v));
    const palette = Array.from({ length: 768 }, (_, n) => ((n * 331) % 65_536) & 0xff00);
    const looked = await one('c.tif', tiffBytes([grey], { tags: { 262: [3], 320: palette } }));
    const rgb = Array.from(grey.data).flatMap((v) => [0, 256, 512].map((c) => palette[c + v]! >> 8));
    expect(Array.from(looked.image.data)).toEqual(rgb);
    const signed = await one('d.tif', tiffBytes([picture(1, 16)], { tags: { 339: [2] } }));
    expect(Array.from(signed.image.data)).toEqual(Array.from(Int16Array.from(picture(1, 16).data)));
    expect(signed.series.pixels.voxelType).toBe('int16');
  });

  it('shows its pages, and says how many of another form are left out', async () => {
    const pages = [1, 2, 3].map((n) => ({ ...picture(1, 16), data: picture(1, 16).data.map((v) => v >> n) }));
    const { series } = await one(
      'x.tif',
      tiffBytes([...pages, picture(1, 8, 10, 10)], { compression: 'lzw' }),
    );
    expect(series.pixels).toMatchObject({ frames: 3, width: 53, height: 37 });
    expect(series.warnings.join()).toMatch(/1 further picture of the file .* left out/);
    const reader = await openSeries(series);
    for (const n of [2, 0, 1]) expect(Array.from(await reader.readSlice(n))).toEqual(pages[n]!.data);
    await expect(reader.readSlice(3)).rejects.toMatchObject({ code: 'request.invalid' });
    await reader.close();
    const all = pages.flatMap((p) => Array.from(p.data));
    expect(series.pixels.valueRange).toEqual([Math.min(...all), Math.max(...all)]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('is turned upright by orientation %i as a JPEG is', async (orientation) => {
    const photo = polypPhoto(24, 16, { x: 6, y: 4, radius: 3 });
    const tiff = { width: 24, height: 16, samples: 3, bits: 8, data: photo.data } as const;
    const { image } = await one('x.tif', tiffBytes([tiff], { tags: { 274: [orientation] } }));
    const jpeg = (await one('x.jpg', jpegBytes(photo, orientation))).image;
    expect([image.width, image.height]).toEqual([jpeg.width, jpeg.height]);
    const apart = Array.from(image.data).reduce((sum, v, n) => sum + Math.abs(v - jpeg.data[n]!), 0);
    expect(apart / image.data.length).toBeLessThan(6);
  });

  const small = picture(1, 8);
  const circle = (): Buffer => {
    const bytes = tiffBytes([small]);
    bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4);
    return bytes;
  };
  const hostile: readonly (readonly [string, () => Buffer, string])[] = [
    [
      '30000 x 30000 pixels',
      () => tiffBytes([small], { tags: { 256: [30_000], 257: [30_000] } }),
      'ImageWidth',
    ],
    ['no pixels', () => tiffBytes([small], { tags: { 256: [0] } }), 'ImageWidth'],
    ['no width', () => tiffBytes([small], { tags: { 256: null } }), 'tag 256'],
    ['200 samples a pixel', () => tiffBytes([small], { tags: { 277: [200] } }), 'SamplesPerPixel'],
    ['12 bits', () => tiffBytes([small], { tags: { 258: [12] } }), 'BitsPerSample'],
    ['floats', () => tiffBytes([small], { tags: { 339: [3] } }), 'SampleFormat'],
    ['CMYK', () => tiffBytes([picture(4, 8)], { tags: { 262: [5] } }), 'PhotometricInterpretation'],
    ['JPEG inside', () => tiffBytes([small], { tags: { 259: [7] } }), 'Compression'],
    ['an unknown compression', () => tiffBytes([small], { tags: { 259: [12_345] } }), 'Compression'],
    ['a float predictor', () => tiffBytes([small], { tags: { 317: [3] } }), 'Predictor'],
    ['strips outside the file', () => tiffBytes([small], { tags: { 273: [4_000_000] } }), 'StripOffsets'],
    ['strips of no rows', () => tiffBytes([small], { tags: { 278: [0] } }), 'RowsPerStrip'],
    ['too few strips', () => tiffBytes([small], { tags: { 278: [1] } }), 'tag 273'],
    [
      'tiles larger than the picture',
      () => tiffBytes([small], { tile: 16, tags: { 322: [32_000] } }),
      'TileWidth',
    ],
    ['directories in a circle', circle, 'IFD'],
    ['a cut directory', () => tiffBytes([small]).subarray(0, -40), 'IFD, byte'],
    ['a cut header', () => tiffBytes([small]).subarray(0, 6), 'header, byte 0'],
    ['BigTIFF', () => Buffer.concat([Buffer.from('II+\0\x08\0\0\0', 'latin1'), Buffer.alloc(32)]), 'header'],
    ['a strip of too few bytes', () => tiffBytes([small], { tags: { 279: [100] } }), 'strip 0'],
    ['a damaged deflate strip', () => tiffBytes([small], { tags: { 259: [8] } }), 'strip 0'],
    ['damaged LZW', () => tiffBytes([small], { tags: { 259: [5] } }), 'strip 0'],
    [
      'a deflate strip that holds more than a strip',
      () =>
        tiffBytes([{ ...small, height: 370, data: new Uint8Array(53 * 370) }], {
          compression: 'deflate',
          tags: { 257: [37], 278: [37] },
        }),
      'strip 0',
    ],
  ];
  it.each(hostile)('with %s is refused by its tag', async (_what, bytes, field) => {
    writeFileSync(at('x.tif'), bytes());
    const { series, skipped } = await scanPaths([folder]);
    expect(series).toEqual([]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]!.reason).toContain('x.tif');
    expect(skipped[0]!.field).toContain(field);
  });
});

describe('WebP', () => {
  const photo = polypPhoto(30, 20, { x: 8, y: 6, radius: 4 });

  it('comes out pixel by pixel, in px', async () => {
    const { series, image } = await one('x.webp', webpBytes(photo));
    expect(series).toMatchObject({ format: 'webp', pixels: { channels: 3, pixelSpacing: null } });
    expect(Array.from(image.data)).toEqual(Array.from(photo.data));
  });

  it('is turned upright by its EXIF chunk', async () => {
    const upright = (await one('x.webp', webpBytes(photo, exifTiff(6)))).image;
    const same = (
      await one('y.webp', webpBytes(photo, Buffer.concat([Buffer.from('Exif\0\0'), exifTiff(6)])))
    ).image;
    expect([upright.width, upright.height]).toEqual([20, 30]);
    expect(same.data).toEqual(upright.data);
    // Orientation 6: the stored top left is seen top right.
    expect(Array.from(upright.data.slice(3 * 19, 3 * 20))).toEqual(Array.from(photo.data.slice(0, 3)));
  });

  const key = (w: number, h: number): Buffer => {
    const body = Buffer.alloc(40);
    body.writeUIntBE(0x9d012a, 3, 3);
    body.writeUInt16LE(w, 6);
    body.writeUInt16LE(h, 8);
    return body;
  };
  const lossless = (w: number, h: number): Buffer => {
    const body = Buffer.alloc(40);
    body[0] = 0x2f;
    body.writeUInt32LE(((w - 1) | ((h - 1) << 14)) >>> 0, 1);
    return body;
  };
  it.each([
    ['16383 x 16383', () => riff([chunk('VP8 ', key(16_383, 16_383))]), 'VP8'],
    ['16384 x 16384 without loss', () => riff([chunk('VP8L', lossless(16_384, 16_384))]), 'VP8'],
    ['5000 x 5000 in 40 bytes', () => riff([chunk('VP8L', lossless(5000, 5000))]), 'VP8'],
    ['an animation', () => riff([chunk('VP8X', canvas(8, 8, 0b10)), chunk('ANIM', Buffer.alloc(6))]), 'VP8X'],
    ['another canvas', () => riff([chunk('VP8X', canvas(9, 9, 0)), chunk('VP8 ', key(8, 8))]), 'VP8X'],
    ['no picture', () => riff([chunk('EXIF', exifTiff(1))]), 'VP8'],
    ['no key frame', () => riff([chunk('VP8 ', Buffer.alloc(40, 1))]), 'VP8'],
    ['damaged data', () => riff([chunk('VP8L', lossless(64, 64))]), 'VP8'],
    ['a cut file', () => webpBytes(photo).subarray(0, 60), 'RIFF'],
    ['a chunk over the end', () => riff([chunk('VP8L', lossless(8, 8)).fill(255, 4, 8)]), 'VP8L'],
  ] as const)('of %s is refused by its chunk', async (_what, bytes, field) => {
    writeFileSync(at('x.webp'), bytes());
    const { series, skipped } = await scanPaths([folder]);
    expect(series).toEqual([]);
    expect(skipped).toMatchObject([{ file: at('x.webp'), field }]);
  });
});

describe('PNG and JPEG', () => {
  it('PNG keeps 16 bits of grey, and makes 8 of 16-bit colours', async () => {
    const grey = picture(1, 16);
    const bytes = encodePng({
      width: 53,
      height: 37,
      channels: 1,
      depth: 16,
      data: Uint16Array.from(grey.data),
    });
    const { series, image } = await one('x.png', bytes);
    expect(series.pixels).toMatchObject({ voxelType: 'uint16', pixelSpacing: null });
    expect(Array.from(image.data)).toEqual(grey.data);
    const rgb = picture(3, 16);
    const colour = encodePng({
      width: 53,
      height: 37,
      channels: 3,
      depth: 16,
      data: Uint16Array.from(rgb.data),
    });
    expect(Array.from((await one('y.png', colour)).image.data)).toEqual(Array.from(rgb.data, (v) => v >> 8));
  });

  const sof = (edit: (bytes: Buffer, sof: number) => Buffer | undefined): Buffer => {
    const bytes = jpegBytes(polypPhoto(16, 16));
    return edit(bytes, bytes.indexOf(Buffer.from([0xff, 0xc0]))) ?? bytes;
  };
  it.each([
    ['12 bits', () => sof((b, p) => void (b[p + 4] = 12)), 'SOF', /a JPEG of 12 bits/],
    ['no loss', () => sof((b, p) => void (b[p + 1] = 0xc3)), 'SOF', /a JPEG that is lossless/],
    ['arithmetic coding', () => sof((b, p) => void (b[p + 1] = 0xc9)), 'SOF', /coded arithmetically/],
    ['a hierarchy', () => sof((b, p) => void (b[p + 1] = 0xc5)), 'SOF', /hierarchical/],
    [
      '8000 x 8000 in few bytes',
      () => sof((b, p) => void b.fill(Buffer.from([31, 64, 31, 64]), p + 5, p + 9)),
      'SOF',
      /bytes cannot hold 8000 x 8000/,
    ],
    [
      '10,000 scans',
      () => sof((b) => Buffer.concat([b.subarray(0, -2), Buffer.alloc(20_000, Buffer.from([0xff, 0xda]))])),
      'SOS',
      /10001 scans/,
    ],
  ] as const)('JPEG of %s is refused by name', async (_what, bytes, field, reason) => {
    writeFileSync(at('x.jpg'), bytes());
    const { series, skipped } = await scanPaths([folder]);
    expect(series).toEqual([]);
    expect(skipped).toMatchObject([{ file: at('x.jpg'), field }]);
    expect(skipped[0]!.reason).toMatch(reason);
  });
});
