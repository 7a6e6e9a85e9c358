import { workerData } from 'node:worker_threads';
import { pictureBatches, type PictureBatchRequest } from '../training/picture-batches';
import { withChanges } from '../training/recipe';
import { serveSteps } from '../training/serve-steps';
import { readGridSamples, type DataRoots, type VolumeReader } from './dataset3d';
import { readVolumeRecipe } from './recipe3d';
import { trainingStream, volumeBatches } from './volume-batches';

/** What a thread that makes batches of patches is told at its start. */
export interface BatchRequest extends DataRoots {
  readonly recipePath: string;
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
}

/** The life of a thread that makes batches: of the pictures that it was given, or of the recipe's volumes, which it reads. */
export function serveBatches(readVolume: VolumeReader): void {
  const request = workerData as BatchRequest | PictureBatchRequest;
  if ('samples' in request) {
    const { batch } = pictureBatches(request.recipe, request.samples);
    serveSteps(Promise.resolve(batch));
  } else {
    serveSteps(patchesOf(request, readVolume));
  }
}

async function patchesOf(request: BatchRequest, readVolume: VolumeReader) {
  const recipe = withChanges(await readVolumeRecipe(request.recipePath), request);
  const { batch } = volumeBatches(recipe, await readGridSamples(recipe, request, readVolume));
  return (step: number) => batch(trainingStream, step);
}
