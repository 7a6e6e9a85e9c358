import { resolve } from 'node:path';
import { initialParameters } from '../../src-main/inference/network/initialize';
import { readSafetensors } from '../../src-main/inference/network/safetensors';
import { createRandom } from '../../src-main/inference/random';
import { loadTensorflow } from '../../src-main/inference/tensorflow';
import { augmentedExample } from '../../src-main/inference/training/augment';
import { loadSamples } from '../../src-main/inference/training/dataset';
import { readRecipe } from '../../src-main/inference/training/recipe';
import { Trainer } from '../../src-main/inference/training/trainer';

/** Splits the steps of a recipe's training: milliseconds of preparing the batch, and of the update. */
async function main(): Promise<void> {
  const [file, data, weights, steps] = process.argv.slice(2) as [string, string, string, string];
  const read = await readRecipe(file);
  const recipe = { ...read, input: { ...read.input, size: read.schedule.canvasSize ?? read.input.size } };
  const { augmentation, input, schedule } = recipe;
  const samples = await loadSamples(
    recipe.data.train.slice(0, 1),
    resolve(data),
    input.channels,
    recipe.bundle.labels,
  );
  const tf = await loadTensorflow();
  const initial = initialParameters(recipe.architecture, await readSafetensors(weights), recipe.seed);
  const trainer = new Trainer(tf, recipe, initial, null);
  const prepare: number[] = [];
  const update: number[] = [];
  for (let step = 0; step < Number(steps); step++) {
    const random = createRandom(recipe.seed, 2, step);
    const began = performance.now();
    const examples = Array.from({ length: schedule.batchSize }, () =>
      augmentedExample(samples[random.below(samples.length)]!, input, augmentation, random, samples),
    );
    const prepared = performance.now();
    trainer.step(examples, step + 1, 0.1);
    prepare.push(prepared - began);
    update.push(performance.now() - prepared);
  }
  trainer.dispose();
  console.log(JSON.stringify({ prepare, update, batchSize: schedule.batchSize, size: input.size }));
}

void main();
