import { describe, expect, it } from 'vitest';
import { distance } from '../../../src-main/core/measure/measurement';
import { boxCorners, dragged, drawnPoints, finished } from './measure-draft';

const plane = { space: 'lps', axis: 1 } as const;

describe('a measurement being drawn', () => {
  it('is whole with its points, and none where they lie on one another', () => {
    expect(finished('m', 'length', plane, [[0, 2, 0], [3, 2, 4]], 0.5)?.points).toHaveLength(2); // prettier-ignore
    expect(finished('m', 'length', plane, [[0, 2, 0], [0.1, 2, 0]], 0.5)).toBeNull(); // prettier-ignore
    expect(finished('m', 'angle', plane, [[0, 2, 0], [3, 2, 4]], 0.5)).toBeNull(); // prettier-ignore
    expect(drawnPoints('bidirectional')).toBe(2);
  });

  it('of two diameters brings its short one, in its plane', () => {
    const { points } = finished('m', 'bidirectional', plane, [[0, 2, 0], [8, 2, 0]], 0.5)!; // prettier-ignore
    expect(points).toHaveLength(4);
    expect(distance(points[2]!, points[3]!)).toBeCloseTo(4, 9);
    expect(points.every((p) => p[1] === 2)).toBe(true);
    const longer = dragged(
      { measurementId: 'm', kind: 'bidirectional', place: plane, points },
      1,
      [10, 2, 0],
    );
    expect(distance(longer.points[0]!, longer.points[1]!)).toBe(10);
  });

  it('moves the point that is dragged and no other', () => {
    const angle = finished('m', 'angle', plane, [[0, 2, 0], [3, 2, 4], [9, 2, 0]], 0.5)!; // prettier-ignore
    expect(dragged(angle, 1, [3, 2, 9]).points).toEqual([[0, 2, 0], [3, 2, 9], [9, 2, 0]]); // prettier-ignore
  });

  it('draws a box from either corner', () => {
    expect(boxCorners(plane, [1, 2, 3], [4, 2, 7])).toEqual([[1, 2, 3], [4, 2, 3], [4, 2, 7], [1, 2, 7]]); // prettier-ignore
    expect(boxCorners({ space: 'px', frame: 0 }, [1, 2, 0], [4, 7, 0])[2]).toEqual([4, 7, 0]);
  });
});
