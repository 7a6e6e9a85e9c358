import type { AnchorSpec, InputSpec, ProposalSpec } from '../bundle/schema';
import type { Tensor, Tensorflow } from '../tensorflow';
import { anchorGrid, anchorLevels } from './anchor-grid';
import { parameterSpecs, type Architecture } from './architecture';
import { inferenceLayers, type Layers } from './layers';
import { runNetwork } from './network';
import { centerForm, readProposals, type ScoredBox } from './proposals';

/** A trained network on the device: normalised picture in, boxes out. */
export class CompiledNetwork {
  private readonly parameters = new Map<string, Tensor>();
  private readonly anchors: Tensor;
  private readonly levelSizes: readonly number[];
  private readonly layers: Layers;

  constructor(
    private readonly tf: Tensorflow,
    private readonly architecture: Architecture,
    anchors: AnchorSpec,
    private readonly input: InputSpec,
    private readonly proposals: ProposalSpec,
    values: ReadonlyMap<string, Float32Array>,
  ) {
    for (const s of parameterSpecs(architecture)) {
      this.parameters.set(s.name, tf.tensor(values.get(s.name)!, s.shape as number[]));
    }
    const grid = anchorGrid(architecture, anchors, input.size);
    this.anchors = tf.tensor2d(centerForm(grid), [grid.length / 4, 4]);
    this.levelSizes = anchorLevels(architecture, anchors, input.size).map(
      (l) => l.rows * l.columns * architecture.anchorsPerLocation,
    );
    this.layers = inferenceLayers(tf);
  }

  /**
   * @param image [S, S, 3] normalised
   * @returns boxes in canvas px, best first
   */
  async propose(image: Float32Array, minScore: number): Promise<ScoredBox[]> {
    const { tf } = this;
    const { size } = this.input;
    const output = tf.tidy(() =>
      runNetwork(
        tf,
        this.layers,
        (name) => this.parameters.get(name)!,
        this.architecture,
        tf.tensor4d(image, [1, size, size, 3]),
      ),
    );
    try {
      return await readProposals(tf, output, this.anchors, this.levelSizes, this.proposals, minScore);
    } finally {
      tf.dispose([output.objectness, output.boxDeltas]);
    }
  }

  dispose(): void {
    this.tf.dispose([...this.parameters.values(), this.anchors]);
  }
}
