import type { Vec3 } from '../../core/geometry/vec3';
import type { Tensor } from '../tensorflow';

/**
 * What the volume pipeline (inference/volume-detector.ts) asks of a 3D network, be it ours or an imported one.
 *
 * Shape shorthand: D, H, W: window along z, y, x, voxels (x fastest); D_l, H_l, W_l: the same of level l; A: anchors a
 * location; C: classes; N: boxes. Triples (Vec3) are x, y, z.
 */
export interface LevelMaps {
  /** [D_l, H_l, W_l, A * C] logits; class fastest. */
  readonly scores: Tensor;
  /** [D_l, H_l, W_l, A * 6] dx, dy, dz, dw, dh, dd relative to the anchor (core/detection/box-coder.ts). */
  readonly deltas: Tensor;
}

/** Maps over anchors, finest level first, or boxes where the network decodes them itself. */
export type WindowOutput =
  | { readonly kind: 'maps'; readonly levels: readonly LevelMaps[] }
  | {
      readonly kind: 'boxes';
      /** [N, 6] x0, y0, z0, x1, y1, z1 in voxels of the window. */
      readonly boxes: Tensor;
      /** [N, C], 0..1. */
      readonly scores: Tensor;
    };

export interface VolumeNetwork {
  /** C: one label of the bundle each. */
  readonly classes: number;
  /** Sides of a window must be multiples of these. */
  readonly sizeDivisible: Vec3;
  /**
   * Call inside tf.tidy.
   * @param window [1, D, H, W, 1], 0..1
   */
  forward(window: Tensor): WindowOutput;
  /** Bytes of the largest tensor that a window of this size (voxels) makes: one over 1 GiB ends an Electron process. */
  largestTensorBytes(size: Vec3): number;
  dispose(): void;
}
