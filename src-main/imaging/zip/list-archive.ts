import type { SkippedFile } from '../../core/study/entities';
import { readZipDirectory } from './directory';
import { memberPath, splitMemberPath } from './member-path';

/**
 * The files of a zip by their paths (see member-path.ts), and the entries that are not read, with reasons.
 *
 * @throws AppError file.malformed | file.too-large naming the place.
 */
export async function listArchive(file: string): Promise<{ files: string[]; skipped: SkippedFile[] }> {
  const none = (reason: string) => ({ files: [], skipped: [{ file, reason }] });
  if (await splitMemberPath(file)) return none('An archive inside an archive: unpack it first.');
  const { members, skipped } = await readZipDirectory(file);
  if (members.has('[Content_Types].xml')) return none('An office document, not an image.');
  if (members.size === 0 && skipped.length === 0) return none('The archive is empty.');
  return { files: [...members.keys()].map((name) => memberPath(file, name)), skipped: [...skipped] };
}
