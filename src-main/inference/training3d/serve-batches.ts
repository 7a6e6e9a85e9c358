import { parentPort, workerData } from 'node:worker_threads';
import { withChanges } from '../training/recipe';
import type { MadeBatch } from '../training/batches';
import { readGridSamples, type DataRoots, type VolumeReader } from './dataset3d';
import type { Patch } from './patches';
import { readVolumeRecipe } from './recipe3d';
import { trainingStream, volumeBatches } from './volume-batches';

/** What a thread that makes batches of patches is told at its start. */
export interface BatchRequest extends DataRoots {
  readonly recipePath: string;
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
}

/** The life of such a thread: reads the recipe's volumes, then makes the batch of every step that it is sent. */
export function serveBatches(readVolume: VolumeReader): void {
  const port = parentPort!;
  const request = workerData as BatchRequest;
  const ready = (async () => {
    const recipe = withChanges(await readVolumeRecipe(request.recipePath), request);
    return volumeBatches(recipe, await readGridSamples(recipe, request, readVolume));
  })();
  port.on('message', ({ step }: { step: number }) => {
    ready.then(
      (batches) => {
        const batch = batches.batch(trainingStream, step);
        const made: MadeBatch<Patch[]> = { step, batch };
        port.postMessage(
          made,
          batch.map((p) => p.image.buffer as ArrayBuffer),
        );
      },
      (error: unknown) => port.postMessage({ error } satisfies MadeBatch<Patch[]>),
    );
  });
}
