import type { Engine, EngineOutput } from '../contract/engine-protocol';
import { AppError } from '../core/app-error';
import type { ScannedSeries } from '../core/study/entities';
import type { Store } from '../storage';
import { mutable } from './mutable';
import { readSeries } from './studies';

interface OpenSeries {
  readonly abort: AbortController;
  /** By which the engine knows it. */
  readonly key: string;
  readonly studyId: string;
  series: ScannedSeries;
  /** False: the engine is still to be told, or told anew. */
  told: boolean;
}

/**
 * Reads slices for a viewer. The engine is told of a series once: one of 2,000 files takes longer to read from the store, to
 * send and to check than a few of its slices take to read. When the viewer leaves it, what is on its way ends as
 * job.cancelled, and the engine closes the files and gives the memory back: whoever looks through a list of studies must
 * not gather them all.
 */
export class SeriesReads {
  /** By series id: those that were read from and not left. */
  private readonly open = new Map<string, OpenSeries>();

  constructor(private readonly options: { store: Store; engine: Engine; newId: () => string }) {}

  /** @throws AppError not-found, request.invalid where the series has no such slice, and whatever reading throws */
  async read(seriesId: string, indices: number[]): Promise<EngineOutput<'readSlices'>> {
    const { store, engine, newId } = this.options;
    const known = this.open.get(seriesId);
    if (known?.told) {
      checkIndices(indices, known.series);
      const { key, abort } = known;
      const slices = await engine.call('readKnownSlices', { key, indices }, { signal: abort.signal });
      if (slices) return slices;
    }
    const { scanned: series, studyId } = readSeries(store, seriesId);
    checkIndices(indices, series);
    const entry = this.open.get(seriesId) ?? {
      abort: new AbortController(),
      key: newId(),
      studyId,
      series,
      told: true,
    };
    // Its files may have become copies.
    Object.assign(entry, { series, told: true });
    this.open.set(seriesId, entry);
    const { key, abort } = entry;
    return engine.call('readSlices', { series: mutable(series), indices, key }, { signal: abort.signal });
  }

  /** The study's series may have other files now, or be gone. */
  changed(studyId: string): void {
    for (const entry of this.open.values()) if (entry.studyId === studyId) entry.told = false;
  }

  async leave(seriesId: string): Promise<void> {
    const entry = this.open.get(seriesId);
    if (!entry) return;
    // Whoever opens it next is not cancelled with who left.
    this.open.delete(seriesId);
    entry.abort.abort();
    await this.options.engine.call('closeSeries', { series: mutable(entry.series) });
  }
}

function checkIndices(indices: readonly number[], { pixels }: ScannedSeries): void {
  const count = pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;
  if (indices.every((index) => index < count)) return;
  throw new AppError('request.invalid', `The series has ${count} slices.`, 'Ask for one of them.', {
    field: 'indices',
  });
}
