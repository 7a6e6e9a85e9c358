import { ijkToLps } from '../../../src-main/core/geometry/affine';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { PixelLayout } from '../../../src-main/core/study/entities';
import { levelScores, type Explained } from './explained';

type Explanation = Explained['explanation'];

/** One level's objectness, and where it lies: cell (row, column) covers `corner` + column * `column` + row * `row`. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  /** Row by row, 0..1. */
  readonly scores: Float32Array;
  /** In the viewer's world: LPS mm, or the picture's plane. */
  readonly corner: Vec3;
  readonly column: Vec3;
  readonly row: Vec3;
}

/** The map of the level that answered most at the point; null where there is none. */
export function heatMap(explanation: Explanation, pixels: PixelLayout): HeatMap | null {
  const scores = levelScores(explanation).map((level) => level.score);
  const best = scores.indexOf(Math.max(...scores));
  if (best < 0) return null;
  if (explanation.kind === 'volume') {
    const { rows, columns, plane, objectness } = explanation.levels[best]!;
    const { corner, columnStep, rowStep } = plane;
    return { rows, columns, scores: new Float32Array(objectness), corner, column: columnStep, row: rowStep };
  }
  const { rows, columns, toPicture, objectness } = explanation.levels[best]!;
  const [a, b, c, d, e, f] = toPicture;
  // The first pixel covers [0, 1) there, and has its middle at 0 here.
  const world = (x: number, y: number): Vec3 => {
    if (pixels.kind === 'volume') return ijkToLps(pixels.geometry, [x - 0.5, y - 0.5, explanation.frame]);
    const [sx, sy] = pixels.pixelSpacing ?? [1, 1];
    return [(x - 0.5) * sx, (y - 0.5) * sy, 0];
  };
  const corner = world(c, f);
  const from = (p: Vec3): Vec3 => [p[0] - corner[0], p[1] - corner[1], p[2] - corner[2]];
  return {
    ...{ rows, columns, scores: new Float32Array(objectness), corner },
    column: from(world(a + c, d + f)),
    row: from(world(b + c, e + f)),
  };
}

/** Black through red and yellow to white, clear where nothing is: RGBA, row by row. */
export function heatColours(scores: Float32Array): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(scores.length * 4);
  scores.forEach((score, n) => {
    const s = Math.min(1, Math.max(0, score));
    rgba[4 * n] = 255 * Math.min(1, 2 * s + 0.3);
    rgba[4 * n + 1] = 255 * Math.min(1, Math.max(0, 2.2 * s - 0.4));
    rgba[4 * n + 2] = 255 * Math.max(0, 3 * s - 2);
    rgba[4 * n + 3] = 200 * Math.min(1, 2.5 * s);
  });
  return rgba;
}
