import type { Box2 } from '../../core/geometry/box';

/**
 * A 2D affine map, [a, b, c, d, e, f]: x' = a x + b y + c, y' = d x + e y + f. Coordinates are pixel edges (the first
 * pixel covers [0, 1)), so that scaling a picture is scaling its coordinates.
 */
export type Affine2 = readonly [number, number, number, number, number, number];

export const identity2: Affine2 = [1, 0, 0, 0, 1, 0];
export const scaling = (x: number, y: number): Affine2 => [x, 0, 0, 0, y, 0];
export const translation = (x: number, y: number): Affine2 => [1, 0, x, 0, 1, y];
export const rotation = (radians: number): Affine2 => {
  const c = Math.cos(radians);
  const s = Math.sin(radians);
  return [c, -s, 0, s, c, 0];
};

/** The map that does `first`, then the others in turn. */
export function chain(first: Affine2, ...rest: readonly Affine2[]): Affine2 {
  return rest.reduce(
    (f, g) =>
      [
        g[0] * f[0] + g[1] * f[3],
        g[0] * f[1] + g[1] * f[4],
        g[0] * f[2] + g[1] * f[5] + g[2],
        g[3] * f[0] + g[4] * f[3],
        g[3] * f[1] + g[4] * f[4],
        g[3] * f[2] + g[4] * f[5] + g[5],
      ] as const,
    first,
  );
}

export function invert(m: Affine2): Affine2 {
  const [a, b, c, d, e, f] = m;
  const det = a * e - b * d;
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}

export const applyPoint = (m: Affine2, [x, y]: readonly [number, number]): [number, number] => [
  m[0] * x + m[1] * y + m[2],
  m[3] * x + m[4] * y + m[5],
];

/** Axis-aligned box around the mapped box. */
export function mapBox(m: Affine2, box: Box2): Box2 {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const x of [box[0], box[2]]) {
    for (const y of [box[1], box[3]]) {
      xs.push(m[0] * x + m[1] * y + m[2]);
      ys.push(m[3] * x + m[4] * y + m[5]);
    }
  }
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * Box around the mapped ellipse that the box encloses: a lesion is round rather than a rectangle, so this stays tight
 * under rotation. The same as {@link mapBox} for flips and scalings.
 */
export function mapEllipseBox(m: Affine2, box: Box2): Box2 {
  const rx = (box[2] - box[0]) / 2;
  const ry = (box[3] - box[1]) / 2;
  const x = (box[0] + box[2]) / 2;
  const y = (box[1] + box[3]) / 2;
  const cx = m[0] * x + m[1] * y + m[2];
  const cy = m[3] * x + m[4] * y + m[5];
  const w = Math.hypot(m[0] * rx, m[1] * ry);
  const h = Math.hypot(m[3] * rx, m[4] * ry);
  return [cx - w, cy - h, cx + w, cy + h];
}

/**
 * Keeps the aspect ratio and centres: the whole of a width x height picture (pixels `aspect` times as wide as high) in a
 * square of side `size`.
 */
export function letterbox(width: number, height: number, size: number, aspect = 1): Affine2 {
  const scale = size / Math.max(width * aspect, height);
  const sx = scale * aspect;
  return [sx, 0, (size - width * sx) / 2, 0, scale, (size - height * scale) / 2];
}
