import { expandedSize, expandPrefix } from '../gunzip';
import { malformed, tooLarge } from '../errors';
import { maxDeflatedDicomBytes } from '../limits';
import { openFileSource } from '../open-source';
import { memorySource, peek, withHead, type ByteSource, type FileSource } from './byte-source';
import type { Dataset } from './dataset';
import {
  ElementReader,
  encodingOf,
  isValueRepresentation,
  NeedMoreBytes,
  type Encoding,
  type PixelDataPlace,
} from './parse';
import { tags } from './tags';

/** A DICOM file whose header was read; pixels are fetched from `source` when asked for. */
export interface OpenDicom {
  readonly meta: Dataset;
  readonly dataset: Dataset;
  readonly transferSyntaxUid: string;
  readonly littleEndian: boolean;
  readonly pixelData: PixelDataPlace | null;
  readonly source: ByteSource;
  readonly stamp: { readonly size: number; readonly mtimeMs: number };
  /** What had to be guessed to read it: plain sentences. */
  readonly warnings: readonly string[];
}

/** What a header seldom passes. */
export const headerBytes = 64 * 1024;
const metaEncoding: Encoding = { explicit: true, littleEndian: true };
const deflated = '1.2.840.10008.1.2.1.99';

/**
 * Opens a Part 10 file (or a bare data set) and reads its header, not its pixels. Close `source` when done.
 *
 * @param isSequence see {@link ElementReader}
 * @throws AppError file.malformed (tag and byte offset in `details.field`), file.unsupported, file.too-large.
 */
export async function openDicom(file: string, isSequence?: (tag: number) => boolean): Promise<OpenDicom> {
  return readDicom(await withHead(await openFileSource(file), headerBytes), isSequence);
}

/** Likewise of an open file, which is then the data set's to close. */
export async function readDicom(disk: FileSource, isSequence?: (tag: number) => boolean): Promise<OpenDicom> {
  try {
    return await readHeaders(disk, disk.mtimeMs, isSequence);
  } catch (error) {
    await disk.close();
    throw error;
  }
}

async function readHeaders(
  disk: ByteSource,
  mtimeMs: number,
  isSequence?: (tag: number) => boolean,
): Promise<OpenDicom> {
  const stamp = { size: disk.size, mtimeMs };
  const head = await peek(disk, 0, Math.min(disk.size, headerBytes), 'header');
  const hasPrefix = head.length >= 132 && head.toString('latin1', 128, 132) === 'DICM';
  const start = hasPrefix ? 132 : 0;
  const { value: meta, end } = await growing(disk, start, metaEncoding, (reader) => reader.readMeta());
  const warnings: string[] = [];
  let transferSyntaxUid = meta.string(tags.transferSyntaxUid);
  if (transferSyntaxUid === '') {
    // Without one, only what stands there can tell; compressed pixels are refused later, by their length.
    if (end + 6 > head.length) throw malformed(disk.file, '(0002,0010)', 'the transfer syntax is missing');
    transferSyntaxUid = guessSyntax(head, end);
    if (hasPrefix) warnings.push('The file names no transfer syntax; it was told from its first element.');
  }
  let encoding = encodingOf(disk.file, transferSyntaxUid);
  const source = transferSyntaxUid === deflated ? await inflate(disk, end) : disk;
  const offset = source === disk ? end : 0;
  if (transferSyntaxUid !== deflated && end + 6 <= head.length) {
    const explicit = isValueRepresentation(head.toString('latin1', end + 4, end + 6));
    if (explicit !== encoding.explicit && encoding.littleEndian) {
      encoding = { ...encoding, explicit };
      warnings.push(
        `Its elements are written with ${explicit ? 'explicit' : 'implicit'} types, contrary to its transfer syntax.`,
      );
    }
  }
  const { value } = await growing(source, offset, encoding, (reader) => reader.readDataset(), isSequence);
  return { meta, ...value, transferSyntaxUid, littleEndian: encoding.littleEndian, source, stamp, warnings };
}

/** Reads with the first bytes, and again with more where an element reaches past them. */
async function growing<T>(
  source: ByteSource,
  start: number,
  encoding: Encoding,
  read: (reader: ElementReader) => T,
  isSequence?: (tag: number) => boolean,
): Promise<{ value: T; end: number }> {
  let wanted = Math.min(source.size, headerBytes);
  for (;;) {
    const bytes = await peek(source, 0, wanted, 'header');
    const reader = new ElementReader(source.file, bytes, source.size, start, encoding, isSequence);
    try {
      return { value: read(reader), end: reader.position };
    } catch (error) {
      if (!(error instanceof NeedMoreBytes)) throw error;
      wanted = Math.min(source.size, Math.max(error.bytes, wanted * 4));
    }
  }
}

/** A bare data set names no syntax: two letters after the tag mean explicit VR, group 0008 turned round big endian. */
function guessSyntax(head: Buffer, at: number): string {
  if (!isValueRepresentation(head.toString('latin1', at + 4, at + 6))) return '1.2.840.10008.1.2';
  return head.readUInt16LE(at) === 0x0800 ? '1.2.840.10008.1.2.2' : '1.2.840.10008.1.2.1';
}

/** PS3.5 A.5: everything after the meta group is one raw deflate stream. */
async function inflate(disk: ByteSource, from: number): Promise<ByteSource> {
  const packed = await disk.read(from, disk.size - from, 'deflated data set');
  const size = await expandedSize(disk.file, packed, maxDeflatedDicomBytes);
  if (size > maxDeflatedDicomBytes) {
    throw tooLarge(disk.file, 'deflated data set', `it expands to more than ${maxDeflatedDicomBytes} bytes`);
  }
  const { buffer, byteOffset, byteLength } = await expandPrefix(disk.file, packed, size, 'raw-deflate');
  await disk.close();
  return memorySource(disk.file, Buffer.from(buffer, byteOffset, byteLength));
}
