import { crc32 } from '../../core/crc32';
import {
  checkRange,
  memorySource,
  openDiskSource,
  type ByteSource,
  type FileSource,
} from '../dicom/byte-source';
import { malformed, unreadable } from '../errors';
import { refuseBomb } from '../gunzip';
import { expanded } from '../voxel-bytes';
import { readZipDirectory, type ZipMember } from './directory';
import { memberPath } from './member-path';

/** @throws AppError file.unreadable where the zip has no such entry. */
export async function findMember(zip: string, name: string): Promise<ZipMember & { mtimeMs: number }> {
  const { members, mtimeMs } = await readZipDirectory(zip);
  const member = members.get(name);
  if (!member) throw unreadable(memberPath(zip, name), { code: 'ENOENT' });
  return { ...member, mtimeMs };
}

/**
 * A file in a zip as a byte source: stored ones are windows of the zip, deflated ones are expanded in memory, and no
 * further than what is asked for. Nothing is written to disk.
 *
 * @throws AppError file.unreadable, file.malformed, file.too-large.
 */
export async function openMember(zip: string, name: string): Promise<FileSource> {
  const file = memberPath(zip, name);
  const member = await findMember(zip, name);
  const { mtimeMs } = member;
  if (member.size === 0) return { ...memorySource(file, Buffer.alloc(0)), mtimeMs };
  refuseBomb(file, 'zip entry', member.packed, member.size);
  const disk = await openDiskSource(zip);
  try {
    const start = await dataStart(file, disk, member);
    if (member.deflated) return { ...new ExpandedMember(file, disk, member, start).source(), mtimeMs };
    if (member.packed !== member.size) {
      throw malformed(file, 'zip entry', `${member.size} bytes are promised, ${member.packed} are stored`);
    }
    return {
      file,
      size: member.size,
      mtimeMs,
      read: (offset, length, what) => {
        checkRange(file, member.size, offset, length, what);
        return disk.read(start + offset, length, what);
      },
      close: () => disk.close(),
    };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** The local header's name and extra field may be longer than the directory's (APPNOTE.TXT 4.3.7). */
async function dataStart(file: string, disk: ByteSource, member: ZipMember): Promise<number> {
  const local = await disk.read(member.header, 30, 'zip entry');
  if (local.readUInt32LE(0) !== 0x04034b50) throw malformed(file, 'zip entry', 'its local header is missing');
  const start = member.header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + member.packed > disk.size) throw malformed(file, 'zip entry', 'the archive ends inside it');
  return start;
}

const firstBytes = 2 ** 16;

class ExpandedMember {
  private buffer = Buffer.alloc(0);
  private filled = 0;
  private readonly stream: AsyncGenerator<Buffer>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly disk: ByteSource,
    private readonly member: ZipMember,
    start: number,
  ) {
    this.stream = expanded({ ...disk, file }, start, 'deflate', start + member.packed);
  }

  source(): ByteSource {
    const { file, member } = this;
    return {
      file,
      size: member.size,
      read: async (offset, length, what) => {
        checkRange(file, member.size, offset, length, what);
        const turn = this.last.then(() => this.expandTo(offset + length));
        this.last = turn.catch(() => undefined);
        await turn;
        return this.buffer.subarray(offset, offset + length);
      },
      close: async () => {
        await this.stream.return(undefined);
        await this.disk.close();
      },
    };
  }

  private async expandTo(end: number): Promise<void> {
    const { file, member } = this;
    if (this.filled >= end) return;
    while (this.filled < end) {
      const { value: chunk, done } = await this.stream.next();
      if (done)
        throw malformed(file, 'zip entry', `${member.size} bytes are promised, ${this.filled} are there`);
      if (this.filled + chunk.length > member.size) {
        throw malformed(
          file,
          'zip entry',
          `it expands to more than the ${member.size} bytes that are promised`,
        );
      }
      this.room(this.filled + chunk.length);
      this.filled += chunk.copy(this.buffer, this.filled);
    }
    if (this.filled === member.size && crc32(this.buffer.subarray(0, member.size)) !== member.crc) {
      this.filled = 0;
      throw malformed(file, 'zip entry', 'its checksum is wrong: the archive is damaged');
    }
  }

  /** Grows in doubles: a header at the start of a large entry costs little. */
  private room(wanted: number): void {
    if (wanted <= this.buffer.length) return;
    const larger = Buffer.alloc(
      Math.min(this.member.size, Math.max(wanted, 2 * this.buffer.length, firstBytes)),
    );
    this.buffer.copy(larger, 0, 0, this.filled);
    this.buffer = larger;
  }
}
