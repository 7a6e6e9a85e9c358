import type { Tensor, Tensorflow } from '../tensorflow';
import type { RpnMaps } from './network3d';

/**
 * A window read twice, as it is and with left and right changed.
 *
 * Shape shorthand: D, H, W: sides along z, y, x, of the window or of a level; A: anchors a location
 */

const xAxis = 3;

/** [1, D, H, W, 1], x from the other end. */
export const mirrorWindow = (tf: Tensorflow, window: Tensor): Tensor => tf.reverse(window, xAxis);

/**
 * Means of a reading and of the mirrored window's, which is turned back: an anchor in the middle of its cell has its
 * mirror image at the same place from the other end, and only its shift along x changes its sign.
 */
export function averageMirrored(
  tf: Tensorflow,
  plain: readonly RpnMaps[],
  mirrored: readonly RpnMaps[],
  anchorsPerLocation: number,
): RpnMaps[] {
  // Deltas are dx, dy, dz and the three logarithms of sizes, of each anchor in turn.
  const signs = tf.tensor1d(Array.from({ length: 6 * anchorsPerLocation }, (_, n) => (n % 6 === 0 ? -1 : 1)));
  const mean = (a: Tensor, b: Tensor): Tensor => tf.add(a, b).mul(0.5);
  return plain.map(({ objectness, boxDeltas }, level) => {
    const other = mirrored[level]!;
    return {
      objectness: mean(objectness, tf.reverse(other.objectness, xAxis)),
      boxDeltas: mean(boxDeltas, tf.reverse(other.boxDeltas, xAxis).mul(signs)),
    };
  });
}
