import * as yauzl from 'yauzl';
import type { SkippedFile } from '../../core/study/entities';
import { AppError } from '../../core/app-error';
import { openDiskSource, type ByteSource } from '../dicom/byte-source';
import { malformed, tooLarge } from '../errors';
import { maxCompressionRatio, maxVolumeBytes, maxZipEntries, ratioFreeBytes } from '../limits';
import { memberPath } from './member-path';

/** A file in a zip that may be read, by its central directory (APPNOTE.TXT 4.3.12). */
export interface ZipMember {
  readonly name: string;
  readonly deflated: boolean;
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  /** Where its local header stands. */
  readonly header: number;
}

interface ZipDirectory {
  readonly file: string;
  readonly mtimeMs: number;
  readonly members: ReadonlyMap<string, ZipMember>;
  /** Entries that are not read, with reasons. */
  readonly skipped: readonly SkippedFile[];
}

/** The directories of the last few archives: a series of 300 slices is opened slice by slice. */
const known = new Map<string, { size: number; mtimeMs: number; directory: Promise<ZipDirectory> }>();
const maxKnown = 4;

/**
 * Reads a zip's directory, not its entries; again only after the file changed.
 *
 * @throws AppError file.malformed | file.too-large naming the place.
 */
export async function readZipDirectory(file: string): Promise<ZipDirectory> {
  const source = await openDiskSource(file);
  try {
    const { size, mtimeMs } = source;
    const found = known.get(file);
    if (found?.size === size && found.mtimeMs === mtimeMs) return await found.directory;
    const directory = list(source, mtimeMs);
    known.delete(file);
    known.set(file, { size, mtimeMs, directory });
    for (const oldest of known.keys()) if (known.size > maxKnown) known.delete(oldest);
    return await directory;
  } catch (error) {
    known.delete(file);
    if (error instanceof AppError) throw error;
    throw malformed(file, 'zip directory', `the archive is damaged: ${(error as Error).message}`);
  } finally {
    await source.close();
  }
}

async function list(source: ByteSource, mtimeMs: number): Promise<ZipDirectory> {
  const { file, size } = source;
  const zip = await yauzl.fromRandomAccessReaderPromise(new PageReader(source), size, {
    lazyEntries: true,
    autoClose: false,
    // Names and sizes are checked one by one; the library would give up at the first bad one.
    decodeStrings: false,
    validateEntrySizes: false,
  });
  if (zip.entryCount > maxZipEntries) {
    throw tooLarge(file, 'zip directory', `${zip.entryCount} entries, more than ${maxZipEntries}`);
  }
  const members = new Map<string, ZipMember>();
  const skipped: SkippedFile[] = [];
  const places: { start: number; end: number }[] = [];
  for await (const entry of zip.eachEntry()) {
    const flags = entry.generalPurposeBitFlag;
    const raw = entry.fileName as unknown as Buffer;
    const name = yauzl.getFileNameLowLevel(flags, raw, entry.extraFields, false);
    places.push({
      start: entry.relativeOffsetOfLocalHeader,
      end: entry.relativeOffsetOfLocalHeader + 30 + raw.length + entry.compressedSize,
    });
    const fault =
      nameFault(name) ?? (members.has(name) ? 'Another entry has the same name.' : entryFault(entry));
    if (fault !== null) skipped.push({ file: memberPath(file, printable(name)), reason: fault });
    else if (!name.endsWith('/')) {
      members.set(name, {
        name,
        deflated: entry.compressionMethod === 8,
        packed: entry.compressedSize,
        size: entry.uncompressedSize,
        crc: entry.crc32,
        header: entry.relativeOffsetOfLocalHeader,
      });
    }
  }
  await checkCount(zip, source);
  checkPlaces(file, size, places);
  checkTotal(file, [...members.values()]);
  return { file, mtimeMs, members, skipped };
}

/** An archive that counts fewer entries than it lists shows different files to different programs. */
async function checkCount(zip: yauzl.ZipFile, source: ByteSource): Promise<void> {
  // Where the library stopped reading; its types have it as a flag.
  const cursor = zip.readEntryCursor as unknown as number;
  if (cursor + 4 > source.size) return;
  const next = await source.read(cursor, 4, 'zip directory');
  if (next.readUInt32LE(0) === 0x02014b50) {
    throw malformed(source.file, 'zip directory', `more entries than the ${zip.entryCount} that it counts`);
  }
}

/** Why an entry is not read by its name (RELIABILITY F5); null where it may be. */
function nameFault(name: string): string | null {
  // eslint-disable-next-line no-control-regex
  if (name === '' || /[\x00-\x1f\x7f]/.test(name))
    return 'Its name holds characters that no file name holds.';
  if (/^[\\/]/.test(name)) return 'Its name is an absolute path: it would lead out of the archive.';
  if (/^[a-z]:/i.test(name)) return 'Its name starts with a drive letter: it would lead out of the archive.';
  if (name.split(/[\\/]/).includes('..')) return 'Its name leads out of the archive (..).';
  return null;
}

const methods: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

function entryFault(entry: yauzl.Entry): string | null {
  // Unix file types lie in the upper half of the attributes, wherever the archive was made.
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (kind === 0o120000) return 'A link, which is not followed.';
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) return 'Not a regular file.';
  if (entry.isEncrypted()) return 'It is encrypted: unpack the archive with its password first.';
  const method = entry.compressionMethod;
  if (method !== 0 && method !== 8) {
    return `It is compressed by ${methods[method] ?? `method ${method}`}, which is not read: unpack the archive first.`;
  }
  if (entry.uncompressedSize > maxVolumeBytes) return 'It needs more memory than Regio gives one file.';
  return null;
}

/** Entries that share bytes are how a small archive holds petabytes (D. Fifield, "A better zip bomb", 2019). */
function checkPlaces(file: string, size: number, places: { start: number; end: number }[]): void {
  places.sort((a, b) => a.start - b.start);
  places.forEach(({ start, end }, n) => {
    if (end > size)
      throw malformed(file, 'zip directory', `an entry at byte ${start} reaches past the end of the file`);
    const next = places[n + 1];
    if (next && next.start < end)
      throw tooLarge(file, 'zip directory', `two entries share byte ${next.start}`);
  });
}

function checkTotal(file: string, members: readonly ZipMember[]): void {
  const packed = members.reduce((sum, m) => sum + m.packed, 0);
  const size = members.reduce((sum, m) => sum + m.size, 0);
  if (size > 4 * ratioFreeBytes && size > packed * maxCompressionRatio) {
    throw tooLarge(file, 'zip directory', `${packed} compressed bytes claim to hold ${size}`);
  }
}

// eslint-disable-next-line no-control-regex
const printable = (name: string): string => name.slice(0, 200).replace(/[\x00-\x1f\x7f]/g, '?');

const pageBytes = 2 ** 16;

/** The library asks for 46 bytes at a time; pages make one read of a thousand entries. */
class PageReader extends yauzl.RandomAccessReader {
  private page: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(private readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.fill(position, length).then(
      () => {
        this.page.copy(buffer, offset, position - this.at, position - this.at + length);
        callback(null);
      },
      (error: unknown) => callback(error as Error),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  private async fill(position: number, length: number): Promise<void> {
    if (position >= this.at && position + length <= this.at + this.page.length) return;
    const wanted = Math.min(Math.max(length, pageBytes), this.source.size - position);
    this.page = await this.source.read(position, Math.max(length, wanted), 'zip directory');
    this.at = position;
  }
}
