import { monaiAnchors3, scaledShapes } from '../../core/detection/anchors-3d';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec } from '../bundle/schema';

/**
 * Anchors of MONAI's AnchorGeneratorWithAnchorShape (apps/detection/utils/anchor_utils.py) for a bundle.
 *
 * @param strides voxels between locations of each level, finest first
 * @param base sides of the anchors, voxels
 * @param scales one a level
 */
export function monaiAnchorSpec(
  strides: readonly Vec3[],
  base: readonly Vec3[],
  scales: readonly number[],
  origin: VolumeAnchorSpec['origin'] = 'center',
): VolumeAnchorSpec {
  return {
    levels: strides.map((stride, n) => ({
      stride: [...stride],
      shapes: scaledShapes(base, scales[n]!, true).map((s): [number, number, number] => [...s]),
    })),
    offset: monaiAnchors3.offset,
    origin,
  };
}
