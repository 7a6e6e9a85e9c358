import { matchAnchors } from '../../core/detection/matching';
import { sampleBalanced, sampleHardNegatives } from '../../core/detection/sampling';
import { GraphedFunction } from '../graph/graphed-function';
import { anchorGrid, anchorLevels } from '../network/anchor-grid';
import { lastStage, parameterSpecs, pyramidLevels, type ParameterSpec } from '../network/architecture';
import { inferenceLayers, trainingLayers, type Parameters } from '../network/layers';
import { runBackbone, runBackboneStart, runHead, runPyramid, type RpnOutput } from '../network/network';
import { bestIndices, centerForm, pickAnchors, type ProposalGrid } from '../network/proposals';
import { coarsestPooled, regionPooling, runSecondStage } from '../network/second-stage';
import { createRandom } from '../random';
import type { Tensor, Tensorflow } from '../tensorflow';
import type { Example } from './augment';
import { attentionLoss, batchTargets, rpnLoss, type LossParts, type Targets } from './losses';
import { Optimizer, splitParameters, type OptimizerState } from './optimizer';
import { background, ignored } from '../../core/detection/matching';
import type { Box2 } from '../../core/geometry/box';
import { iouAt } from '../../core/geometry/box-overlap';
import type { Recipe } from './recipe';
import {
  defaultRegionSampling,
  drawRegions,
  regionTargetTensors,
  secondStageLoss,
} from './second-stage-loss';
import { graphAfter, StepGradient } from './step-gradient';
import { takeStep, type StepLosses } from './take-step';

type FirstPass = {
  last: Tensor;
  levels: Tensor[];
  /** Null where nothing is asked of it. */
  output: RpnOutput | null;
};

/**
 * The network under training: frozen start, trained rest, optimizer.
 *
 * Shape shorthand: N: batch, S: canvas side, M: anchors, P: trained parameters
 */
export class Trainer {
  readonly specs: readonly ParameterSpec[];
  private readonly frozen = new Map<string, Tensor>();
  private readonly anchors: Float32Array;
  private readonly grid: ProposalGrid;
  readonly optimizer: Optimizer;
  private readonly first: GraphedFunction<FirstPass>;
  private readonly gradient: StepGradient;
  /** Pyramid levels that the frozen part feeds, in the order of {@link FirstPass.levels}. */
  private startLevels: readonly number[] = [];

  /**
   * @param initial every parameter by name
   * @param resumed state of the trained ones to go on from
   * @param steps of the whole training, see graphAfter
   */
  constructor(
    private readonly tf: Tensorflow,
    private readonly recipe: Recipe,
    private readonly initial: ReadonlyMap<string, Float32Array>,
    resumed: OptimizerState | null,
    steps = 0,
  ) {
    const all = parameterSpecs(recipe.architecture);
    const isFrozen = (s: ParameterSpec): boolean =>
      s.stage !== null && s.stage <= recipe.schedule.frozenStages;
    this.specs = all.filter((s) => !isFrozen(s));
    for (const s of all.filter(isFrozen)) {
      this.frozen.set(s.name, tf.tensor(initial.get(s.name)!, s.shape as number[]));
    }
    this.anchors = anchorGrid(recipe.architecture, recipe.anchors, recipe.input.size);
    this.grid = {
      anchors: tf.tensor2d(centerForm(this.anchors), [this.anchors.length / 4, 4]),
      levelSizes: anchorLevels(recipe.architecture, recipe.anchors, recipe.input.size).map(
        (l) => l.rows * l.columns * recipe.architecture.anchorsPerLocation,
      ),
      size: recipe.input.size,
    };
    this.optimizer = new Optimizer(tf, this.specs, recipe.schedule, resumed ?? this.start());
    this.first = new GraphedFunction(tf, this.firstPass, graphAfter(steps));
    this.gradient = new StepGradient(tf, this.specs, this.loss, graphAfter(steps));
  }

  /** What stood in the way of a graph where the steps should have been one, or null. */
  get graphFailure(): unknown {
    return this.gradient.failure;
  }

  /** Forward, backward, update. @param step counted from 1 */
  step(examples: readonly Example[], step: number, rate: number): StepLosses {
    const { tf, recipe } = this;
    const size = recipe.input.size;
    const batch = new Float32Array(examples.length * size * size * 3);
    examples.forEach((e, n) => batch.set(e.image, n * size * size * 3));
    return takeStep(tf, this.optimizer, this.gradient, step, rate, () => {
      const images = tf.tensor4d(batch, [examples.length, size, size, 3]);
      const { last, levels, output } = this.first.run(this.optimizer.vector, images);
      const matches = this.sample(
        examples.map((e) => this.match(e)),
        output,
        step,
      );
      const { foreground, counted, boxes } = batchTargets(
        tf,
        this.anchors,
        matches.map((m, n) => ({
          matches: m,
          boxes: examples[n]!.boxes,
          rejected: this.anchorsOn(examples[n]!.rejected),
        })),
      );
      const second = output ? this.judged(output, examples, step) : [];
      return [last, ...levels, foreground, counted, boxes, ...second];
    });
  }

  /**
   * What does not need a gradient: the frozen part, and what is found with the weights as they are, which says what the
   * loss of the rest is asked of.
   */
  private readonly firstPass = (weights: Tensor, images: Tensor): FirstPass => {
    const { tf, recipe } = this;
    const { architecture: a, schedule, sampling } = recipe;
    const layers = inferenceLayers(tf);
    const frozen = (name: string): Tensor => this.frozen.get(name)!;
    const start = runBackboneStart(layers, frozen, images, schedule.frozenStages);
    this.startLevels = [...start.byLevel.keys()];
    const levels = [...start.byLevel.values()];
    const asks = a.proposalAttention || a.secondStage || sampling?.kind === 'hard-negative';
    if (!asks) return { last: start.last, levels, output: null };
    const p = this.lookup(splitParameters(tf, weights, this.specs));
    const features = runBackbone(layers, p, start, schedule.frozenStages + 1, lastStage(a));
    const pyramid = runPyramid(tf, layers, p, a, features);
    return { last: start.last, levels, output: runHead(tf, layers, p, a, pyramid.levels) };
  };

  /** The last inputs of {@link loss}: which anchors are picked, and the regions that the second stage is taught on. */
  private judged(output: RpnOutput, examples: readonly Example[], step: number): Tensor[] {
    const { tf, recipe, grid } = this;
    const a = recipe.architecture;
    if (!a.proposalAttention && !a.secondStage) return [];
    const n = examples.length;
    const best = bestIndices(tf, output.objectness, grid.levelSizes, recipe.proposals, new Int32Array(0));
    const indices = tf.tensor2d(best, [n, best.length / n], 'int32');
    const attended = a.proposalAttention ? [indices] : [];
    if (!a.secondStage) return attended;
    // Only proposal attention has weights of its own in what is picked.
    const own = a.proposalAttention ? splitParameters(tf, this.optimizer.vector, this.specs) : [];
    const p = this.lookup(own);
    const picked = pickAnchors(tf, a, p, output, grid, indices);
    // Regions are constants to the second stage: no gradient runs through where they lie (Girshick 2015).
    const drawn = drawRegions(
      {
        boxes: picked.boxes.dataSync() as Float32Array,
        scores: picked.logits.dataSync() as Float32Array,
      },
      examples,
      {
        ...defaultRegionSampling,
        foregroundIou: recipe.losses.regionIou ?? defaultRegionSampling.foregroundIou,
      },
      createRandom(recipe.seed, 3, step),
    );
    const maps = anchorLevels(a, recipe.anchors, recipe.input.size);
    const pooling = regionPooling(tf, a, maps, drawn.regions, n, true);
    const { regions, boxes, classes } = regionTargetTensors(tf, drawn, n, a.secondStage.classes);
    return [...attended, ...pooling.flatMap((l) => (l ? [l.y, l.x] : [])), regions, boxes, classes];
  }

  /** Losses of the RPN and of what the recipe adds to it, summed. @param inputs as {@link step} lists them */
  private readonly loss = (parameters: readonly Tensor[], inputs: readonly Tensor[]): LossParts => {
    const { tf, recipe } = this;
    const a = recipe.architecture;
    const p = this.lookup(parameters);
    const layers = trainingLayers(tf);
    const rest = [...inputs];
    const take = (): Tensor => rest.shift()!;
    const start = { last: take(), byLevel: new Map(this.startLevels.map((level) => [level, take()])) };
    const features = runBackbone(layers, p, start, recipe.schedule.frozenStages + 1, lastStage(a));
    const pyramid = runPyramid(tf, layers, p, a, features);
    const output = runHead(tf, layers, p, a, pyramid.levels);
    const targets: Targets = { foreground: take(), counted: take(), boxes: take() };
    let { total, objectness, box } = rpnLoss(
      tf,
      recipe.losses,
      output.objectness,
      output.boxDeltas,
      this.grid.anchors,
      targets,
    );
    if (a.proposalAttention) {
      const attention = attentionLoss(tf, pickAnchors(tf, a, p, output, this.grid, take()), targets);
      total = total.add(attention);
      objectness = objectness.add(attention);
    }
    if (a.secondStage) {
      const pooling = pyramidLevels(a).map((level) =>
        level <= coarsestPooled(a) ? { y: take(), x: take() } : null,
      );
      const out = runSecondStage(tf, layers, p, a, pyramid.levels, pooling);
      const regions = { regions: take(), boxes: take(), classes: take() };
      const second = secondStageLoss(tf, out, regions, recipe.losses.boxWeight);
      total = total.add(second.total);
      objectness = objectness.add(second.objectness);
      box = box.add(second.box);
    }
    return { total, objectness, box };
  };

  /** Every parameter by name as inference will use it: frozen ones, and the moving average of the rest. */
  averagedParameters(): Map<string, Float32Array> {
    const values = new Map<string, Float32Array>();
    for (const s of parameterSpecs(this.recipe.architecture)) {
      if (this.frozen.has(s.name)) values.set(s.name, this.initial.get(s.name)!);
    }
    const flat = this.optimizer.state().average;
    let at = 0;
    for (const s of this.specs) values.set(s.name, flat.slice(at, (at += s.size)));
    return values;
  }

  dispose(): void {
    this.first.dispose();
    this.gradient.dispose();
    this.optimizer.dispose();
    this.tf.dispose([...this.frozen.values()]);
    this.grid.anchors.dispose();
  }

  private lookup(parameters: readonly Tensor[]): Parameters {
    const byName = new Map(this.specs.map((s, n) => [s.name, parameters[n]!]));
    return (name) => byName.get(name)!;
  }

  /** Anchors that lie on a crowd region and answer for nothing count neither way. */
  private match(example: Example): Int32Array {
    const matches = matchAnchors(this.anchors, example.boxes, this.recipe.matching, {
      dimensions: 2,
      levelSizes: this.grid.levelSizes,
      anchorsPerLocation: this.recipe.architecture.anchorsPerLocation,
    });
    const onCrowd = this.anchorsOn(example.crowds);
    if (!onCrowd) return matches;
    for (let m = 0; m < matches.length; m++) {
      if (matches[m] === background && onCrowd[m] === 1) matches[m] = ignored;
    }
    return matches;
  }

  /** [M] 1 where an anchor lies on one of the regions; undefined where there are none. */
  private anchorsOn(regions: readonly Box2[] | undefined): Uint8Array | undefined {
    if (!regions || regions.length === 0) return undefined;
    const { anchors } = this;
    return Uint8Array.from({ length: anchors.length / 4 }, (_, m) =>
      regions.some((region) => iouAt(anchors, 4 * m, region, 0, 2) > 0.3) ? 1 : 0,
    );
  }

  /** Anchors that are not drawn count for no loss. @param output of this step's weights */
  private sample(
    matches: readonly Int32Array[],
    output: RpnOutput | null,
    step: number,
  ): readonly Int32Array[] {
    const { sampling, seed } = this.recipe;
    if (!sampling) return matches;
    const random = createRandom(seed, 4, step);
    const logits =
      sampling.kind === 'hard-negative'
        ? (output!.objectness.dataSync() as Float32Array)
        : new Float32Array(0);
    return matches.map((row, n) => {
      const { positives, negatives } =
        sampling.kind === 'balanced'
          ? sampleBalanced(row, sampling, random.uniform)
          : sampleHardNegatives(
              row,
              logits.subarray(n * row.length, (n + 1) * row.length),
              sampling,
              random.uniform,
            );
      const out = new Int32Array(row.length).fill(ignored);
      for (const drawn of [positives, negatives]) drawn.forEach((m) => (out[m] = row[m]!));
      return out;
    });
  }

  private start(): OptimizerState {
    const total = this.specs.reduce((sum, s) => sum + s.size, 0);
    const weights = new Float32Array(total);
    let at = 0;
    for (const s of this.specs) {
      weights.set(this.initial.get(s.name)!, at);
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
