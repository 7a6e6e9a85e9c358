import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { polypPhoto } from '../../../test-support/phantoms';
import { exifTiff } from '../../../test-support/write-raster';
import { crc32 } from '../../core/crc32';
import { readOrientation } from './read';

const photo = Buffer.from(encode({ ...polypPhoto(24, 16), channels: 3, depth: 8 }));

/** The picture with one chunk more, behind IHDR. */
function withChunk(kind: string, content: Uint8Array): Buffer {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(kind), content, Buffer.alloc(4)]);
  chunk.writeUInt32BE(content.length, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return Buffer.concat([photo.subarray(0, 33), chunk, photo.subarray(33)]);
}

it.each([1, 3, 6, 8])('reads orientation %i from the eXIf chunk', async (orientation) => {
  expect(await readOrientation(withChunk('eXIf', exifTiff(orientation)))).toBe(orientation);
});

it('is upright without the chunk, with an empty one and with one that runs over the end', async () => {
  expect(await readOrientation(photo)).toBe(1);
  expect(await readOrientation(withChunk('eXIf', Buffer.alloc(0)))).toBe(1);
  const cut = withChunk('eXIf', exifTiff(6));
  cut.writeUInt32BE(0xfffffff0, 33);
  expect(await readOrientation(cut)).toBe(1);
});

// RELIABILITY F4: a quarter of a megabyte of colour profile that holds a quarter of a gigabyte.
it('never expands a colour profile', async () => {
  const profile = deflateSync(Buffer.alloc(2 ** 28));
  const bomb = withChunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), profile]));
  const before = process.resourceUsage().maxRSS;
  const { user } = process.cpuUsage();
  expect(await readOrientation(bomb)).toBe(1);
  expect(process.cpuUsage().user - user).toBeLessThan(200_000);
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024);
});
