import { parentPort } from 'node:worker_threads';
import type { MadeBatch } from './batches';

/**
 * The life of a thread that makes batches (batches.ts): it answers every step that it is sent with that step's batch.
 * @param ready once the thread has its data
 */
export function serveSteps<T extends { readonly image: Float32Array }>(
  ready: Promise<(step: number) => readonly T[]>,
): void {
  const port = parentPort!;
  port.on('message', ({ step }: { step: number }) => {
    ready.then(
      (make) => {
        const batch = make(step);
        const made: MadeBatch<readonly T[]> = { step, batch };
        port.postMessage(
          made,
          batch.map((example) => example.image.buffer as ArrayBuffer),
        );
      },
      (error: unknown) => port.postMessage({ error } satisfies MadeBatch<readonly T[]>),
    );
  });
}
