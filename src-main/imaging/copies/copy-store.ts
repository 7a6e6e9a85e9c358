import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/app-error';
import { copyPath } from '../../core/study/copy-path';
import type { ByteSource, FileSource } from '../dicom/byte-source';
import { openSealed, seal } from './sealed-file';

interface SetEntry {
  readonly content: string;
  readonly size: number;
}
type SetIndex = Readonly<Record<string, SetEntry>>;

const hex64 = /^[0-9a-f]{64}$/;

/**
 * Copies of imported files, sealed (see sealed-file.ts): `files/` holds contents, named by a keyed hash of the content, so
 * that the same content is kept once; `sets/` says which names belong together, named by a keyed hash of what it says.
 * Neither names nor contents can be read, or compared with known files, without the key.
 */
export class CopyStore {
  /** Sets that were read; there is one for each series. */
  private readonly known = new Map<string, Promise<SetIndex>>();

  constructor(
    readonly folder: string,
    readonly key: Uint8Array,
  ) {}

  /**
   * Copies files and reads each copy again before it counts.
   *
   * @param take called for one file after the other; closes its source itself
   * @returns the set; its files have the paths {@link copyPath}
   * @throws AppError store.failed, file.malformed where a source changed meanwhile
   */
  async add(
    names: readonly string[],
    take: (n: number) => Promise<FileSource>,
    onFile: (done: number) => void,
  ): Promise<string> {
    const entries: Record<string, SetEntry> = {};
    for (const [n, name] of names.entries()) {
      const source = await take(n);
      try {
        entries[name] = { content: await this.keep(source, 'files'), size: source.size };
      } finally {
        await source.close();
      }
      onFile(n + 1);
    }
    const bytes = Buffer.from(JSON.stringify(entries));
    return this.keep(inMemory(bytes), 'sets');
  }

  /** @throws AppError series.missing-files, file.malformed where the copy is damaged */
  async open(set: string, name: string): Promise<FileSource> {
    const file = copyPath(set, name);
    const entry = await this.entry(set, name);
    const source = await openSealed(this.pathOf('files', entry.content), this.key, file);
    return { ...source, mtimeMs: 0 };
  }

  async stat(set: string, name: string): Promise<{ size: number; mtimeMs: number }> {
    const { size, content } = await this.entry(set, name);
    await stat(this.pathOf('files', content));
    return { size, mtimeMs: 0 };
  }

  async names(set: string): Promise<string[]> {
    return Object.keys(await this.index(set));
  }

  /** Deletes every set that is not named, and what no set that is left needs. @returns files deleted */
  async prune(keep: ReadonlySet<string>): Promise<number> {
    const needed = new Set<string>();
    let deleted = 0;
    for (const set of await this.list('sets')) {
      if (keep.has(set)) {
        // One that cannot be read keeps everything: what it needs is not known.
        for (const { content } of Object.values(await this.index(set))) needed.add(content);
      }
    }
    const drop = async (kind: 'sets' | 'files', wanted: ReadonlySet<string>): Promise<void> => {
      for (const name of await this.list(kind)) {
        if (wanted.has(name)) continue;
        await rm(this.pathOf(kind, name), { force: true });
        deleted++;
      }
    };
    await drop('sets', keep);
    await drop('files', needed);
    for (const set of this.known.keys()) if (!keep.has(set)) this.known.delete(set);
    return deleted;
  }

  private async entry(set: string, name: string): Promise<SetEntry> {
    const index = await this.index(set);
    // Own keys only: a name like "constructor" is a name.
    if (!Object.prototype.hasOwnProperty.call(index, name))
      throw new AppError('series.missing-files', 'This file is not among the copies.', 'Import it again.', {
        file: copyPath(set, name),
      });
    return index[name]!;
  }

  private index(set: string): Promise<SetIndex> {
    let found = this.known.get(set);
    if (!found) {
      found = this.readIndex(set);
      this.known.set(set, found);
      found.catch(() => this.known.delete(set));
    }
    return found;
  }

  private async readIndex(set: string): Promise<SetIndex> {
    const source = await openSealed(this.pathOf('sets', set), this.key, `regio-copy:${set}`);
    try {
      const bytes = await source.read(0, source.size, 'copy');
      return JSON.parse(bytes.toString('utf8')) as SetIndex;
    } finally {
      await source.close();
    }
  }

  /** @returns keyed hash of the content */
  private async keep(source: ByteSource, kind: 'sets' | 'files'): Promise<string> {
    await mkdir(join(this.folder, kind), { recursive: true, mode: 0o700 });
    const temporary = join(this.folder, kind, `.tmp-${randomBytes(8).toString('hex')}`);
    try {
      const target = await open(temporary, 'wx', 0o600);
      let hash: string;
      try {
        hash = await seal(target, this.key, source.size, piecesOf(source));
        await target.sync();
      } finally {
        await target.close();
      }
      const name = createHmac('sha256', this.key).update(`${kind} ${hash}`).digest('hex');
      if (await stat(this.pathOf(kind, name)).then(Boolean, () => false)) return name;
      await this.verify(temporary, hash);
      await rename(temporary, this.pathOf(kind, name));
      return name;
    } catch (error) {
      throw asCopyError(error);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  private async verify(path: string, expected: string): Promise<void> {
    const copy = await openSealed(path, this.key, 'copy');
    try {
      const hash = createHash('sha256');
      for await (const piece of piecesOf(copy)) hash.update(piece);
      if (hash.digest('hex') !== expected)
        throw new AppError(
          'store.failed',
          'A copy differs from its source.',
          'Check the disk, then try again.',
        );
    } finally {
      await copy.close();
    }
  }

  private pathOf(kind: 'sets' | 'files', name: string): string {
    return join(this.folder, kind, name);
  }

  private async list(kind: 'sets' | 'files'): Promise<string[]> {
    const names = await readdir(join(this.folder, kind)).catch(() => []);
    return names.filter((name) => hex64.test(name) || name.startsWith('.tmp-'));
  }
}

async function* piecesOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.size; at += 2 ** 20)
    yield await source.read(at, Math.min(2 ** 20, source.size - at), 'file');
}

const inMemory = (bytes: Buffer): ByteSource => ({
  file: 'set',
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  close: () => Promise.resolve(),
});

function asCopyError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const full = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC';
  return new AppError(
    'store.failed',
    full
      ? 'The disk is full: the files were not copied into the store.'
      : 'The files could not be copied into the store.',
    full
      ? 'Free some space on the disk of the data folder, then import again.'
      : 'Check the data folder, then import again.',
    undefined,
    { cause: error },
  );
}

/** Keyed by nothing: which store this process reads copies from. */
let opened: { readonly id: string; readonly store: CopyStore } | null = null;

/** From now on, paths of copies are read from this folder. */
export function openCopyStore(folder: string, key: Uint8Array): CopyStore {
  const id = createHash('sha256').update(key).update(folder).digest('hex');
  if (opened?.id !== id) opened = { id, store: new CopyStore(folder, key) };
  return opened.store;
}

/** @throws AppError series.missing-files while no store is open: a copy was named on a command line, say. */
export function copyStore(): CopyStore {
  if (opened) return opened.store;
  throw new AppError(
    'series.missing-files',
    'Copies can be read from within the store alone.',
    'Open the study from the worklist.',
  );
}
