import { createRandom, shuffled } from '../random';
import { augmentedExample, type Example } from './augment';
import type { Sample } from './dataset';
import type { Recipe } from './recipe';

/** Which examples a training of pictures draws, and how many. */
export interface PictureBatches {
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** Depends on the seed and the step alone: a resumed run sees what an unbroken one does. */
  batch(step: number): Example[];
}

/** @param recipe with the canvas of training */
export function pictureBatches(recipe: Recipe, samples: readonly Sample[]): PictureBatches {
  const { input, augmentation, seed } = recipe;
  const { batchSize, epochs } = recipe.schedule;
  const stepsPerEpoch = Math.max(1, Math.floor(samples.length / batchSize));
  let order: Sample[] = [];
  let orderEpoch = -1;
  return {
    stepsPerEpoch,
    steps: Math.max(1, Math.round(epochs * stepsPerEpoch)),
    batch(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (epoch !== orderEpoch) {
        order = shuffled(samples, createRandom(seed, 1, epoch));
        orderEpoch = epoch;
      }
      const random = createRandom(seed, 2, step);
      const at = (step % stepsPerEpoch) * batchSize;
      return order
        .slice(at, at + batchSize)
        .map((sample) => augmentedExample(sample, input, augmentation, random, samples));
    },
  };
}

/** What a thread that makes batches of pictures is told at its start. */
export interface PictureBatchRequest {
  /** With the canvas of training. */
  readonly recipe: Recipe;
  /** Those of {@link sharedSamples}: a thread sees the same memory. */
  readonly samples: readonly Sample[];
}

/** The samples with their pixels in memory that threads can share; what was one sample stays one. */
export function sharedSamples(samples: readonly Sample[]): Sample[] {
  const known = new Map<Sample, Sample>();
  return samples.map((sample) => {
    const before = known.get(sample);
    if (before) return before;
    const { pixels } = sample;
    const copy = { ...sample, pixels: { ...pixels, data: inSharedMemory(pixels.data) } };
    known.set(sample, copy);
    return copy;
  });
}

const pixelTypes = [Uint8ClampedArray, Uint8Array, Uint16Array, Int16Array, Float32Array] as const;
type PixelArray = InstanceType<(typeof pixelTypes)[number]>;

/** Other kinds of array stay as they are: each thread gets a copy. */
function inSharedMemory(data: ArrayLike<number>): ArrayLike<number> {
  const Kind = pixelTypes.find((type) => data instanceof type);
  if (!Kind) return data;
  const memory = new SharedArrayBuffer(data.length * Kind.BYTES_PER_ELEMENT);
  const copy = new (Kind as new (memory: ArrayBufferLike) => PixelArray)(memory);
  copy.set(data);
  return copy;
}
