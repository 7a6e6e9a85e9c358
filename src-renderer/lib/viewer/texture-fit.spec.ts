import { describe, expect, it } from 'vitest';
import type { VolumeLayout, VoxelType } from '../../../src-main/core/study/entities';
import { textureFits, type Card } from './texture-fit';

const layout = (dims: [number, number, number], voxelType: VoxelType): VolumeLayout => ({
  kind: 'volume',
  geometry: { dims, spacing: [1, 1, 1], origin: [0, 0, 0], direction: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, // prettier-ignore
  voxelType,
  valueRange: [0, 1],
  voi: [],
});
let asked: string[] = [];
const card = (change: Partial<Card> = {}): Card => ({
  maxSide: 2048,
  norm16: true,
  takes: (dims, kind) => (asked.push(`${dims.join('x')} ${kind}`), true),
  ...change,
});

describe('textureFits', () => {
  it('counts bytes as the card keeps them: 16 bits become floats where it cannot filter them', () => {
    asked = [];
    const ct = layout([512, 512, 1200], 'int16');
    expect(textureFits(ct, card())).toBe(true);
    expect(textureFits(ct, card({ norm16: false }))).toBe(false);
    expect(textureFits(layout([512, 512, 1200], 'uint16'), card())).toBe(true);
    expect(textureFits(layout([512, 512, 1200], 'int32'), card())).toBe(false);
    expect(textureFits(layout([512, 512, 2000], 'uint8'), card())).toBe(true);
    expect(asked).toEqual(['512x512x1200 norm16', '512x512x1200 norm16', '512x512x2000 bytes']);
  });

  it('asks the card for what is large, and takes its no', () => {
    asked = [];
    const no = card({ takes: () => false });
    expect(textureFits(layout([512, 512, 500], 'int16'), no)).toBe(true);
    expect(textureFits(layout([512, 512, 600], 'int16'), no)).toBe(false);
    expect(textureFits(layout([512, 512, 500], 'int16'), card())).toBe(true);
    expect(asked).toEqual([]);
  });

  it('never tries what has more slices than a texture, or a gigabyte', () => {
    asked = [];
    expect(textureFits(layout([64, 64, 2049], 'int16'), card())).toBe(false);
    expect(textureFits(layout([64, 64, 2048], 'int16'), card())).toBe(true);
    expect(textureFits(layout([1024, 1024, 512], 'int16'), card())).toBe(false);
    expect(asked).toEqual([]);
  });
});
