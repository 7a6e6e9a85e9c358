import type { Measurement } from '../../../src-main/core/measure/measurement';
import { invoke } from '../api/client';
import { app } from './app.svelte';

/** What was measured in the series of one study. What is on the screen is in the store. */
export class Measurements {
  /** Of a series, in the order in which they were drawn. */
  bySeries = $state.raw<Readonly<Record<string, readonly Measurement[]>>>({});
  private closed = false;

  constructor(private readonly studyId: string) {}

  of(seriesId: string): readonly Measurement[] {
    return this.bySeries[seriesId] ?? [];
  }

  async load(): Promise<void> {
    await app.attempt(async () => {
      const found = await invoke('measurements.list', { studyId: this.studyId });
      if (this.closed) return;
      const next: Record<string, Measurement[]> = {};
      for (const { seriesId, measurement } of found) (next[seriesId] ??= []).push(measurement);
      this.bySeries = next;
    });
  }

  close(): void {
    this.closed = true;
  }

  /** A new one, or one that was changed. */
  async put(seriesId: string, measurement: Measurement): Promise<void> {
    const before = this.of(seriesId);
    const known = before.some((m) => m.measurementId === measurement.measurementId);
    const saved = await app.attempt(() =>
      invoke('measurements.put', { studyId: this.studyId, seriesId, measurement: mutable(measurement) }),
    );
    if (!saved || this.closed) return;
    const now = this.of(seriesId);
    this.bySeries = {
      ...this.bySeries,
      [seriesId]: known
        ? now.map((m) => (m.measurementId === measurement.measurementId ? measurement : m))
        : [...now, measurement],
    };
  }

  async remove(seriesId: string, measurementIds: readonly string[]): Promise<void> {
    const removed = await app.attempt(() =>
      invoke('measurements.remove', { studyId: this.studyId, measurementIds: [...measurementIds] }),
    );
    if (!removed || this.closed) return;
    this.bySeries = {
      ...this.bySeries,
      [seriesId]: this.of(seriesId).filter((m) => !measurementIds.includes(m.measurementId)),
    };
  }
}

const mutable = ({
  points,
  ...rest
}: Measurement): Omit<Measurement, 'points'> & { points: [number, number, number][] } => ({
  ...rest,
  points: points.map(([x, y, z]) => [x, y, z]),
});
