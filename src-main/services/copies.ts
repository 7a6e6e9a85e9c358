import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScannedSeries } from '../contract/entities';
import type { Engine, EngineCallOptions, EngineInput, EngineMethod } from '../contract/engine-protocol';
import { isCopied, splitCopyPath } from '../core/study/copy-path';
import type { Store } from '../storage';
import { mutable } from './mutable';

/**
 * Copies of imported files (docs/adr/0006): the engine reads and writes them, the store keeps their key. One at a time adds
 * or deletes, so that nothing is deleted that an import is about to need. Who has the store open is alone (storage/lock.ts).
 */
export class Copies {
  private last: Promise<unknown> = Promise.resolve();
  private readonly folder: string;

  constructor(
    private readonly store: Store,
    private readonly inner: Engine,
  ) {
    this.folder = join(store.folder, 'copies');
  }

  /** The engine, told where the copies are before each call that names some: it may have been started anew. */
  engine(): Engine {
    const { inner } = this;
    return {
      call: async (method, input, options) => {
        if (namesCopies(input)) await inner.call('openCopies', this.place());
        return inner.call(method, input, options);
      },
      close: () => inner.close(),
    };
  }

  /**
   * Copies the files, then lets `put` write the series into the store; what was copied in vain is deleted.
   *
   * @param put must be done when it returns
   */
  add<T>(
    series: readonly ScannedSeries[],
    options: EngineCallOptions,
    put: (copied: ScannedSeries[]) => T,
  ): Promise<T> {
    return this.alone(async () => {
      try {
        mkdirSync(this.folder, { recursive: true, mode: 0o700 });
        this.mark();
        const input = { ...this.place(), series: mutable([...series]) };
        const outcome = put(await this.inner.call('copySeries', input, options));
        this.unmark();
        return outcome;
      } catch (error) {
        // The reason of the failure is what is told; leftovers go with the next start at the latest.
        await this.deleteUnneeded().catch(() => undefined);
        throw error;
      }
    });
  }

  /** Deletes copies that no series needs. */
  prune(): Promise<void> {
    this.mark();
    return this.alone(() => this.deleteUnneeded());
  }

  /**
   * Notes on the disk that copies may be there which nobody needs, until they are deleted: a program that is killed in
   * between, or before, does so at its next start. To be called before a study that has copies is removed.
   */
  mark(): void {
    if (existsSync(this.folder)) writeFileSync(this.marker, '');
  }

  /** Whether a run was ended before its copies were in order. */
  get isUnfinished(): boolean {
    return existsSync(this.marker);
  }

  async idle(): Promise<void> {
    await this.last;
  }

  private async deleteUnneeded(): Promise<void> {
    if (!existsSync(this.folder)) return;
    const keep = new Set<string>();
    for (const { studyId } of this.store.listStudies())
      for (const { scanned } of this.store.listSeries(studyId))
        for (const file of scanned.files) {
          const copy = splitCopyPath(file);
          if (copy) keep.add(copy.set);
        }
    await this.inner.call('pruneCopies', { ...this.place(), keep: [...keep] });
    this.unmark();
  }

  private unmark(): void {
    rmSync(this.marker, { force: true });
  }

  private get marker(): string {
    return join(this.folder, 'unfinished');
  }

  private place(): EngineInput<'openCopies'> {
    return { folder: this.folder, key: this.store.secret('copies').toString('hex') };
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

function namesCopies(input: EngineInput<EngineMethod>): boolean {
  if ('paths' in input && input.paths.some((path) => splitCopyPath(path))) return true;
  if ('cases' in input && input.cases.some((c) => isCopied(c.series))) return true;
  if ('moving' in input && (isCopied(input.fixed) || isCopied(input.moving))) return true;
  return 'series' in input && !Array.isArray(input.series) && isCopied(input.series);
}
