import type { Vec3 } from '../../core/geometry/vec3';
import type { LevelMaps, VolumeNetwork, WindowOutput } from '../network3d/volume-network';
import type { Tensor, Tensorflow } from '../tensorflow';
import { convolve3d, groupNormRelu, maxPoolAfterRelu, resizeNearest } from './retinanet-layers';
import {
  blockConvolutions,
  headDepth,
  largestTensorBytes,
  residualBlocks,
  retinanetParameters,
  type RetinanetArchitecture,
} from './retinanet-architecture';

/**
 * MONAI's 3D RetinaNet with its weights on the device. Windows are [1, Z, Y, X, 1] where MONAI has [1, 1, X, Y, Z]: the
 * kernels are turned instead of the data.
 *
 * Shape shorthand: D_l, H_l, W_l: level l along z, y, x; F: channels of the pyramid; A: anchors a location; C: classes
 */
export class RetinaNet implements VolumeNetwork {
  readonly classes: number;
  readonly sizeDivisible: Vec3;
  private readonly parameters = new Map<string, Tensor>();

  /** @param values every parameter by name, batch norm folded */
  constructor(
    private readonly tf: Tensorflow,
    private readonly architecture: RetinanetArchitecture,
    values: ReadonlyMap<string, Float32Array>,
  ) {
    for (const s of retinanetParameters(architecture)) {
      this.parameters.set(s.name, tf.tensor(values.get(s.name)!, s.shape as number[]));
    }
    this.classes = architecture.classes;
    this.sizeDivisible = architecture.sizeDivisible;
  }

  forward(window: Tensor): WindowOutput {
    const { tf } = this;
    const levels = this.pyramid(this.backbone(window));
    return {
      kind: 'maps',
      levels: levels.map((features): LevelMaps => ({
        scores: tf.tidy(() => this.head(features, 'classification').squeeze([0])),
        deltas: tf.tidy(() => this.head(features, 'regression').squeeze([0])),
      })),
    };
  }

  largestTensorBytes(size: Vec3): number {
    return largestTensorBytes(this.architecture, size);
  }

  dispose(): void {
    this.tf.dispose([...this.parameters.values()]);
    this.parameters.clear();
  }

  /** @returns features of the returned stages, finest first */
  private backbone(window: Tensor): Tensor[] {
    const { tf, architecture: a } = this;
    let x = tf.tidy(() => {
      const y = this.conv(window, 'stem', a.stem.stride, true);
      return a.stem.maxPool ? maxPoolAfterRelu(tf, y) : y;
    });
    const returned: Tensor[] = [];
    const blocks = residualBlocks(a);
    blocks.forEach((b, n) => {
      const input = x;
      x = tf.tidy(() => {
        let y = input;
        const convolutions = blockConvolutions(a, b);
        convolutions.forEach((c, k) => {
          const before = y;
          y = this.conv(before, `${b.name}.${c.name}`, c.stride, k < convolutions.length - 1);
          if (before !== input) before.dispose();
        });
        const shortcut = b.shortcut ? this.conv(input, `${b.name}.shortcut`, b.stride, false) : input;
        return y.add(shortcut).relu();
      });
      if (!returned.includes(input)) input.dispose();
      if (blocks[n + 1]?.stage !== b.stage && a.returnedStages.includes(b.stage)) returned.push(x);
    });
    return returned;
  }

  /** Uses its inputs up. @returns [1, D_l, H_l, W_l, F] of each level, finest first */
  private pyramid(features: Tensor[]): Tensor[] {
    const { tf } = this;
    const levels: Tensor[] = [];
    let above: Tensor | null = null;
    for (let n = features.length - 1; n >= 0; n--) {
      const coarser: Tensor | null = above;
      above = tf.tidy(() => {
        const lateral = this.conv(features[n]!, `fpn.inner.${n}`, 1, false);
        return coarser ? lateral.add(resizeNearest(tf, coarser, lateral.shape.slice(1, 4))) : lateral;
      });
      features[n]!.dispose();
      coarser?.dispose();
      levels.unshift(this.conv(above, `fpn.layer.${n}`, 1, false));
    }
    above?.dispose();
    // MONAI's LastLevelMaxPool: a kernel of 1 and a stride of 2, which is every other place.
    levels.push(tf.maxPool3d(levels[levels.length - 1]! as never, 1, 2, 'valid'));
    return levels;
  }

  private head(features: Tensor, head: 'classification' | 'regression'): Tensor {
    const { tf, architecture: a } = this;
    let x = features;
    for (let n = 0; n < headDepth; n++) {
      const input = x;
      x = groupNormRelu(
        tf,
        convolve3d(tf, input, this.p(`${head}.conv${n}.kernel`), 1),
        this.p(`${head}.conv${n}.bias`),
        this.p(`${head}.norm${n}.scale`),
        this.p(`${head}.norm${n}.offset`),
        a.normGroups,
      );
      if (input !== features) input.dispose();
    }
    return this.conv(x, `${head}.out`, 1, false);
  }

  private conv(x: Tensor, name: string, stride: number | Vec3, activate: boolean): Tensor {
    const { tf } = this;
    return tf.tidy(() => {
      const linear = convolve3d(tf, x, this.p(`${name}.kernel`), stride);
      const y = linear.add(this.p(`${name}.bias`));
      // Without this, three arrays of the largest size would live at once.
      linear.dispose();
      return activate ? y.relu() : y;
    });
  }

  private p(name: string): Tensor {
    return this.parameters.get(name)!;
  }
}
