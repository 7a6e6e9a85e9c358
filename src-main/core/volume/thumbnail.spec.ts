import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import type { Picture } from './crop';
import { asStored, thumbnailOf, turnOfSlices } from './thumbnail';

const grey = (rows: readonly (readonly number[])[], change: Partial<Picture> = {}): Picture => ({
  data: Int16Array.from(rows.flat()),
  width: rows[0]!.length,
  height: rows.length,
  channels: 1,
  voi: [{ center: 50, width: 100, shape: 'linear-exact' }],
  valueRange: [0, 100],
  pixelSpacing: null,
  ...change,
});
const rowsOf = ({ width, height, data }: { width: number; height: number; data: Uint8Array }): number[][] =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);

describe('thumbnailOf', () => {
  it('shows each pixel as the mean of what its window shows, the fractions of pixels too', () => {
    // 900 is as white as 100: a mean of values, not of greys, would make the whole block white.
    const picture = grey([
      [0, 900, 0, 0],
      [0, 0, 0, 100],
    ]);
    expect(rowsOf(thumbnailOf(picture, 2))).toEqual([[64, 64]]);
    expect(rowsOf(thumbnailOf(grey([[0, 100, 0]]), 2))).toEqual([[85, 85]]);
  });

  it('is as wide and high as the spacing says, and never larger than asked', () => {
    const flat = (width: number, height: number, spacing: Picture['pixelSpacing']) =>
      thumbnailOf(
        grey(
          Array.from({ length: height }, () => new Array<number>(width).fill(20)),
          { pixelSpacing: spacing },
        ),
        128,
      );
    const sizes = [
      flat(512, 256, null),
      flat(256, 256, [0.5, 1]),
      flat(20, 400, [1, 1]),
      flat(30, 20, [2, 2]),
      flat(40, 20, [1, 4]),
    ].map(({ width, height, data }) => [width, height, new Set(data).size]);
    expect(sizes).toEqual([
      [128, 64, 1],
      [64, 128, 1],
      [6, 128, 1],
      [30, 20, 1],
      [20, 40, 1],
    ]);
  });

  it('leaves colours as they are', () => {
    const data = Uint8Array.from([255, 0, 10, 0, 100, 20, 255, 0, 30, 0, 100, 40]);
    const picture: Picture = { ...grey([[0]]), data, width: 4, height: 1, channels: 3 };
    const { width, height, channels, data: small } = thumbnailOf(picture, 2);
    expect([width, height, channels, [...small]]).toEqual([2, 1, 3, [128, 50, 15, 128, 50, 35]]);
  });

  it('is right where a size does not divide', () => {
    const ramp = Array.from({ length: 7 }, (_, y) => Array.from({ length: 11 }, (_, x) => x + 7 * y));
    const { data, width, height } = thumbnailOf(grey(ramp), 5);
    expect([width, height]).toEqual([5, 3]);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(data)).toBeCloseTo(2.55 * mean(ramp.flat()), 0);
    expect(data[7]).toBe(Math.round(2.55 * mean(ramp.flat())));
  });
});

describe('turnOfSlices', () => {
  const R: Vec3 = [-1, 0, 0];
  const L: Vec3 = [1, 0, 0];
  const A: Vec3 = [0, -1, 0];
  const P: Vec3 = [0, 1, 0];
  const S: Vec3 = [0, 0, 1];
  const I: Vec3 = [0, 0, -1];
  /** A slice of 3 x 2 whose left (or front) upper (or front) corner is white, as the file stores it. */
  const corner = (i: Vec3, j: Vec3, k: Vec3, at: number): number[][] => {
    const rows = [0, 1].map((y) => [0, 1, 2].map((x) => (x + 3 * y === at ? 100 : 0)));
    return rowsOf(thumbnailOf(grey(rows), 3, turnOfSlices({ direction: [i, j, k] })));
  };

  it("leaves a scanner's own planes as they are stored", () => {
    for (const direction of [[L, P, S] as const, [L, I, P] as const, [P, I, R] as const])
      expect(turnOfSlices({ direction })).toEqual(asStored);
  });

  it("keeps the patient's right on the left, whatever way the voxels run", () => {
    // The white voxel lies to the patient's right, in front.
    expect(corner(L, P, S, 0)).toEqual([
      [255, 0, 0],
      [0, 0, 0],
    ]);
    expect(corner(R, P, S, 2)).toEqual(corner(L, P, S, 0));
    expect(corner(R, A, S, 5)).toEqual(corner(L, P, S, 0));
    expect(corner(L, A, I, 3)).toEqual(corner(L, P, S, 0));
    // Axes changed: 3 voxels from front to back, 2 from the right to the left.
    expect(corner(P, L, S, 0)).toEqual([
      [255, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(corner(A, R, S, 5)).toEqual(corner(P, L, S, 0));
  });

  it('takes a tilted slice for the plane that it is nearest to', () => {
    const t = Math.SQRT1_2 - 0.1;
    const tilted: [Vec3, Vec3, Vec3] = [L, [0, Math.sqrt(1 - t * t), t], [0, -t, Math.sqrt(1 - t * t)]];
    expect(turnOfSlices({ direction: tilted })).toEqual(asStored);
  });
});
