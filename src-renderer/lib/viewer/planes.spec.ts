import { describe, expect, it } from 'vitest';
import type { VolumeGeometry } from '../../../src-main/core/volume/volume';
import {
  acquiredPlane,
  boxOpacity,
  boxOutline,
  drawnBox,
  markers,
  middleOut,
  planeOffset,
  voxelAxisAlong,
} from './planes';

const sagittalStack: VolumeGeometry = {
  dims: [10, 10, 5],
  spacing: [1, 1, 3],
  origin: [0, 0, 0],
  direction: [
    [0, 1, 0],
    [0, 0, -1],
    [-1, 0, 0],
  ],
};

describe('planes', () => {
  it('finds the plane a stack was acquired in', () => {
    expect(acquiredPlane(sagittalStack)).toBe('sagittal');
    expect(voxelAxisAlong(sagittalStack, 2)).toBe(1);
  });

  it('marks an axial view as seen from the feet: patient right on screen left', () => {
    expect(markers([0, -1, 0], [0, 0, -1])).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  });

  it('marks a coronal view as seen from the front and a sagittal one from the left', () => {
    expect(markers([0, 0, 1], [0, -1, 0])).toEqual({ left: 'R', right: 'L', top: 'S', bottom: 'I' });
    expect(markers([0, 0, 1], [1, 0, 0])).toEqual({ left: 'A', right: 'P', top: 'S', bottom: 'I' });
  });

  it('fades a box out of the plane and is half-open', () => {
    const box = [0, 0, 10, 5, 5, 20] as const;
    expect(boxOpacity(box, 'axial', 10, 2)).toBe(1);
    expect(boxOpacity(box, 'axial', 20, 2)).toBe(0.5);
    expect(boxOpacity(box, 'axial', 22, 2)).toBe(0);
    expect(boxOpacity(box, 'coronal', 4.9, 2)).toBe(1);
    expect(boxOutline(box, 'sagittal', 3)).toEqual([
      [3, 0, 10],
      [3, 5, 10],
      [3, 5, 20],
      [3, 0, 20],
    ]);
  });

  it('gives a drawn box the mean of its sides as depth', () => {
    expect(drawnBox('axial', [10, 20, 5], [4, 24, 5])).toEqual([4, 20, 2.5, 10, 24, 7.5]);
  });

  it('measures how far a plane must move', () => {
    expect(planeOffset([0, 0, -1], [0, 0, 10], [5, 5, 4])).toBe(6);
  });

  it('orders slices from the middle', () => {
    expect(middleOut(5)).toEqual([2, 1, 3, 0, 4]);
    expect(middleOut(1)).toEqual([0]);
  });
});
