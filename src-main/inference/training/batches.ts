import { Worker } from 'node:worker_threads';
import { processorCount } from '../processors';

/** What each step of a training is taught. */
export interface Batches<T> {
  /** @param step counted from 0; asked for in order */
  next(step: number): T | Promise<T>;
}

/** Batches that are made when they are asked for. */
export const madeHere = <T>(make: (step: number) => T): Batches<T> => ({ next: make });

/** Threads that make batches ahead, so that the training thread does not wait for them. */
export interface BatchMakers {
  /** Program of a thread; it serves `serveBatches` (serve-batches.ts). */
  readonly file: string;
  /** Default: one of three processors, since the others have the network to compute. */
  readonly count?: number | undefined;
}

export const batchMakerCount = (makers: BatchMakers | undefined): number =>
  makers ? (makers.count ?? Math.floor(processorCount() / 3)) : 0;

/** From a thread of batch makers. */
export type MadeBatch<T> = { readonly step: number; readonly batch: T } | { readonly error: unknown };

/** Batches that each thread holds ready. */
const readyEach = 3;

/** Threads that read their data at once, and make batches once they are told which. */
export interface BatchThreads<T> {
  /** @param range steps from the first to below the last */
  start(range: readonly [number, number]): Batches<T>;
  close(): Promise<void>;
}

/**
 * Batches made by other threads ahead of time. Each depends on its step alone, so that nothing but the waiting changes.
 * @param request what a thread is told at its start
 */
export function batchThreads<T>(file: string, count: number, request: object): BatchThreads<T> {
  const ready = new Map<number, T>();
  const waiting = new Map<number, { resolve: (batch: T) => void; reject: (error: unknown) => void }>();
  let failed: { error: unknown } | null = null;
  const fail = (error: unknown): void => {
    failed ??= { error };
    for (const { reject } of waiting.values()) reject(failed.error);
    waiting.clear();
  };
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData: request }));
  for (const worker of workers) {
    worker.on('message', (message: MadeBatch<T>) => {
      if ('error' in message) return fail(message.error);
      const wanted = waiting.get(message.step);
      waiting.delete(message.step);
      if (wanted) wanted.resolve(message.batch);
      else ready.set(message.step, message.batch);
    });
    worker.on('error', fail);
    worker.on(
      'exit',
      (code) => code !== 0 && fail(new Error(`A thread that makes batches ended (${code}).`)),
    );
  }
  return {
    async close() {
      await Promise.all(workers.map((w) => w.terminate()));
    },
    start([from, to]) {
      let asked = from;
      // Threads take turns: what one delivered makes room for its next.
      const ask = (): void => {
        if (asked < to) workers[(asked - from) % count]!.postMessage({ step: asked++ });
      };
      for (let n = 0; n < readyEach * count; n++) ask();
      return {
        next(step) {
          if (failed) return Promise.reject(failed.error as Error);
          ask();
          const batch = ready.get(step);
          ready.delete(step);
          if (batch !== undefined) return batch;
          return new Promise<T>((resolve, reject) => waiting.set(step, { resolve, reject }));
        },
      };
    },
  };
}
