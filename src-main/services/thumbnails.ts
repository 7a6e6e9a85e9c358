import { createHash } from 'node:crypto';
import type { Thumbnail } from '../contract/entities';
import type { Engine } from '../contract/engine-protocol';
import { AppError } from '../core/app-error';
import { isCopied } from '../core/study/copy-path';
import type { ScannedSeries } from '../core/study/entities';
import type { SeriesRow, Store, ThumbnailRow } from '../storage';
import { mutable } from './mutable';
import { readSeries } from './studies';

/** Pixels of the longer side: sharp at 64 CSS pixels on a dense screen. */
const size = 128;
/** Some 6,000 grey thumbnails of 10 kB; the oldest go. */
const maxBytes = 64 * 2 ** 20;
/** A series that kills the engine is set aside after so many tries (RELIABILITY R3). */
const maxTries = 2;
/** The engine stays down after a third crash within a minute, and no list is worth that. */
const maxCrashes = 2;
/** After the last slice that a viewer asked for. */
const quietMs = 300;
/** Goes up when thumbnails are made otherwise: then all are made anew. */
const manner = 1;

export interface ThumbnailsOptions {
  store: Store;
  engine: Engine;
  log: (line: string) => void;
  maxBytes?: number;
  /** Waits; injected so that tests do not. */
  pause?: (ms: number) => Promise<void>;
}

interface Wanted {
  readonly seriesId: string;
  readonly answer: Promise<Thumbnail | null>;
  settle(thumbnail: Thumbnail | null): void;
}

/**
 * Small pictures of series: made by the engine when a list first shows the series, one after the other and never while a
 * viewer reads slices, kept in the encrypted store for as long as the series is as it was, and gone with its study.
 */
export class Thumbnails {
  /** In the order asked. */
  private readonly wanted = new Map<string, Wanted>();
  /** Content of series of which none can be made; looked at again after the next start. */
  private readonly none = new Set<string>();
  private readonly abort = new AbortController();
  private making: Promise<void> = Promise.resolve();
  private readers = 0;
  private lastRead = -Infinity;
  private crashes = 0;

  constructor(private readonly options: ThumbnailsOptions) {}

  /** @returns null where there is nothing to show: never an error for a broken series. @throws AppError not-found */
  get(seriesId: string): Promise<Thumbnail | null> {
    const { store } = this.options;
    const { scanned } = readSeries(store, seriesId);
    const kept = store.getThumbnail(seriesId);
    const content = contentOf(scanned);
    if (kept?.content === content) {
      if (kept.png) return Promise.resolve({ ...kept, png: exactBuffer(kept.png) });
      if (kept.tries >= maxTries) return Promise.resolve(null);
    }
    if (this.none.has(content) || this.crashes >= maxCrashes || this.abort.signal.aborted)
      return Promise.resolve(null);
    return this.want(seriesId);
  }

  /** Runs what a viewer waits for: no thumbnail is begun meanwhile. */
  async first<T>(read: () => Promise<T>): Promise<T> {
    this.readers++;
    try {
      return await read();
    } finally {
      this.readers--;
      this.lastRead = Date.now();
    }
  }

  async idle(): Promise<void> {
    await this.making;
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.making;
  }

  private want(seriesId: string): Promise<Thumbnail | null> {
    const known = this.wanted.get(seriesId);
    if (known) return known.answer;
    let settle: Wanted['settle'] = () => undefined;
    const answer = new Promise<Thumbnail | null>((resolve) => (settle = resolve));
    this.wanted.set(seriesId, { seriesId, answer, settle });
    if (this.wanted.size === 1) this.making = this.makeAll();
    return answer;
  }

  private async makeAll(): Promise<void> {
    for (const { seriesId, settle } of this.wanted.values()) {
      await this.quiet();
      let made: Thumbnail | null = null;
      try {
        made = await this.make(seriesId);
      } catch (error) {
        // Nothing waits for a thumbnail: the store tells of a full disk where it matters.
        this.options.log(`no thumbnail: ${AppError.from(error).code}`);
      }
      this.wanted.delete(seriesId);
      settle(made);
    }
  }

  private async quiet(): Promise<void> {
    const { pause = wait } = this.options;
    while (!this.abort.signal.aborted) {
      const left = this.readers > 0 ? quietMs : this.lastRead + quietMs - Date.now();
      if (left <= 0) return;
      await pause(left);
    }
  }

  private async make(seriesId: string): Promise<Thumbnail | null> {
    const { store, engine, log } = this.options;
    const row = store.getSeries(seriesId);
    if (!row || this.abort.signal.aborted || this.crashes >= maxCrashes) return null;
    const content = contentOf(row.scanned);
    try {
      const input = { series: mutable(row.scanned), size };
      const made = await engine.call('thumbnail', input, { signal: this.abort.signal });
      this.keep(row, { seriesId, content, ...made, png: new Uint8Array(made.png), tries: 0 });
      return made;
    } catch (thrown) {
      const { code } = AppError.from(thrown);
      if (this.abort.signal.aborted) return null;
      log(`no thumbnail: ${code}`);
      if (code === 'engine.crashed') {
        this.crashes++;
        const before = store.getThumbnail(seriesId);
        const tries = (before?.content === content ? before.tries : 0) + 1;
        this.keep(row, { seriesId, content, width: 1, height: 1, png: null, tries });
      } else if (code !== 'series.missing-files') this.none.add(content); // A disk may come back.
      return null;
    }
  }

  /** Of a series that was imported anew meanwhile, nothing is kept: it is asked for again. */
  private keep({ scanned }: SeriesRow, thumbnail: ThumbnailRow): void {
    const { store, maxBytes: most = maxBytes } = this.options;
    const now = store.getSeries(thumbnail.seriesId);
    if (now && contentOf(now.scanned) === contentOf(scanned)) store.putThumbnail(thumbnail, most);
  }
}

/** What a thumbnail shows: the same files elsewhere are the same, changed ones or another window are not. */
function contentOf(series: ScannedSeries): string {
  const { pixels, fileStamps, dicom, volume } = series;
  const copies = isCopied(series) ? series.files : [];
  const parts = [manner, pixels, fileStamps, dicom?.instances, volume, copies];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const exactBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
