/**
 * Reference boxes that the network's deltas are relative to (Ren et al. 2015, section 3.1.1).
 *
 * Shape shorthand:
 *   L: levels; H_l, W_l: rows and columns of level l; A: anchors a location (ratios x sizes); M = sum of H_l W_l A
 *   result: [M, 4] as x0, y0, x1, y1 px; level-major, then row-major, then ratio, then size
 */
export interface AnchorLevel {
  /** Pixels between neighbouring locations. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** Side of the square of the same area, px. */
  readonly sizes: readonly number[];
}

export interface AnchorOptions {
  /** Height over width. */
  readonly aspectRatios: readonly number[];
  /** Where in its cell a location lies, in strides: 0.5 is the centre; torchvision uses 0. */
  readonly offset?: number;
  /** torchvision rounds the corners of the reference boxes to whole pixels. */
  readonly rounded?: boolean;
}

/** @returns [M, 4] flat */
export function createAnchors(levels: readonly AnchorLevel[], options: AnchorOptions): Float32Array {
  const { aspectRatios, offset = 0.5, rounded = false } = options;
  const total = levels.reduce((sum, l) => sum + l.rows * l.columns * l.sizes.length, 0) * aspectRatios.length;
  const out = new Float32Array(total * 4);
  let at = 0;
  for (const level of levels) {
    const halves = aspectRatios.flatMap((ratio) =>
      level.sizes.map((size) => {
        const half = [size / Math.sqrt(ratio) / 2, (size * Math.sqrt(ratio)) / 2] as const;
        return rounded ? ([roundHalfEven(half[0]), roundHalfEven(half[1])] as const) : half;
      }),
    );
    for (let row = 0; row < level.rows; row++) {
      for (let column = 0; column < level.columns; column++) {
        const x = (column + offset) * level.stride;
        const y = (row + offset) * level.stride;
        for (const [w, h] of halves) {
          out[at++] = x - w;
          out[at++] = y - h;
          out[at++] = x + w;
          out[at++] = y + h;
        }
      }
    }
  }
  return out;
}

/** As torch.round does: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
