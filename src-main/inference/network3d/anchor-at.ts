import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec } from '../bundle/schema';

/** Voxels by which coordinates of the network lie before ours. */
export const originShift = (anchors: VolumeAnchorSpec): number => (anchors.origin === 'center' ? 0.5 : 0);

/** @param at location x, y, z @param shape which of the level's */
export function anchorAt(anchors: VolumeAnchorSpec, level: number, at: Vec3, shape: number): Box3 {
  const { stride, shapes } = anchors.levels[level]!;
  const sides = shapes[shape]!;
  const edge = (a: 0 | 1 | 2, side: 1 | -1): number =>
    (at[a] + anchors.offset) * stride[a] + originShift(anchors) + (side * sides[a]) / 2;
  return [edge(0, -1), edge(1, -1), edge(2, -1), edge(0, 1), edge(1, 1), edge(2, 1)];
}
