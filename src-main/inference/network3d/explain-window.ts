import { decodeBoxesFlat } from '../../core/detection/box-coder';
import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec } from '../bundle/schema';
import type { Tensor, Tensorflow } from '../tensorflow';
import type { VolumeNetwork } from './volume-network';
import { anchorAt, originShift } from './anchor-at';

/**
 * What a 3D network made of one point of a window, at each level.
 *
 * Shape shorthand: D_l, H_l, W_l: locations of level l along z, y, x; A: anchors a location; C: classes; boxes and points
 *   in voxels of the window
 */
export interface WindowLevel {
  readonly stride: Vec3;
  /** The location nearest to the point, x, y, z. */
  readonly cell: Vec3;
  /** Of that location. */
  readonly center: Vec3;
  readonly rows: number;
  readonly columns: number;
  /** [H_l, W_l] best score of each location of the point's plane. */
  readonly objectness: Float32Array;
  readonly anchors: readonly AnchorInWindow[];
}

export interface AnchorInWindow {
  /** Index in its level, as WindowProposals.anchors. */
  readonly index: number;
  readonly anchor: Box3;
  readonly deltas: readonly number[];
  readonly box: Box3;
  /** The best class's, and that class. */
  readonly score: number;
  readonly classIndex: number;
}

/** @returns levels, finest first; none where the network gives boxes and no maps */
export async function explainWindow(
  tf: Tensorflow,
  network: VolumeNetwork,
  anchors: VolumeAnchorSpec,
  window: Float32Array,
  size: Vec3,
  point: Vec3,
): Promise<WindowLevel[]> {
  const cells: Located[] = [];
  const read = tf.tidy(() => {
    const output = network.forward(tf.tensor(window, [1, size[2], size[1], size[0], 1]));
    if (output.kind === 'boxes') return [];
    return output.levels.map(({ scores, deltas }, l): Read => {
      const [depth, rows, columns] = scores.shape as [number, number, number];
      const located = locate(anchors, l, [columns, rows, depth], point);
      const [x, y, z] = located.cell;
      cells.push(located);
      const at = (map: Tensor): Tensor => map.slice([z, y, x, 0], [1, 1, 1, -1]).flatten();
      return {
        plane: scores.slice([z, 0, 0, 0], [1, -1, -1, -1]).max(-1).sigmoid().flatten(),
        scores: at(scores).sigmoid(),
        deltas: at(deltas),
      };
    });
  });
  try {
    return await Promise.all(
      read.map(async (level, l): Promise<WindowLevel> => {
        const scores = (await level.scores.data()) as Float32Array;
        const deltas = (await level.deltas.data()) as Float32Array;
        const { cell, center, size: map } = cells[l]!;
        const [columns, rows] = map;
        const { stride, shapes } = anchors.levels[l]!;
        const location = (cell[2] * rows + cell[1]) * columns + cell[0];
        return {
          stride,
          cell,
          center,
          rows,
          columns,
          objectness: Float32Array.from((await level.plane.data()) as Float32Array),
          anchors: shapes.map((_, shape): AnchorInWindow => {
            const byClass = scores.subarray(shape * network.classes, (shape + 1) * network.classes);
            const score = Math.max(...byClass);
            const anchor = anchorAt(anchors, l, cell, shape);
            const shift = deltas.subarray(shape * 6, shape * 6 + 6);
            return {
              index: location * shapes.length + shape,
              anchor,
              deltas: [...shift],
              box: [...decodeBoxesFlat(anchor, shift, { dimensions: 3 })] as unknown as Box3,
              score,
              classIndex: byClass.indexOf(score),
            };
          }),
        };
      }),
    );
  } finally {
    for (const level of read) tf.dispose(level);
  }
}

/** A type and not an interface: tf.tidy takes it as a container of tensors. */
type Read = {
  /** [H_l * W_l] */
  plane: Tensor;
  /** [A * C] */
  scores: Tensor;
  /** [A * 6] */
  deltas: Tensor;
};

interface Located {
  readonly cell: Vec3;
  readonly center: Vec3;
  readonly size: Vec3;
}

function locate(anchors: VolumeAnchorSpec, level: number, size: Vec3, point: Vec3): Located {
  const { stride } = anchors.levels[level]!;
  const shift = originShift(anchors);
  const cell = point.map((p, a) => {
    const nearest = Math.floor((p - shift) / stride[a]! - anchors.offset + 0.5);
    return Math.min(size[a]! - 1, Math.max(0, nearest));
  }) as [number, number, number];
  const center = cell.map((c, a) => (c + anchors.offset) * stride[a]! + shift) as [number, number, number];
  return { cell, center, size };
}
