import { describe, expect, it } from 'vitest';
import type { FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';
import { dragCorner, outlineIn, placeFromDrag, type Cut } from './boxes';

const photo: PixelLayout = {
  kind: 'image',
  width: 100,
  height: 80,
  frames: 2,
  channels: 3,
  voxelType: 'uint8',
  pixelSpacing: null,
  valueRange: [0, 255],
  voi: [],
};
const frame: Cut = { kind: 'frame', frame: 1, spacing: [1, 1] };
const axial: Cut = { kind: 'plane', plane: 'axial', position: 5, fade: 2 };

describe('boxes in a picture', () => {
  it('come back to the same pixels through the world', () => {
    const place: FindingPlace = { space: 'px', boxPx: [10, 20, 30, 40], frame: 1 };
    const points = outlineIn(frame, place)!.points;
    expect(points[0]).toEqual([9.5, 19.5, 0]);
    expect(placeFromDrag(frame, points[0]!, points[2]!, photo)).toEqual(place);
  });

  it('are shown on their frame only, end at the edge and must be more than a click', () => {
    expect(outlineIn(frame, { space: 'px', boxPx: [1, 1, 5, 5], frame: 0 })).toBeNull();
    expect(placeFromDrag(frame, [-20, -20, 0], [500, 500, 0], photo)).toEqual({
      space: 'px',
      boxPx: [0, 0, 100, 80],
      frame: 1,
    });
    expect(placeFromDrag(frame, [5, 5, 0], [5.5, 6, 0], photo)).toBeNull();
  });
});

describe('boxes in a volume', () => {
  const place: FindingPlace = { space: 'lps', boxLps: [0, 0, 0, 10, 10, 10] };

  it('keep their depth when a corner is dragged', () => {
    expect(dragCorner(axial, place, 2, [20, 12, 5], photo)).toEqual({
      space: 'lps',
      boxLps: [0, 0, 0, 20, 12, 10],
    });
  });

  it('are faint next to the plane and gone beyond', () => {
    expect(outlineIn({ ...axial, position: 11 }, place)?.opacity).toBe(0.5);
    expect(outlineIn({ ...axial, position: 13 }, place)).toBeNull();
  });
});
