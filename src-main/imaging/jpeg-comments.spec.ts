import { describe, expect, it } from 'vitest';
import { encodePixels, type CompressedSyntax } from '../../test-support/encode-pixels';
import { polypPhoto } from '../../test-support/phantoms';
import { jpegBytes } from '../../test-support/write-raster';
import { blankComments } from './jpeg-comments';

const mark = Buffer.from('MARKTEXT');
const segment = (marker: number, body: Uint8Array): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};
/** Two bytes of Rcme (1: Latin text) before the text. */
const j2kComment = segment(0x64, Buffer.concat([Buffer.from([0, 1]), mark]));
const grey = Buffer.from(Uint16Array.from({ length: 48 * 40 }, (_, n) => (n * 37) % 4000).buffer);
const encoded = async (syntax: CompressedSyntax): Promise<Buffer> =>
  Buffer.from(
    await encodePixels(syntax, grey, { width: 48, height: 40, components: 1, bits: 12, signed: false }),
  );

describe('what a compressed frame says beside its pixels', () => {
  it.each([['jpeg2000'], ['jpeg2000-lossy'], ['htj2k']] as const)(
    'is blanked in %s: comments of the main header and of the first tile, and what follows the end',
    async (syntax) => {
      const plain = await encoded(syntax);
      const sod = plain.indexOf(Buffer.from([0xff, 0x93]));
      const sot = plain.indexOf(Buffer.from([0xff, 0x90]));
      expect(Math.min(sot, sod)).toBeGreaterThan(0);
      const frame = Buffer.concat([
        plain.subarray(0, sot),
        j2kComment,
        plain.subarray(sot, sod),
        j2kComment,
        plain.subarray(sod),
        mark,
      ]);
      // The tile-part is longer by its comment; one that says nothing of its length stays so.
      const psot = sot + j2kComment.length + 6;
      if (frame.readUInt32BE(psot) > 0)
        frame.writeUInt32BE(frame.readUInt32BE(psot) + j2kComment.length, psot);
      const open = Buffer.from(frame);
      open.writeUInt32BE(0, psot);
      for (const made of [frame, open]) {
        const expected = Buffer.from(made.toString('latin1').replaceAll('MARKTEXT', ' '.repeat(8)), 'latin1');
        expected.fill(0, expected.length - mark.length);
        expect(blankComments(made)).toBeGreaterThanOrEqual(3);
        expect(made.includes('MARK')).toBe(false);
        // The coder's own comment goes too; the rest is untouched.
        expect(made.subarray(sot + j2kComment.length)).toEqual(expected.subarray(sot + j2kComment.length));
      }
    },
  );

  it.each(['jpegls', 'jpeg-lossless'] as const)('is blanked in %s', async (syntax) => {
    const plain = await encoded(syntax);
    const frame = Buffer.concat([
      plain.subarray(0, 2),
      segment(0xfe, mark),
      segment(0xe5, mark),
      plain.subarray(2),
      mark,
    ]);
    expect(blankComments(frame)).toBe(3);
    expect(frame.includes('MARK')).toBe(false);
    expect(frame.subarray(2 + 2 * (4 + mark.length), -mark.length)).toEqual(plain.subarray(2));
  });

  it('is blanked in JPEG, and the end marker is not mistaken for one of a thumbnail', () => {
    const plain = jpegBytes(polypPhoto(32, 24));
    const thumbnail = segment(
      0xe1,
      Buffer.concat([Buffer.from('Exif\0\0'), plain.subarray(0, 400), Buffer.from([0xff, 0xd9]), mark]),
    );
    const frame = Buffer.concat([plain.subarray(0, 2), thumbnail, plain.subarray(2), mark]);
    blankComments(frame);
    expect(frame.includes('MARK')).toBe(false);
    expect(frame.subarray(2 + thumbnail.length + 18, -mark.length)).toEqual(plain.subarray(2 + 18));
  });

  it('cannot be blanked where boxes lie around the stream', () => {
    expect(blankComments(Buffer.from('0000000c6a5020200d0a870a', 'hex'))).toBeNull();
  });
});
