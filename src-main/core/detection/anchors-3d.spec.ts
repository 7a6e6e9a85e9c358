import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Vec3 } from '../geometry/vec3';
import { createAnchors3, monaiAnchors3, scaledShapes, shapesOfRatios } from './anchors-3d';

describe('anchors of a volume', () => {
  const level = { stride: [2, 4, 8], size: [2, 1, 2], shapes: [[2, 4, 6]] } as const;

  it('stand at cell centres, slice after slice, row after row', () => {
    expect([...createAnchors3([level])]).toEqual([
      ...[0, 0, 1, 2, 4, 7],
      ...[2, 0, 1, 4, 4, 7],
      ...[0, 0, 9, 2, 4, 15],
      ...[2, 0, 9, 4, 4, 15],
    ]);
  });

  it("stand at cell corners with x slowest in MONAI's way", () => {
    expect([...createAnchors3([level], monaiAnchors3)]).toEqual([
      ...[-1, -2, -3, 1, 2, 3],
      ...[-1, -2, 5, 1, 2, 11],
      ...[1, -2, -3, 3, 2, 3],
      ...[1, -2, 5, 3, 2, 11],
    ]);
  });

  it('keep the volume of their size at any proportions, ratio after ratio', () => {
    const shapes = shapesOfRatios(
      [8, 16],
      [
        [1, 1],
        [2, 0.5],
        [4, 2],
      ],
    );
    shapes.forEach(([x, y, z], n) => expect(x * y * z).toBeCloseTo((n % 2 ? 16 : 8) ** 3, 6));
    expect(shapes[4]).toEqual([4, 16, 8].map((side) => expect.closeTo(side, 9) as number));
    // Halves 2.5 and 3.5 go to the even neighbours 2 and 4.
    expect(shapesOfRatios([5, 7], [[1, 1]], true)).toEqual([
      [4, 4, 4],
      [8, 8, 8],
    ]);
  });

  itWithShared(
    "equal MONAI's",
    ['golden/retinanet3d/anchors.npy', 'golden/retinanet3d/golden.json'],
    (npy, json) => {
      const { anchors: spec } = JSON.parse(readFileSync(json!, 'utf8')) as {
        anchors: { scales: number[]; base: Vec3[] };
      };
      const bytes = readFileSync(npy!);
      const start = 10 + bytes.readUInt16LE(8);
      const golden = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
      // The picture is 96 x 80 x 48; the strides are image over feature size, rounded down.
      const sizes: Vec3[] = [
        [24, 20, 24],
        [12, 10, 12],
        [6, 5, 6],
      ];
      const levels = sizes.map((size, l) => ({
        size,
        stride: [Math.floor(96 / size[0]), Math.floor(80 / size[1]), Math.floor(48 / size[2])] as Vec3,
        shapes: scaledShapes(spec.base, spec.scales[l]!, true),
      }));
      const anchors = createAnchors3(levels, monaiAnchors3);
      expect(anchors.length).toBe(golden.length);
      // Element by element: vitest's own comparison takes seconds at this size.
      expect(anchors.findIndex((v, n) => v !== golden[n])).toBe(-1);
    },
  );
});
