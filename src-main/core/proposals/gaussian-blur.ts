import { cellCount, type Grid } from './grid';

/** One-sided Gaussian weights [0..radius], the whole kernel summing to 1; cut at 4 sigma (Felzenszwalb 2004). */
export function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const kernel = Float64Array.from({ length: radius + 1 }, (_, x) => Math.exp(-0.5 * (x / sigma) ** 2));
  const total = kernel.reduce((sum, weight, x) => sum + (x === 0 ? weight : 2 * weight), 0);
  return kernel.map((weight) => weight / total);
}

/**
 * Gaussian smoothing of a plane; `sigma` in the unit of `grid.spacing`, so that a volume is smoothed by the same
 * millimetres along every axis. Edge cells are repeated outwards. An axis of one cell, or one whose spacing is more
 * than 3 sigma (neighbours would weigh under 1 %), is left as it is.
 */
export function gaussianBlur(plane: Float32Array, grid: Grid, sigma: number): Float32Array {
  let source = plane;
  const cells = cellCount(grid);
  let step = 1;
  for (let axis = 0; axis < 3; axis++) {
    const extent = grid.dims[axis]!;
    const sigmaCells = sigma / grid.spacing[axis]!;
    if (extent > 1 && sigmaCells > 1 / 3) {
      const out = new Float32Array(cells);
      blurAxis(source, out, step, extent, gaussianKernel(sigmaCells));
      source = out;
    }
    step *= extent;
  }
  return source === plane ? plane.slice() : source;
}

/** Lines along the axis lie `step` apart; all lines of one block are convolved together, which keeps reads in order. */
function blurAxis(
  source: Float32Array,
  out: Float32Array,
  step: number,
  extent: number,
  kernel: Float64Array,
): void {
  const radius = kernel.length - 1;
  const block = step * extent;
  const centre = kernel[0]!;
  for (let start = 0; start < source.length; start += block) {
    for (let n = 0; n < extent; n++) {
      const row = start + n * step;
      const inside = n >= radius && n < extent - radius;
      for (let i = 0; i < step; i++) {
        let sum = centre * source[row + i]!;
        if (inside) {
          for (let r = 1, off = step; r <= radius; r++, off += step)
            sum += kernel[r]! * (source[row + i - off]! + source[row + i + off]!);
        } else {
          for (let r = 1; r <= radius; r++) {
            const low = n - r < 0 ? 0 : n - r;
            const high = n + r >= extent ? extent - 1 : n + r;
            sum += kernel[r]! * (source[start + low * step + i]! + source[start + high * step + i]!);
          }
        }
        out[row + i] = sum;
      }
    }
  }
}
