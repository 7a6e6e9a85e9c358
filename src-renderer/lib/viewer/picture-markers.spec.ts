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
