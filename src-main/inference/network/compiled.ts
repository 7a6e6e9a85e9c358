import { averageFlips, type AveragedBox } from '../../core/detection/flip-averaging';
import {
  bestAnchors,
  boxAt,
  clipBoxes,
  selectProposals,
  type ProposalProvenance,
  type ProposalSource,
  type ScoredBoxes,
  type Selection,
} from '../../core/detection/select-proposals';
import type { Box2 } from '../../core/geometry/box';
import type { AnchorSpec, InputSpec, ProposalSpec } from '../bundle/schema';
import { GraphedFunction } from '../graph/graphed-function';
import type { Tensor, Tensorflow } from '../tensorflow';
import { anchorGrid, anchorLevels } from './anchor-grid';
import { parameterSpecs, pyramidLevels, type Architecture } from './architecture';
import { inferenceLayers, type Layers, type Parameters } from './layers';
import { runNetwork, type Pyramid, type RpnOutput } from './network';
import { PooledFeatures } from './pooled-features';
import { bestIndices, centerForm, decodeBoxes, pickAnchors, type ProposalGrid } from './proposals';
import { mirrorBox, mirrorBoxes, mirrorCanvas } from './mirror';
import { regionNmsIou, regionPooling, runSecondStage } from './second-stage';

/** A box of the canvas that may hold a lesion. */
export interface ScoredBox {
  /** px of the canvas. */
  readonly box: Box2;
  readonly score: number;
  /** Index into the bundle's labels. */
  readonly classIndex: number;
  /** The second stage's, by label; left out where there is one label. */
  readonly classScores?: readonly number[] | undefined;
  readonly provenance: ProposalProvenance;
}

/** On the device. A type and not an interface: tf.tidy takes it as a container of tensors. */
export type RawOutput = { output: RpnOutput; pyramid: Pyramid };

/** What the first stage made of one picture: every box it decoded, before any was dropped. */
export interface FirstStage extends ScoredBoxes {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly rpnScores: Float32Array;
  /** [K] index into M. */
  readonly anchors: Int32Array;
  /** [K] pyramid level. */
  readonly levels: Uint8Array;
  readonly sources: readonly ProposalSource[];
}

/** Regions after the second stage. */
export interface SecondStage extends ScoredBoxes {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  /** [R] of this stage alone; `scores` are both stages'. */
  readonly ownScores: Float32Array;
  readonly classIndices: Uint8Array;
  /** [R, K] by class. */
  readonly classScores: Float32Array;
  /** [R] index of each region in the first stage. */
  readonly from: readonly number[];
  /** [R] of each region and of those it stands for after the first stage. */
  readonly sources: readonly ProposalProvenance[];
}

export interface NetworkTrace {
  readonly first: FirstStage;
  readonly firstSelection: Selection;
  readonly second: SecondStage | null;
  /** Of the second stage where there is one, else of the first. */
  readonly finalSelection: Selection;
}

/** A trained network on the device: normalised picture in, boxes out. */
export class CompiledNetwork {
  private readonly parameters = new Map<string, Tensor>();
  private readonly anchorValues: Float32Array;
  private readonly grid: ProposalGrid;
  private readonly layers: Layers;
  private readonly network: GraphedFunction<RawOutput>;
  private pooled: { levels: string; features: PooledFeatures } | null = null;
  private readonly lookup: Parameters = (name) => this.parameters.get(name)!;

  constructor(
    private readonly tf: Tensorflow,
    readonly architecture: Architecture,
    anchors: AnchorSpec,
    private readonly input: Pick<InputSpec, 'size' | 'flipAveraging'>,
    private readonly proposals: ProposalSpec,
    values: ReadonlyMap<string, Float32Array>,
  ) {
    for (const s of parameterSpecs(architecture)) {
      this.parameters.set(s.name, tf.tensor(values.get(s.name)!, s.shape as number[]));
    }
    this.anchorValues = anchorGrid(architecture, anchors, input.size);
    this.grid = {
      anchors: tf.tensor2d(centerForm(this.anchorValues), [this.anchorValues.length / 4, 4]),
      levelSizes: anchorLevels(architecture, anchors, input.size).map(
        (l) => l.rows * l.columns * architecture.anchorsPerLocation,
      ),
      size: input.size,
    };
    this.layers = inferenceLayers(tf);
    this.network = new GraphedFunction(tf, (images) =>
      runNetwork(tf, this.layers, this.lookup, architecture, images),
    );
  }

  /**
   * @param image [S, S, 3] normalised
   * @param regions [R, 4] canvas px: places that selective search points at
   * @param rules in place of the bundle's
   * @returns boxes in canvas px, best first
   */
  async propose(
    image: Float32Array,
    minScore: number,
    regions: Float32Array = new Float32Array(0),
    rules: Partial<ProposalSpec> = {},
  ): Promise<ScoredBox[]> {
    const averaged = await this.average(image, minScore, regions, rules);
    if (!averaged) return this.proposeOnce(image, minScore, regions, rules);
    return averaged.map(({ plain: _place, mirrored: _other, ...box }) => box);
  }

  /**
   * {@link propose} where the picture is read mirrored too, with the place of each box among those of the plain reading;
   * null where it is not.
   */
  async average(
    image: Float32Array,
    minScore: number,
    regions: Float32Array = new Float32Array(0),
    rules: Partial<ProposalSpec> = {},
  ): Promise<(ScoredBox & AveragedBox)[] | null> {
    if (!this.input.flipAveraging) return null;
    const { size } = this.input;
    const plain = await this.proposeOnce(image, minScore, regions, rules);
    const mirrored = await this.proposeOnce(
      mirrorCanvas(image, size),
      minScore,
      mirrorBoxes(regions, size),
      rules,
    );
    const back = mirrored.map((m) => ({ ...m, box: mirrorBox(m.box, size) }));
    const limit = rules.postNmsTopN ?? this.proposals.postNmsTopN;
    return averageFlips(plain, back, { minScore, limit }).map((b) => ({
      ...b,
      provenance: (b.plain === null ? back[b.mirrored!]! : plain[b.plain]!).provenance,
    }));
  }

  private async proposeOnce(
    image: Float32Array,
    minScore: number,
    regions: Float32Array,
    rules: Partial<ProposalSpec>,
  ): Promise<ScoredBox[]> {
    const { second, finalSelection } = await this.trace(image, minScore, regions, rules);
    const classes = this.architecture.secondStage?.classes ?? 1;
    return finalSelection.kept.map((n, k) => ({
      box: finalSelection.boxes[k]!,
      score: finalSelection.scores[k]!,
      classIndex: second ? second.classIndices[n]! : 0,
      ...(second &&
        classes > 1 && { classScores: [...second.classScores.subarray(n * classes, (n + 1) * classes)] }),
      provenance: finalSelection.provenance[k]!,
    }));
  }

  /** As {@link propose}, with every box that was decoded and what became of it. */
  async trace(
    image: Float32Array,
    minScore: number,
    regions: Float32Array = new Float32Array(0),
    rules: Partial<ProposalSpec> = {},
  ): Promise<NetworkTrace> {
    const raw = this.forward(image);
    try {
      return await this.follow(raw, minScore, regions, rules);
    } finally {
      this.release(raw);
    }
  }

  /** {@link trace} of raw outputs, which stay the caller's. */
  async follow(
    { output, pyramid }: RawOutput,
    minScore: number,
    regions: Float32Array = new Float32Array(0),
    rules: Partial<ProposalSpec> = {},
  ): Promise<NetworkTrace> {
    const { architecture } = this;
    const proposals = { ...this.proposals, ...rules };
    const first = await this.readFirst(output, regions, proposals);
    if (!architecture.secondStage) {
      const selection = selectProposals(first, { ...proposals, minScore });
      return { first, firstSelection: selection, second: null, finalSelection: selection };
    }
    const firstSelection = selectProposals(first, {
      minScore: 0,
      nmsIouThreshold: regionNmsIou,
      postNmsTopN: architecture.secondStage.proposals,
      minSize: Math.max(1, proposals.minSize ?? 0),
    });
    const second = await this.readSecond(pyramid, first, firstSelection);
    const finalSelection = selectProposals(second, { ...proposals, nmsPerLevel: false, minScore });
    return { first, firstSelection, second, finalSelection };
  }

  /** Raw outputs; the caller releases them. @param image [S, S, 3] normalised */
  forward(image: Float32Array): RawOutput {
    const { tf } = this;
    const { size } = this.input;
    return tf.tidy(() => this.network.run(tf.tensor4d(image, [1, size, size, 3])));
  }

  /**
   * Means of the backbone's channels over a part of the canvas, for the quality gate.
   * @param image [S, S, 3] normalised. @param inside px of the canvas. @param levels pyramid levels, 2 to 5
   */
  pooledFeatures(image: Float32Array, inside: Box2, levels: readonly number[]): Float32Array {
    const key = levels.join();
    if (this.pooled?.levels !== key) {
      this.pooled?.features.dispose();
      this.pooled = {
        levels: key,
        features: new PooledFeatures(this.tf, this.layers, this.lookup, levels),
      };
    }
    return this.pooled.features.run(image, this.input.size, inside);
  }

  release({ output, pyramid }: RawOutput): void {
    this.tf.dispose([output, pyramid] as never);
  }

  /** [M, 4] px of the canvas, level-major. */
  get anchors(): Float32Array {
    return this.anchorValues;
  }

  /** Anchors of each level. */
  get levelSizes(): readonly number[] {
    return this.grid.levelSizes;
  }

  dispose(): void {
    this.network.dispose();
    this.pooled?.features.dispose();
    this.tf.dispose([...this.parameters.values(), this.grid.anchors]);
  }

  private async readFirst(
    output: RpnOutput,
    regions: Float32Array,
    proposals: ProposalSpec,
  ): Promise<FirstStage> {
    const { tf, grid } = this;
    const nearest = bestAnchors(this.anchorValues, regions);
    const packed = tf.tidy(() => {
      const best = bestIndices(tf, output.objectness, grid.levelSizes, proposals, nearest);
      const indices = tf.tensor2d(best, [1, best.length], 'int32');
      const picked = pickAnchors(tf, this.architecture, this.lookup, output, grid, indices);
      const columns = [picked.logits.sigmoid(), picked.rpnLogits.sigmoid(), picked.indices.toFloat()];
      return tf.concat([picked.boxes, ...columns.map((c) => c.expandDims(-1))], -1);
    });
    const values = (await packed.data()) as Float32Array;
    packed.dispose();
    const width = 7;
    const count = values.length / width;
    const boxes = new Float32Array(count * 4);
    const column = (at: number): Float32Array =>
      Float32Array.from({ length: count }, (_, n) => values[n * width + at]!);
    for (let n = 0; n < count; n++) boxes.set(values.subarray(n * width, n * width + 4), n * 4);
    // A second stage pools the region itself and moves it from there; a single stage has only its anchors to move.
    if (this.architecture.secondStage) boxes.set(regions, (count - nearest.length) * 4);
    if (proposals.clip) clipBoxes(boxes, grid.size, grid.size);
    const anchors = Int32Array.from(column(6));
    const byNetwork = count - nearest.length;
    return {
      boxes,
      scores: column(4),
      rpnScores: column(5),
      anchors,
      levels: Uint8Array.from(anchors, (m) => this.levelOf(m)),
      sources: Array.from({ length: count }, (_, n) => (n < byNetwork ? 'network' : 'selective-search')),
    };
  }

  private async readSecond(pyramid: Pyramid, first: FirstStage, selection: Selection): Promise<SecondStage> {
    const { tf, architecture: a } = this;
    const { classes } = a.secondStage!;
    const from = [...selection.kept];
    const regions = Float32Array.from(from.flatMap((n) => [...boxAt(first.boxes, n)]));
    if (from.length === 0) {
      return {
        boxes: regions,
        scores: regions,
        ownScores: regions,
        classIndices: new Uint8Array(0),
        classScores: regions,
        from,
        sources: [],
      };
    }
    const packed = tf.tidy(() => {
      const maps = pyramid.levels.map(({ shape }) => ({ rows: shape[1]!, columns: shape[2]! }));
      const pooling = regionPooling(tf, a, maps, regions, 1);
      const out = runSecondStage(tf, this.layers, this.lookup, a, pyramid.levels, pooling);
      const anchors = tf.tensor3d(centerForm(regions), [1, from.length, 4]);
      return tf.concat([decodeBoxes(tf, anchors, out.boxDeltas), out.scores.sigmoid()], -1);
    });
    const values = (await packed.data()) as Float32Array;
    packed.dispose();
    const boxes = new Float32Array(from.length * 4);
    const scores = new Float32Array(from.length);
    const ownScores = new Float32Array(from.length);
    const classIndices = new Uint8Array(from.length);
    const classScores = new Float32Array(from.length * classes);
    const width = 4 + classes;
    from.forEach((n, r) => {
      boxes.set(values.subarray(r * width, r * width + 4), r * 4);
      const byClass = values.subarray(r * width + 4, (r + 1) * width);
      classScores.set(byClass, r * classes);
      classIndices[r] = byClass.indexOf(Math.max(...byClass));
      ownScores[r] = byClass[classIndices[r]!]!;
      scores[r] = fuseScores(first.scores[n]!, ownScores[r]!);
    });
    if (this.proposals.clip) clipBoxes(boxes, this.grid.size, this.grid.size);
    return { boxes, scores, ownScores, classIndices, classScores, from, sources: selection.provenance };
  }

  private levelOf(anchor: number): number {
    let from = 0;
    const levels = pyramidLevels(this.architecture);
    return levels.find((_, l) => anchor < (from += this.grid.levelSizes[l]!)) ?? levels[levels.length - 1]!;
  }
}

/** Both stages must agree: the geometric mean (Zhou et al. 2021, "Probabilistic two-stage detection", without its prior). */
function fuseScores(first: number, second: number): number {
  return Math.sqrt(first * second);
}
