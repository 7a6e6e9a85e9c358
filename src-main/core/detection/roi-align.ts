/**
 * RoIAlign (He et al. 2017, section 3) as two matrices a region.
 *
 * Shape shorthand: R: regions, P: bins a side, S: cells along an axis
 *
 * For axis-aligned regions the mean of bilinear samples separates: out = Y F X^T with Y [P, rows] and X [P, columns]. The
 * products run at matrix speed and their gradient comes for free, where sampling point by point has neither here.
 */
export interface RoiAlignOptions {
  readonly bins: number;
  /** Samples along each side of a bin. */
  readonly samplingRatio: number;
  /** Half a cell is taken off, so that cell centres lie at whole coordinates (torchvision's `aligned`). */
  readonly aligned?: boolean;
}

/**
 * Weights of one axis.
 * @param low [R] lower ends, in cells of the feature map (px / stride)
 * @param high [R] upper ends
 * @returns [R, P, S] flat; a bin whose samples all lie more than a cell outside has zeros, as torchvision's
 */
export function roiAxisWeights(
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  cells: number,
  options: RoiAlignOptions,
): Float32Array {
  const { bins, samplingRatio, aligned = true } = options;
  const out = new Float32Array(low.length * bins * cells);
  const shift = aligned ? 0.5 : 0;
  const share = 1 / samplingRatio;
  for (let r = 0; r < low.length; r++) {
    const start = low[r]! - shift;
    const length = aligned ? high[r]! - low[r]! : Math.max(1, high[r]! - low[r]!);
    const bin = length / bins;
    for (let p = 0; p < bins; p++) {
      const row = (r * bins + p) * cells;
      for (let s = 0; s < samplingRatio; s++) {
        const at = start + p * bin + ((s + 0.5) * bin) / samplingRatio;
        if (!(at >= -1 && at <= cells)) continue;
        const inside = Math.max(0, at);
        const below = Math.floor(inside);
        if (below >= cells - 1) out[row + cells - 1]! += share;
        else {
          out[row + below]! += share * (1 - (inside - below));
          out[row + below + 1]! += share * (inside - below);
        }
      }
    }
  }
  return out;
}

/** Pyramid level that a region of this area is read from (Lin et al. 2017a, equation 1). */
export function roiLevel(area: number, finest: number, coarsest: number): number {
  const level = Math.floor(4 + Math.log2(Math.sqrt(Math.max(1, area)) / 224 + 1e-8));
  return Math.min(coarsest, Math.max(finest, level));
}
