import { stat } from 'node:fs/promises';
import { splitCopyPath } from '../core/study/copy-path';
import { copyStore } from './copies/copy-store';
import { openDiskSource, type FileSource } from './dicom/byte-source';
import { tooLarge } from './errors';
import { findMember, openMember } from './zip/member-source';
import { splitMemberPath } from './zip/member-path';

/**
 * Opens a scanned file for reading: on disk, in a zip (see zip/member-path.ts), or a copy in the store (see
 * core/study/copy-path.ts). Close it when done.
 *
 * @throws AppError file.unreadable | file.malformed | file.too-large for what lies in a zip; errors of the file system.
 */
export async function openFileSource(file: string): Promise<FileSource> {
  const copy = splitCopyPath(file);
  if (copy) return copyStore().open(copy.set, copy.name);
  const member = await splitMemberPath(file);
  return member ? openMember(member.zip, member.name) : openDiskSource(file);
}

/** All bytes of a file of at most `limit`. @throws AppError as {@link openFileSource}, file.too-large */
export async function readSmallFile(file: string, limit: number): Promise<Buffer> {
  const source = await openFileSource(file);
  try {
    if (source.size > limit) throw tooLarge(file, 'file', `a file of ${source.size} bytes`);
    return await source.read(0, source.size, 'file');
  } finally {
    await source.close();
  }
}

/** Size, and when it last changed: for a file in a zip, when the zip did. */
export async function statFile(file: string): Promise<{ size: number; mtimeMs: number }> {
  const copy = splitCopyPath(file);
  if (copy) return copyStore().stat(copy.set, copy.name);
  const member = await splitMemberPath(file);
  if (!member) return stat(file);
  return findMember(member.zip, member.name);
}
