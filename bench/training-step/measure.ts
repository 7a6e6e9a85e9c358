import { resolve } from 'node:path';
import { initialParameters } from '../../src-main/inference/network/initialize';
import { readSafetensors } from '../../src-main/inference/network/safetensors';
import { createRandom } from '../../src-main/inference/random';
import { loadTensorflow } from '../../src-main/inference/tensorflow';
import { augmentedExample, type Example } from '../../src-main/inference/training/augment';
import { loadSamples } from '../../src-main/inference/training/dataset';
import { readRecipe, readRecipeFile } from '../../src-main/inference/training/recipe';
import { Trainer } from '../../src-main/inference/training/trainer';
import { readGridSamples } from '../../src-main/inference/training3d/dataset3d';
import { initialParameters3d } from '../../src-main/inference/training3d/parameters3d';
import type { Patch } from '../../src-main/inference/training3d/patches';
import { readVolumeRecipe } from '../../src-main/inference/training3d/recipe3d';
import { Trainer3d } from '../../src-main/inference/training3d/trainer3d';
import { trainingStream, volumeBatches } from '../../src-main/inference/training3d/volume-batches';
import { readVolume } from '../../src-main/services/read-volume';
import { z } from 'zod';

interface Stepping<T> {
  readonly batch: (step: number) => T;
  /** Of a training of so many steps, which says whether they run as a graph. */
  readonly trainer: (steps: number) => {
    step(batch: T, step: number, rate: number): unknown;
    dispose(): void;
  };
}

/**
 * Splits the steps of a recipe's training: milliseconds of preparing the batch, and of the update, op by op and as a native
 * graph, in turns; processor time of the update beside it.
 */
async function main(): Promise<void> {
  const [file, data, weights, packages, steps] = process.argv.slice(2) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const { recipe } = await readRecipeFile(file, z.looseObject({ kind: z.string().optional() }));
  await (recipe.kind === 'volume'
    ? run(await ofVolumes(file, { dataRoot: resolve(data), packageRoot: resolve(packages) }), Number(steps))
    : run(await ofPictures(file, resolve(data), weights), Number(steps)));
}

async function run<T>({ batch, trainer }: Stepping<T>, steps: number): Promise<void> {
  const [plain, graph] = [trainer(0), trainer(Infinity)];
  const prepare: number[] = [];
  const update: Record<string, { wall: number[]; processor: number[] }> = {};
  for (let step = 0; step < steps; step++) {
    const began = performance.now();
    const made = batch(step);
    prepare.push(performance.now() - began);
    for (const [name, t] of Object.entries({ plain, graph })) {
      const [at, used] = [performance.now(), process.cpuUsage()];
      t.step(made, step + 1, 0.1);
      const { user, system } = process.cpuUsage(used);
      const times = (update[name] ??= { wall: [], processor: [] });
      times.wall.push(performance.now() - at);
      times.processor.push((user + system) / 1000);
    }
  }
  plain.dispose();
  graph.dispose();
  console.log(JSON.stringify({ prepare, update }));
}

async function ofPictures(
  file: string,
  data: string,
  weights: string,
): Promise<Stepping<readonly Example[]>> {
  const read = await readRecipe(file);
  const recipe = { ...read, input: { ...read.input, size: read.schedule.canvasSize ?? read.input.size } };
  const { augmentation, input, schedule } = recipe;
  const { labels } = recipe.bundle;
  const samples = await loadSamples(recipe.data.train.slice(0, 1), data, input.channels, labels);
  const tf = await loadTensorflow();
  const initial = initialParameters(recipe.architecture, await readSafetensors(weights), recipe.seed);
  return {
    batch: (step) => {
      const random = createRandom(recipe.seed, 2, step);
      return Array.from({ length: schedule.batchSize }, () =>
        augmentedExample(samples[random.below(samples.length)]!, input, augmentation, random, samples),
      );
    },
    trainer: (steps) => new Trainer(tf, recipe, initial, null, steps),
  };
}

async function ofVolumes(
  file: string,
  roots: { dataRoot: string; packageRoot: string },
): Promise<Stepping<readonly Patch[]>> {
  const recipe = await readVolumeRecipe(file);
  // One scan says what a step costs.
  const [source] = recipe.data.train;
  const train = [{ ...source!, volumes: source!.volumes.slice(0, 1) }];
  const samples = await readGridSamples({ ...recipe, data: { ...recipe.data, train } }, roots, readVolume);
  const tf = await loadTensorflow();
  const { batch } = volumeBatches(recipe, samples);
  const initial = initialParameters3d(recipe.architecture, recipe.seed);
  return {
    batch: (step) => batch(trainingStream, step),
    trainer: (steps) => new Trainer3d(tf, recipe, initial, null, steps),
  };
}

void main();
