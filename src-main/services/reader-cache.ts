import type { ScannedSeries } from '../core/study/entities';
import { layoutBytes } from '../core/volume/layout-bytes';

interface Closable {
  close(): Promise<void>;
}
interface Entry<R> {
  reader: Promise<R>;
  bytes: number;
  users: number;
  /** For its first user alone. */
  once: boolean;
  evicted: boolean;
}

export interface ReaderCacheOptions<R> {
  open: (series: ScannedSeries) => Promise<R>;
  maxReaders?: number;
  /** Readers may hold all their voxels: together at most this, but always one. */
  maxBytes?: number;
}

/** Open series, least recently used closed first; one in use is closed only when its last user is done. */
export class ReaderCache<R extends Closable> {
  /** Insertion order is order of use. */
  private readonly entries = new Map<string, Entry<R>>();

  constructor(private readonly options: ReaderCacheOptions<R>) {}

  /** As {@link use}, but a series that nobody else asked for meanwhile is closed at once, and none is closed for it. */
  async useOnce<T>(series: ScannedSeries, work: (reader: R) => Promise<T>): Promise<T> {
    const key = seriesKey(series);
    if (this.entries.has(key)) return this.use(series, work);
    const entry = this.newEntry(series, true);
    this.entries.set(key, entry);
    return this.run(key, entry, work);
  }

  async use<T>(series: ScannedSeries, work: (reader: R) => Promise<T>): Promise<T> {
    const key = seriesKey(series);
    const entry = this.entries.get(key) ?? this.newEntry(series, false);
    entry.once = false;
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.evict();
    return this.run(key, entry, work);
  }

  private newEntry(series: ScannedSeries, once: boolean): Entry<R> {
    const bytes = layoutBytes(series.pixels);
    return { reader: this.options.open(series), bytes, users: 0, once, evicted: false };
  }

  private async run<T>(key: string, entry: Entry<R>, work: (reader: R) => Promise<T>): Promise<T> {
    entry.users++;
    try {
      return await work(await entry.reader);
    } catch (error) {
      // A reader that failed (file gone, damaged) must look again next time.
      if (this.entries.get(key) === entry) this.entries.delete(key);
      entry.evicted = true;
      throw error;
    } finally {
      entry.users--;
      if (entry.once && this.entries.get(key) === entry) {
        this.entries.delete(key);
        entry.evicted = true;
      }
      if (entry.evicted && entry.users === 0) await close(entry);
    }
  }

  get size(): number {
    return this.entries.size;
  }

  /** Closes the series, once its last user is done; the next one opens it anew. */
  async close(series: ScannedSeries): Promise<void> {
    const key = seriesKey(series);
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    entry.evicted = true;
    if (entry.users === 0) await close(entry);
  }

  async dispose(): Promise<void> {
    const all = [...this.entries.values()];
    this.entries.clear();
    for (const entry of all) entry.evicted = true;
    await Promise.all(all.filter((entry) => entry.users === 0).map(close));
  }

  private evict(): void {
    const { maxReaders = 8, maxBytes = 2 ** 30 } = this.options;
    const total = (): number => [...this.entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [key, entry] of this.entries) {
      if (this.entries.size === 1 || (this.entries.size <= maxReaders && total() <= maxBytes)) return;
      this.entries.delete(key);
      entry.evicted = true;
      if (entry.users === 0) void close(entry);
    }
  }
}

/** Same files, unchanged: anything else is another series to a reader. */
export function seriesKey(series: ScannedSeries): string {
  let key = keys.get(series);
  if (key === undefined) {
    key = JSON.stringify([series.files, series.fileStamps, series.seriesInstanceUid]);
    keys.set(series, key);
  }
  return key;
}
/** Of thousands of files it takes a while, and it is asked for with each few slices. */
const keys = new WeakMap<ScannedSeries, string>();

/** A reader that never opened, or does not close, takes nothing else down. */
const close = async <R extends Closable>(entry: Entry<R>): Promise<void> => {
  await entry.reader.then((reader) => reader.close()).catch(() => undefined);
};
