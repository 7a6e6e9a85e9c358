import type { Vec3 } from '../../core/geometry/vec3';
import { GraphedFunction } from '../graph/graphed-function';
import type { Tensor, Tensorflow } from '../tensorflow';
import { parameterSpecs3d, sizeDivisor, type Architecture3d } from './architecture3d';
import { inferenceLayers3d, type Layers3d } from './layers3d';
import { averageMirrored, mirrorWindow } from './mirror3d';
import { runNetwork3d, type RpnMaps } from './network3d';
import type { VolumeNetwork, WindowOutput } from './volume-network';

/** The slim network with its weights on the device. */
export class CompiledNetwork3d implements VolumeNetwork {
  readonly classes = 1;
  readonly sizeDivisible: Vec3;
  private readonly parameters = new Map<string, Tensor>();
  private readonly layers: Layers3d;
  private readonly graphed: GraphedFunction<WindowOutput>;

  /**
   * @param values every parameter by name, batch norm folded
   * @param flipAveraging read each window mirrored too (mirror3d.ts)
   */
  constructor(
    private readonly tf: Tensorflow,
    private readonly architecture: Architecture3d,
    values: ReadonlyMap<string, Float32Array>,
    private readonly flipAveraging = false,
  ) {
    for (const s of parameterSpecs3d(architecture)) {
      this.parameters.set(s.name, tf.tensor(values.get(s.name)!, s.shape as number[]));
    }
    const divisor = sizeDivisor(architecture);
    this.sizeDivisible = [divisor, divisor, divisor];
    this.layers = inferenceLayers3d(tf, (name) => this.parameters.get(name)!);
    this.graphed = new GraphedFunction(tf, (window) => this.run(window));
  }

  forward(window: Tensor): WindowOutput {
    return this.graphed.run(window);
  }

  private run(window: Tensor): WindowOutput {
    const { tf } = this;
    const read = (x: Tensor): RpnMaps[] => runNetwork3d(tf, this.layers, this.architecture, x);
    const plain = read(window);
    const levels = this.flipAveraging
      ? averageMirrored(tf, plain, read(mirrorWindow(tf, window)), this.architecture.anchorsPerLocation)
      : plain;
    return {
      kind: 'maps',
      levels: levels.map(({ objectness, boxDeltas }) => ({
        scores: objectness.squeeze([0]),
        deltas: boxDeltas.squeeze([0]),
      })),
    };
  }

  largestTensorBytes([x, y, z]: Vec3): number {
    const { stages, finestLevel, fpnChannels, anchorsPerLocation } = this.architecture;
    const voxels = x * y * z * 4;
    const inFeatures = Math.max(...stages.map((s, n) => s.channels / 8 ** (n + 1)));
    const inHead = Math.max(fpnChannels, 6 * anchorsPerLocation) / 8 ** finestLevel;
    return voxels * Math.max(1, inFeatures, inHead);
  }

  dispose(): void {
    this.graphed.dispose();
    this.tf.dispose([...this.parameters.values()]);
  }
}
