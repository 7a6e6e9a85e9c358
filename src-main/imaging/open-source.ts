import { stat } from 'node:fs/promises';
import { openDiskSource, type FileSource } from './dicom/byte-source';
import { findMember, openMember } from './zip/member-source';
import { splitMemberPath } from './zip/member-path';

/**
 * Opens a scanned file for reading, on disk or in a zip (see zip/member-path.ts). Close it when done.
 *
 * @throws AppError file.unreadable | file.malformed | file.too-large for what lies in a zip; errors of the file system.
 */
export async function openFileSource(file: string): Promise<FileSource> {
  const member = await splitMemberPath(file);
  return member ? openMember(member.zip, member.name) : openDiskSource(file);
}

/** Size, and when it last changed: for a file in a zip, when the zip did. */
export async function statFile(file: string): Promise<{ size: number; mtimeMs: number }> {
  const member = await splitMemberPath(file);
  if (!member) return stat(file);
  return findMember(member.zip, member.name);
}
