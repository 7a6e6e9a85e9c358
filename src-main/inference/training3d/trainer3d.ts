import { createAnchors3, type AnchorLevel3 } from '../../core/detection/anchors-3d';
import { background, ignored, type AnchorLayout } from '../../core/detection/matching-rules';
import type { Vec3 } from '../../core/geometry/vec3';
import type { ParameterSpec3d } from '../network3d/architecture3d';
import type { Layers3d, Parameters3d } from '../network3d/layers3d';
import { runNetwork3d } from '../network3d/network3d';
import type { Tensor, Tensorflow } from '../tensorflow';
import { Optimizer, type OptimizerState } from '../training/optimizer';
import { graphAfter, StepGradient } from '../training/step-gradient';
import { takeStep, type StepLosses } from '../training/take-step';
import { volumeLoss, type Targets3d } from './losses3d';
import { matchPatch } from './match3d';
import { normalizedConvolutions, foldParameters, trainedSpecs, type Moments } from './parameters3d';
import type { Patch } from './patches';
import type { VolumeRecipe } from './recipe3d';
import { trainingLayers3d } from './training-layers3d';

/** Foreground anchors that a patch has room for; with more, all get as much again. */
const placesPerPatch = 64;

/**
 * The 3D network under training, with its optimizer.
 *
 * Shape shorthand: N: batch; D, H, W: patch along z, y, x; M: anchors of a patch; K: foreground anchors of the batch
 */
export class Trainer3d {
  readonly specs: readonly ParameterSpec3d[];
  readonly optimizer: Optimizer;
  /** [M, 6]. */
  private readonly anchors: Float32Array;
  private readonly layout: AnchorLayout;
  private readonly gradient: StepGradient;

  /**
   * @param initial every trained parameter by name
   * @param resumed state to go on from
   * @param steps of the whole training, see graphAfter
   */
  constructor(
    private readonly tf: Tensorflow,
    private readonly recipe: VolumeRecipe,
    initial: ReadonlyMap<string, Float32Array>,
    resumed: OptimizerState | null,
    steps = 0,
  ) {
    this.specs = trainedSpecs(recipe.architecture);
    const levels = anchorLevels(recipe);
    this.anchors = createAnchors3(levels, { offset: recipe.anchors.offset });
    this.layout = {
      dimensions: 3,
      levelSizes: levels.map((l) => l.shapes.length * l.size.reduce((x, y) => x * y, 1)),
      anchorsPerLocation: recipe.architecture.anchorsPerLocation,
    };
    const options = { ...recipe.schedule, backboneRate: 1 };
    this.optimizer = new Optimizer(tf, this.specs, options, resumed ?? this.start(initial));
    this.gradient = new StepGradient(
      tf,
      this.specs,
      (parameters, [images, counted, foreground, taken, ownAnchors, boxes]) => {
        const { logits, deltas } = this.forward(trainingLayers3d(tf, this.lookup(parameters)), images!);
        const targets = { counted, foreground, taken, anchors: ownAnchors, boxes } as Targets3d;
        return volumeLoss(tf, recipe.losses, logits, deltas, targets);
      },
      graphAfter(steps),
    );
  }

  /** What stood in the way of a graph where the steps should have been one, or null. */
  get graphFailure(): unknown {
    return this.gradient.failure;
  }

  /** Forward, backward, update. @param step counted from 1 */
  step(patches: readonly Patch[], step: number, rate: number): StepLosses {
    const { tf } = this;
    return takeStep(tf, this.optimizer, this.gradient, step, rate, () => {
      const { counted, foreground, taken, anchors, boxes } = this.targets(patches);
      return [this.batch(patches), counted, foreground, taken, anchors, boxes];
    });
  }

  /**
   * The averaged weights as inference uses them. Batch norm's moments are measured anew with these very weights over
   * `batches` ("precise batch norm", Wu & Johnson 2021), so that neither training nor a checkpoint carries running ones.
   */
  foldedParameters(batches: Iterable<readonly Patch[]>): Map<string, Float32Array> {
    const { tf } = this;
    const leaves = this.optimizer.averagedLeaves();
    const sums = new Map<string, Tensor>();
    let count = 0;
    try {
      for (const patches of batches) {
        count++;
        const found = tf.tidy(() => {
          const moments: Record<string, Tensor> = {};
          const layers = trainingLayers3d(tf, this.lookup(leaves), (name, y) => {
            const { mean, variance } = tf.moments(y, [0, 1, 2, 3]);
            // [2, C]: mean and mean square, which average over batches.
            moments[name] = tf.stack([mean, variance.add(mean.square())]);
          });
          this.forward(layers, this.batch(patches));
          return moments;
        });
        for (const [name, value] of Object.entries(found)) {
          const before = sums.get(name);
          sums.set(name, before ? before.add(value) : value);
          if (before) tf.dispose([before, value]);
        }
      }
      const values = new Map(this.specs.map((s, n) => [s.name, leaves[n]!.dataSync() as Float32Array]));
      return foldParameters(this.recipe.architecture, values, this.momentsOf(sums, count));
    } finally {
      tf.dispose([...leaves, ...sums.values()]);
    }
  }

  dispose(): void {
    this.gradient.dispose();
    this.optimizer.dispose();
  }

  /** @returns logits [N M], deltas [N M, 6], patch by patch, level by level */
  private forward(layers: Layers3d, images: Tensor): { logits: Tensor; deltas: Tensor } {
    const { tf } = this;
    const n = images.shape[0]!;
    const levels = runNetwork3d(tf, layers, this.recipe.architecture, images);
    return {
      logits: tf
        .concat(
          levels.map((l) => l.objectness.reshape([n, -1])),
          1,
        )
        .reshape([-1]),
      deltas: tf
        .concat(
          levels.map((l) => l.boxDeltas.reshape([n, -1, 6])),
          1,
        )
        .reshape([-1, 6]),
    };
  }

  private batch(patches: readonly Patch[]): Tensor {
    const [width, height, depth] = this.recipe.schedule.patch;
    const voxels = width * height * depth;
    const data = new Float32Array(patches.length * voxels);
    patches.forEach((p, n) => data.set(p.image, n * voxels));
    return this.tf.tensor(data, [patches.length, depth, height, width, 1]);
  }

  private targets(patches: readonly Patch[]): Targets3d {
    const { tf, anchors } = this;
    const m = anchors.length / 6;
    const counted = new Float32Array(patches.length * m).fill(1);
    const foreground: number[] = [];
    const centers: number[] = [];
    const boxes: number[] = [];
    patches.forEach((patch, n) => {
      matchPatch(anchors, patch, this.recipe.matching, this.layout).forEach((match, a) => {
        if (match === ignored) counted[n * m + a] = 0;
        if (match === ignored || match === background) return;
        foreground.push(n * m + a);
        boxes.push(...patch.boxes[match]!);
        const [low, high] = [anchors.subarray(a * 6, a * 6 + 3), anchors.subarray(a * 6 + 3, a * 6 + 6)];
        for (let d = 0; d < 3; d++) centers.push((low[d]! + high[d]!) / 2);
        for (let d = 0; d < 3; d++) centers.push(high[d]! - low[d]!);
      });
    });
    const count = foreground.length;
    const room = placesPerPatch * patches.length;
    const places = room * Math.max(1, Math.ceil(count / room));
    const indices = new Int32Array(places);
    indices.set(foreground);
    // In an empty place a unit box on a unit anchor, whose losses are numbers.
    const padded = (values: readonly number[], empty: readonly number[]): Tensor => {
      const out = new Float32Array(places * empty.length);
      out.set(values);
      for (let k = count; k < places; k++) out.set(empty, k * empty.length);
      return tf.tensor(out, [places, empty.length]);
    };
    return {
      counted: tf.tensor1d(counted),
      foreground: tf.tensor1d(indices, 'int32'),
      taken: tf.tensor1d(new Float32Array(places).fill(1, 0, count)),
      anchors: padded(centers, [0.5, 0.5, 0.5, 1, 1, 1]),
      boxes: padded(boxes, [0, 0, 0, 1, 1, 1]),
    };
  }

  private lookup(parameters: readonly Tensor[]): Parameters3d {
    const byName = new Map(this.specs.map((s, n) => [s.name, parameters[n]!]));
    return (name) => byName.get(name)!;
  }

  private momentsOf(sums: ReadonlyMap<string, Tensor>, count: number): Moments {
    return new Map(
      normalizedConvolutions(this.recipe.architecture).map((name) => {
        const both = (sums.get(name)!.dataSync() as Float32Array).map((v) => v / count);
        const mean = both.slice(0, both.length / 2);
        const variance = both.slice(both.length / 2).map((square, c) => Math.max(0, square - mean[c]! ** 2));
        return [name, { mean, variance }];
      }),
    );
  }

  private start(initial: ReadonlyMap<string, Float32Array>): OptimizerState {
    const total = this.specs.reduce((sum, s) => sum + s.size, 0);
    const weights = new Float32Array(total);
    let at = 0;
    for (const s of this.specs) {
      weights.set(initial.get(s.name)!, at);
      at += s.size;
    }
    return {
      weights,
      firstMoment: new Float32Array(total),
      secondMoment: new Float32Array(total),
      average: weights,
    };
  }
}

const anchorLevels = ({ anchors, schedule }: VolumeRecipe): AnchorLevel3[] =>
  anchors.levels.map(({ stride, shapes }) => ({
    stride,
    shapes,
    size: stride.map((s, a) => schedule.patch[a]! / s) as unknown as Vec3,
  }));
