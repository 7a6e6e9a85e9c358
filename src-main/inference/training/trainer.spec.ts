import { describe, expect, it } from 'vitest';
import { madePicture, madeRecipe } from '../../../test-support/made-training-set';
import { fromXywh } from '../../core/geometry/box';
import { architecture, parameterSpecs } from '../network/architecture';
import { initialParameters } from '../network/initialize';
import { createRandom } from '../random';
import { loadTensorflow } from '../tensorflow';
import { toNetworkInput } from '../preprocess/intensity';
import { planPicture } from '../preprocess/picture-plan';
import type { Example } from './augment';
import type { Sample } from './dataset';
import { dealQuotas } from './quotas';
import { recipe as recipeSchema, type Recipe } from './recipe';
import { Trainer } from './trainer';

/** He-drawn stand-in for the ImageNet checkpoint; made once, since drawing it takes as long as a step. */
const drawnImagenet = (): Parameters<typeof initialParameters>[1] => (imagenet ??= drawImagenet());
let imagenet: Parameters<typeof initialParameters>[1] | null = null;

function drawImagenet(): Parameters<typeof initialParameters>[1] {
  const random = createRandom(1);
  const arrays = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  // The whole backbone, whatever part of it the recipe uses.
  for (const s of parameterSpecs(madeRecipe().architecture)) {
    const match = /^(?:blocks\.(\d+)\.(expand|depthwise|project)|stem)\.kernel$/.exec(s.name);
    if (!match) continue;
    const depthwise = match[2] === 'depthwise';
    const fan = s.shape[0]! * s.shape[1]! * (depthwise ? 1 : s.shape[2]!);
    const channels = s.shape[depthwise ? 2 : 3]!;
    const at = match[1] === undefined ? '_' : `_blocks.${match[1]}._`;
    const norm = `${at}bn${{ expand: 0, depthwise: 1, project: 2 }[match[2] ?? 'expand']}`;
    const data = Float32Array.from({ length: s.size }, () => Math.sqrt(2 / fan) * random.normal());
    arrays.set(`${at}${match[2] ? `${match[2]}_conv` : 'conv_stem'}.weight`, { shape: s.shape, data });
    const all = (value: number) => ({ shape: [channels], data: new Float32Array(channels).fill(value) });
    arrays.set(`${norm}.weight`, all(1));
    arrays.set(`${norm}.bias`, all(0));
    arrays.set(`${norm}.running_mean`, all(0));
    arrays.set(`${norm}.running_var`, all(1));
  }
  return arrays;
}

function examples(recipe: Recipe): Example[] {
  return [1, 2].map((seed) => {
    const { data, size, box } = madePicture(seed);
    const plan = planPicture({ data, width: size, height: size, channels: 1 }, recipe.input, 255);
    const { canvas, range } = plan.view(plan.tiles[0]!);
    return {
      image: toNetworkInput(canvas, 1, range, recipe.input),
      boxes: [fromXywh(box)],
      classes: [seed % (recipe.architecture.secondStage?.classes ?? 1)],
      crowds: [],
    };
  });
}

describe('one training step', () => {
  const made = madeRecipe();
  const architectures: Record<string, object> = {
    'level gate and spatial attention': { levelGate: true, spatialAttention: true },
    'attention among proposals': { proposalAttention: { channels: 16, heads: 2 } },
    'a second stage of two classes': {
      secondStage: { proposals: 20, poolSize: 5, channels: 8, hidden: 16, classes: 2 },
    },
    'the plain RPN': { pyramid: 'none', finestLevel: 3, coarsestLevel: 3, normGroups: 0, headChannels: 32 },
  };

  it.each(Object.keys(architectures))('learns with %s, and leaves no tensor', async (name) => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const a = architecture.parse({ ...made.architecture, ...architectures[name] });
    const recipe = recipeSchema.parse({ ...made, architecture: a });
    const initial = initialParameters(a, drawnImagenet(), 3);
    const trainer = new Trainer(tf, recipe, initial, null);
    const batch = examples(recipe);
    const losses: number[] = [];
    const held: number[] = [];
    for (let step = 1; step <= 16; step++) {
      losses.push(trainer.step(batch, step, 0.5).box);
      held.push(tf.memory().numTensors);
    }
    expect(new Set(held).size).toBe(1);
    // The box loss: that of objectness rises at first, since its targets are the boxes' IoU.
    expect(losses[15]).toBeLessThan(0.85 * losses[0]!);
    // What an option adds is trained too, its first layer by its second step at the latest.
    const trained = trainer.averagedParameters();
    for (const s of trainer.specs.filter((spec) =>
      /^(gate|spatial|attention|roi)\..*kernel$/.test(spec.name),
    )) {
      const moved = trained.get(s.name)!.some((v, n) => v !== initial.get(s.name)![n]);
      expect(moved, s.name).toBe(true);
    }
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets regions that overlap a lesion less lie on it in the second stage, where the recipe says so', async () => {
    const tf = await loadTensorflow();
    const secondStage = { proposals: 20, poolSize: 5, channels: 8, hidden: 16, classes: 1 };
    const a = architecture.parse({ ...made.architecture, secondStage });
    const boxLoss = (losses: object): number => {
      const recipe = recipeSchema.parse({ ...made, architecture: a, losses: { ...made.losses, ...losses } });
      const trainer = new Trainer(tf, recipe, initialParameters(a, drawnImagenet(), 3), null);
      const { box } = trainer.step(examples(recipe), 1, 0.5);
      trainer.dispose();
      return box;
    };
    const usual = boxLoss({});
    expect(boxLoss({ regionIou: 0.5 })).toBe(usual);
    // The more a region is off, the more there is to move.
    expect(boxLoss({ regionIou: 0.1 })).toBeGreaterThan(usual + 0.1);
  });

  it('is the same as a native graph and op by op, to rounding, with everything that is asked between', async () => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const a = architecture.parse({
      ...made.architecture,
      ...architectures['attention among proposals'],
      ...architectures['a second stage of two classes'],
    });
    const sampling = { kind: 'hard-negative', batchSize: 64, positiveFraction: 0.5 };
    const recipe = recipeSchema.parse({ ...made, architecture: a, sampling });
    const batch = examples(recipe);
    const stepsOf = (steps: number): number[] => {
      const trainer = new Trainer(tf, recipe, initialParameters(a, drawnImagenet(), 3), null, steps);
      const losses = [1, 2, 3].flatMap((step) => Object.values(trainer.step(batch, step, 0.5)) as number[]);
      expect(trainer.graphFailure).toBeNull();
      trainer.dispose();
      return losses;
    };
    const plain = stepsOf(10);
    const graph = stepsOf(1000);
    plain.forEach((value, n) => expect(Math.abs(graph[n]! / value - 1), `value ${n}`).toBeLessThan(1e-3));
    // Rounding differs: the second was a graph indeed.
    expect(graph).not.toEqual(plain);
    expect(tf.memory().numTensors).toBe(before);
  });

  const drawing: Record<string, Partial<Recipe>> = {
    'ATSS and hard negatives': {
      matching: { kind: 'atss', candidates: 4, centerInBox: true },
      sampling: { kind: 'hard-negative', batchSize: 32, positiveFraction: 0.5 },
    },
    'nearest anchors': { matching: { kind: 'nearest', k: 4, ignoreAbove: 0.5 } },
    "Ren et al.'s thresholds, draw and losses": {
      matching: { kind: 'iou', foreground: 0.7, background: 0.3, lowQuality: true },
      sampling: { kind: 'balanced', batchSize: 64, positiveFraction: 0.5 },
      losses: { objectness: 'cross-entropy', box: 'smooth-l1', boxWeight: 1 },
    },
  };
  it.each(Object.keys(drawing))('learns with %s', async (name) => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const recipe = recipeSchema.parse({ ...made, ...drawing[name] });
    const trainer = new Trainer(tf, recipe, initialParameters(recipe.architecture, drawnImagenet(), 3), null);
    const batch = examples(recipe);
    const losses = Array.from({ length: 16 }, (_, n) => trainer.step(batch, n + 1, 0.5).box);
    expect(losses[15]).toBeLessThan(0.85 * losses[0]!);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('going on from a trained network', () => {
  const made = madeRecipe();
  const moved = async (pull: number | undefined): Promise<number> => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const recipe = recipeSchema.parse({ ...made, schedule: { ...made.schedule, pull, weightDecay: 0 } });
    const initial = initialParameters(recipe.architecture, drawnImagenet(), 3);
    const trainer = new Trainer(tf, recipe, initial, null);
    const batch = examples(recipe);
    for (let step = 1; step <= 4; step++) trainer.step(batch, step, 1);
    const now = trainer.averagedParameters();
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    let sum = 0;
    for (const [name, values] of now) values.forEach((v, n) => (sum += (v - initial.get(name)![n]!) ** 2));
    return Math.sqrt(sum);
  };

  it('stays nearer to it the stronger it is drawn back', async () => {
    const [free, some] = [await moved(undefined), await moved(100)];
    expect(some).toBeLessThan(0.9 * free);
    expect(some).toBeGreaterThan(0);
  });

  it('scores a rejected place lower than the same place without', async () => {
    const tf = await loadTensorflow();
    const recipe = recipeSchema.parse(made);
    const initial = initialParameters(recipe.architecture, drawnImagenet(), 3);
    const [example] = examples(recipe);
    const place = [4, 40, 24, 60] as const;
    const objectness = (rejected: Example['rejected']): number => {
      const trainer = new Trainer(tf, recipe, initial, null);
      const losses = trainer.step([{ ...example!, rejected }], 1, 1);
      trainer.dispose();
      return losses.objectness;
    };
    // The same network, the same picture: the place weighs more.
    expect(objectness([place])).toBeGreaterThan(objectness(undefined));
    expect(objectness([])).toBe(objectness(undefined));
  });
});

describe('quotas', () => {
  it('are dealt by the size of the training lesions on the canvas, copies counted once', () => {
    const asked = { ...madeRecipe(), quotas: { total: 90, minimum: 10 } };
    const sample = (side: number): Sample => ({
      source: 'made',
      imageId: side,
      fileName: `${side}`,
      // Twice the canvas: a lesion of 40 px is one of 20 px there.
      pixels: { data: new Uint8Array(0), width: 128, height: 128, channels: 1 },
      depthMax: 255,
      boxes: [[0, 0, side, side]],
      classes: [0],
      crowds: [],
    });
    const small = sample(40);
    // Middle anchors of the levels: 20, 40 and 80 px.
    const dealt = dealQuotas(asked, [small, small, sample(160)]);
    expect(dealt.proposals.preNmsTopN).toEqual([40, 10, 40]);
    expect(dealQuotas(madeRecipe(), [small])).toEqual(madeRecipe());
  });
});
