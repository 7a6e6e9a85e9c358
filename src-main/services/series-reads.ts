import type { Engine, EngineOutput } from '../contract/engine-protocol';
import type { ScannedSeries } from '../core/study/entities';
import { mutable } from './mutable';

/**
 * Reads slices for a viewer. When it leaves the series, what is on its way ends as job.cancelled, and the engine closes the
 * files and gives the memory back: whoever looks through a list of studies must not gather them all.
 */
export class SeriesReads {
  /** By series id: those that were read from and not left. */
  private readonly open = new Map<string, { series: ScannedSeries; readonly abort: AbortController }>();

  constructor(private readonly engine: Engine) {}

  read(seriesId: string, series: ScannedSeries, indices: number[]): Promise<EngineOutput<'readSlices'>> {
    const entry = this.open.get(seriesId) ?? { series, abort: new AbortController() };
    // Its files may have become copies.
    entry.series = series;
    this.open.set(seriesId, entry);
    const { signal } = entry.abort;
    return this.engine.call('readSlices', { series: mutable(series), indices }, { signal });
  }

  async leave(seriesId: string): Promise<void> {
    const entry = this.open.get(seriesId);
    if (!entry) return;
    // Whoever opens it next is not cancelled with who left.
    this.open.delete(seriesId);
    entry.abort.abort();
    await this.engine.call('closeSeries', { series: mutable(entry.series) });
  }
}
