import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { copyPath, splitCopyPath } from '../core/study/copy-path';
import { copyStore } from './copies/copy-store';
import { malformed, unreadable } from './errors';
import { readZipDirectory } from './zip/directory';
import { memberPath, splitMemberPath } from './zip/member-path';

/**
 * Path of the file that a header names as the home of its voxels. It must lie in the header's own folder and be a
 * regular file: a header from elsewhere must not make the program read what it likes (RELIABILITY F5).
 *
 * @throws AppError file.malformed naming `field` for any other place, file.unreadable where it is missing.
 */
export async function besideHeader(header: string, field: string, name: string): Promise<string> {
  const plain = name.replace(/^\.\//, '');
  // Separators of either system, drive letters and streams (C:, name:stream), NUL and control characters.
  // eslint-disable-next-line no-control-regex
  if (plain === '' || plain === '.' || plain === '..' || /[\\/:\x00-\x1f]/.test(plain)) {
    throw malformed(header, field, 'the voxels are said to lie outside the folder of the header');
  }
  const copy = splitCopyPath(header);
  if (copy) {
    if (!(await namesBeside(header)).includes(plain)) throw unreadable(header, { code: 'ENOENT' });
    return copyPath(copy.set, plain);
  }
  const member = await splitMemberPath(header);
  if (member) {
    const path = memberPath(member.zip, posix.join(posix.dirname(member.name), plain));
    if (!(await namesBeside(header)).includes(plain)) throw unreadable(path, { code: 'ENOENT' });
    return path;
  }
  const path = join(dirname(header), plain);
  const found = await lstat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) {
    throw malformed(header, field, 'the voxels are said to lie in something that is no regular file');
  }
  return path;
}

/** Names of what lies in the same folder, on disk or in a zip. */
export async function namesBeside(file: string): Promise<readonly string[]> {
  const copy = splitCopyPath(file);
  if (copy) return copyStore().names(copy.set);
  const member = await splitMemberPath(file);
  if (!member) return readdir(dirname(file));
  const folder = posix.dirname(member.name);
  const { members } = await readZipDirectory(member.zip);
  return [...members.keys()]
    .filter((name) => posix.dirname(name) === folder)
    .map((name) => posix.basename(name));
}
