import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../core/app-error';
import { refuse } from './refuse';
import { isZip, openZip } from './zip';

/** The files of a model to import, out of a folder or a zip archive. */
export interface BundleSource {
  /** As people name it: the folder or archive without its path and extension. */
  readonly name: string;
  has(path: string): Promise<boolean>;
  /** @throws AppError model.invalid where it is missing or larger than `maxBytes` */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** For messages. */
  fileOf(path: string): string;
}

/** Node reads no more at once. */
export const maxModelBytes = 2 ** 31 - 1;

/**
 * @param marker a file every such model has, by which its top folder is found in an archive
 * @throws AppError file.unreadable, model.invalid
 */
export async function openBundleSource(path: string, marker: string): Promise<BundleSource | null> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError(
      'file.unreadable',
      'There is nothing to import at this path.',
      'Give the folder or the zip archive of a model.',
      { file: path },
      { cause },
    );
  });
  const source = found.isDirectory() ? folderSource(path) : await zipSource(path, found.size, marker);
  return source && (await source.has(marker)) ? source : null;
}

function folderSource(folder: string): BundleSource {
  const fileOf = (path: string): string => join(folder, path);
  const sizeOf = async (path: string): Promise<number | null> => {
    const found = await stat(fileOf(path)).catch(() => null);
    return found?.isFile() ? found.size : null;
  };
  return {
    name: basename(folder),
    fileOf,
    has: async (path) => (await sizeOf(path)) !== null,
    async read(path, maxBytes) {
      const size = await sizeOf(path);
      if (size === null) throw refuse(fileOf(path), path, 'it is missing');
      if (size > maxBytes) throw refuse(fileOf(path), path, `it has ${size} bytes, more than ${maxBytes}`);
      return readFile(fileOf(path));
    },
  };
}

async function zipSource(file: string, size: number, marker: string): Promise<BundleSource | null> {
  if (size > maxModelBytes)
    throw refuse(file, 'The archive', `it has ${size} bytes, more than ${maxModelBytes}`);
  const bytes = await readFile(file);
  if (!isZip(bytes)) return null;
  const zip = openZip(bytes, file);
  const tops = zip.names.flatMap((n) =>
    `/${n}`.endsWith(`/${marker}`) ? [n.slice(0, n.length - marker.length)] : [],
  );
  if (tops.length > 1) throw refuse(file, marker, 'the archive holds it more than once');
  const [top] = tops;
  if (top === undefined) return null;
  return {
    name: basename(file).replace(/\.zip$/i, ''),
    fileOf: (path) => `${file}/${top}${path}`,
    has: (path) => Promise.resolve(zip.has(top + path)),
    read: async (path, maxBytes) => zip.read(top + path, maxBytes),
  };
}

/** A JSON object of the model. @throws AppError model.invalid */
export async function readJsonObject(source: BundleSource, path: string): Promise<Record<string, unknown>> {
  const bytes = await source.read(path, 4 * 2 ** 20);
  let raw: unknown = null;
  try {
    raw = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Said below.
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw refuse(source.fileOf(path), path, 'it is not a JSON object');
  return raw as Record<string, unknown>;
}
