import { describe, expect, it } from 'vitest';
import { pictureMarkers } from './picture-markers';

describe('pictureMarkers', () => {
  it('puts where rows and columns run to at the right and the bottom', () => {
    // A left mediolateral oblique: rows run to the front, columns to the feet and the right.
    expect(pictureMarkers(['A', 'FR'])).toEqual({ right: 'A', left: 'P', bottom: 'FR', top: 'HL' });
  });

  it('shows nothing where the file says nothing usable', () => {
    expect(pictureMarkers(undefined)).toBeNull();
    expect(pictureMarkers(['', 'F'])).toBeNull();
    expect(pictureMarkers(['LE', 'F'])).toBeNull();
  });
});

describe('a picture that was turned', () => {
  const markersOf = (up: [number, number, number], normal: [number, number, number]) =>
    pictureMarkers(['A', 'FR'], up, normal);
  it('takes its letters with it', () => {
    // Sides swapped: seen from behind.
    expect(markersOf([0, -1, 0], [0, 0, 1])).toEqual({ right: 'P', left: 'A', top: 'HL', bottom: 'FR' });
    // A quarter clockwise: what was left is on top.
    expect(markersOf([-1, 0, 0], [0, 0, -1])).toEqual({ top: 'P', bottom: 'A', right: 'HL', left: 'FR' });
  });
});
