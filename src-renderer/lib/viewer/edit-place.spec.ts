import { describe, expect, it } from 'vitest';
import type { FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';
import type { Cut } from './boxes';
import { dragHandle, handlePoint, handles, movePlace, nudged, resized, stepAlong } from './edit-place';

const volume: PixelLayout = {
  kind: 'volume',
  geometry: {
    dims: [10, 10, 10],
    spacing: [0.5, 0.7, 3],
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  voxelType: 'int16',
  valueRange: [0, 1],
  voi: [],
};
const picture: PixelLayout = {
  kind: 'image',
  width: 100,
  height: 80,
  frames: 1,
  channels: 1,
  voxelType: 'uint8',
  pixelSpacing: [2, 2],
  valueRange: [0, 1],
  voi: [],
};
const box: FindingPlace = { space: 'lps', boxLps: [0, 10, 20, 4, 16, 28] };
const flat: FindingPlace = { space: 'px', boxPx: [10, 20, 30, 10], frame: 0 };
const coronal: Cut = { kind: 'plane', plane: 'coronal', position: 12, fade: 1 };
const frame: Cut = { kind: 'frame', frame: 0, spacing: [2, 2] };

describe('changing a box', () => {
  it('drags the sides that a handle holds, and leaves the depth', () => {
    const corner = handles.findIndex((h) => h.u === 1 && h.v === -1);
    expect(handlePoint(coronal, box, handles[corner]!)).toEqual([4, 12, 20]);
    expect(dragHandle(coronal, box, handles[corner]!, [6, 12, 18], volume)).toEqual({
      space: 'lps',
      boxLps: [0, 10, 18, 6, 16, 28],
    });
    const top = handles.find((h) => h.u === 0 && h.v === -1)!;
    expect(dragHandle(frame, flat, top, [0, 31, 0], picture)).toEqual({
      space: 'px',
      boxPx: [10, 16, 30, 14],
      frame: 0,
    });
  });

  it('never turns a box inside out, nor leaves the picture', () => {
    const right = handles.find((h) => h.u === 1 && h.v === 0)!;
    expect(dragHandle(coronal, box, right, [-9, 12, 0], volume)).toEqual({
      space: 'lps',
      boxLps: [0, 10, 20, 0.5, 16, 28],
    });
    expect(dragHandle(frame, flat, right, [9999, 0, 0], picture)).toMatchObject({ boxPx: [10, 20, 90, 10] });
    expect(movePlace(frame, flat, [0, 0, 0], [-500, 500, 0], picture)).toMatchObject({
      boxPx: [0, 70, 30, 10],
    });
  });

  it('moves along with a drag inside, in the plane alone', () => {
    expect(movePlace(coronal, box, [1, 12, 21], [2, 12, 19], volume)).toEqual({
      space: 'lps',
      boxLps: [1, 10, 18, 5, 16, 26],
    });
  });

  it('goes a voxel with a key, where the pane shows that direction', () => {
    // A pane whose right is the patient's left, and whose down is feetwards.
    const left = stepAlong([-0.4, 0, 0]);
    expect(left).toEqual({ axis: 0, towards: -1 });
    expect(nudged(box, left, volume)).toMatchObject({ boxLps: [-0.5, 10, 20, 3.5, 16, 28] });
    expect(nudged(box, { axis: 2, towards: 1 }, volume)).toMatchObject({ boxLps: [0, 10, 23, 4, 16, 31] });
    expect(nudged(flat, { axis: 1, towards: 1 }, picture)).toMatchObject({ boxPx: [10, 21, 30, 10] });
  });

  it('grows and shrinks the side that it is told, down to a least size', () => {
    expect(resized(box, { axis: 1, towards: -1 }, 1, volume)).toMatchObject({
      boxLps: [0, 9.3, 20, 4, 16, 28],
    });
    expect(resized(box, { axis: 2, towards: 1 }, -1, volume)).toMatchObject({
      boxLps: [0, 10, 20, 4, 16, 25],
    });
    let small: FindingPlace = flat;
    for (let n = 0; n < 20; n++) small = resized(small, { axis: 1, towards: 1 }, -1, picture);
    expect(small).toMatchObject({ boxPx: [10, 20, 30, 2] });
  });
});
