import { createAnchors, type AnchorLevel } from '../../core/detection/anchors';
import type { AnchorSpec } from '../bundle/schema';
import { pyramidLevels, type Architecture } from './architecture';

/** Rows (and columns) of each pyramid level for a canvas of side `size`: SAME padding rounds up at each halving. */
export function anchorLevels(a: Architecture, anchors: AnchorSpec, size: number): AnchorLevel[] {
  return pyramidLevels(a).map((level) => {
    let side = size;
    for (let n = 0; n < level; n++) side = Math.ceil(side / 2);
    const stride = 2 ** level;
    return {
      stride,
      rows: side,
      columns: side,
      sizes: anchors.scales.map((s) => anchors.baseScale * s * stride),
    };
  });
}

/** Anchors [M, 4] px of the canvas. */
export function anchorGrid(a: Architecture, anchors: AnchorSpec, size: number): Float32Array {
  return createAnchors(anchorLevels(a, anchors, size), { aspectRatios: anchors.aspectRatios });
}
