import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/app-error';
import type { ExportedFile } from './exported-file';

const temporaryPattern = /^\.regio-export-[0-9a-f]{16}-\d+\.tmp$/;
/** A temporary file this old belongs to an export that was killed. */
const staleAfterMs = 10 * 60 * 1000;

/**
 * Writes all files or none that matters: every file goes to a temporary name in the same folder and to the disk
 * (fsync) first, and only then are they renamed, one after the other. A file under its final name is therefore
 * always whole, and an existing one is replaced only by the rename (RELIABILITY D2).
 * @returns the paths written, in the order given.
 * @throws AppError `export.failed`; temporary files are removed, earlier files of those names are untouched where
 *   writing failed.
 */
export async function writeFilesAtomically(
  folder: string,
  files: readonly ExportedFile[],
): Promise<string[]> {
  checkNames(files);
  const run = randomBytes(8).toString('hex');
  const temporary = files.map((_, i) => join(folder, `.regio-export-${run}-${i}.tmp`));
  try {
    await removeStale(folder);
    for (const [i, file] of files.entries()) await writeDurably(temporary[i]!, file.bytes);
    const paths: string[] = [];
    for (const [i, file] of files.entries()) {
      const path = join(folder, file.name);
      await rename(temporary[i]!, path);
      paths.push(path);
    }
    await syncFolder(folder);
    return paths;
  } catch (error) {
    await Promise.all(temporary.map((path) => rm(path, { force: true }).catch(() => undefined)));
    throw asExportError(error, folder);
  }
}

/**
 * Writes one file from a stream, under a temporary name until it is whole (RELIABILITY D2). What the stream throws is
 * thrown on, and leaves nothing.
 * @throws AppError `export.failed`
 */
export async function writeStreamAtomically(
  folder: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  checkNames([{ name, bytes: new Uint8Array(0) }]);
  const temporary = join(folder, `.regio-export-${randomBytes(8).toString('hex')}-0.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof AppError ? error : asExportError(error, folder);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the renames durable; Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what an export that was killed left in `folder` under temporary names. */
export async function removeStale(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => temporaryPattern.test(name));
  for (const name of names) {
    const path = join(folder, name);
    const age = await stat(path).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    if (age > staleAfterMs) await rm(path, { force: true });
  }
}

function checkNames(files: readonly ExportedFile[]): void {
  const names = new Set(files.map((file) => file.name.toLowerCase()));
  const safe = files.every(({ name }) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name));
  if (!safe || names.size !== files.length)
    throw new RangeError('export file names must be safe and different');
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['The disk is full.', 'Free some space or choose another folder, then export again.'],
  EACCES: ['The folder may not be written to.', 'Choose a folder you may write to.'],
  EPERM: [
    'The folder may not be written to.',
    'Choose a folder you may write to, and close the old report if it is open.',
  ],
  EROFS: ['The folder is read-only.', 'Choose a folder you may write to.'],
  ENOENT: ['The folder does not exist.', 'Choose a folder that exists.'],
  ENOTDIR: ['That is not a folder.', 'Choose a folder.'],
  EISDIR: ['A folder has the name of the report.', 'Choose another folder.'],
  EBUSY: ['The old report is in use.', 'Close it, then export again.'],
};

function asExportError(error: unknown, folder: string): AppError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const [message, hint] = reasons[code] ?? [
    'The report could not be written.',
    'Choose another folder and export again.',
  ];
  return new AppError('export.failed', message, hint, { file: folder }, { cause: error });
}
