import { describe, expect, it } from 'vitest';
import { madeBreast } from '../../../test-support/made-breast';
import { findForeground2, foregroundShare, isForeground } from './foreground';

const anySense = { mayBeInverted: true };

describe('the foreground of a picture', () => {
  const breast = madeBreast(300, 400);

  it('is the breast, not the letters beside it, whatever the resolution', () => {
    for (const [width, height] of [
      [120, 160],
      [300, 400],
      [1200, 1600],
    ] as const) {
      const { box, inverted } = findForeground2(madeBreast(width, height), anySense);
      expect(inverted).toBe(false);
      const expected = [0, 0.08 * height, 0.6 * width, 0.92 * height];
      box.forEach((v, side) => expect(Math.abs(v - expected[side]!)).toBeLessThan(0.025 * height));
    }
  });

  it('is the same in a negative, and says that it is one', () => {
    const negative = { ...breast, data: breast.data.map((v) => 4095 - v) };
    const found = findForeground2(breast, anySense);
    const other = findForeground2(negative, anySense);
    expect(other).toEqual({ ...found, inverted: true });
    // Where the sense is known, a bright border is no negative.
    expect(findForeground2(negative, { mayBeInverted: false }).inverted).toBe(false);
  });

  it('does not take a mirrored breast, or a scan with a bright rim, for a negative', () => {
    const mirrored = breast.data.slice();
    for (let y = 0; y < 400; y++) mirrored.subarray(y * 300, (y + 1) * 300).reverse();
    const { box, inverted } = findForeground2({ ...breast, data: mirrored }, anySense);
    expect(inverted).toBe(false);
    expect(box[2]).toBe(300);
    expect(Math.abs(box[0] - 120)).toBeLessThan(8);
    const rimmed = breast.data.slice();
    for (let y = 0; y < 400; y++) rimmed[y * 300 + 299] = 4095;
    expect(findForeground2({ ...breast, data: rimmed }, anySense).box[2]).toBeLessThan(200);
  });

  it('answers for places and parts', () => {
    const found = findForeground2(breast, anySense);
    expect(isForeground(found, 75, 180)).toBe(true);
    expect(isForeground(found, 270, 30)).toBe(false);
    expect(isForeground(found, 250, 390)).toBe(false);
    expect(foregroundShare(found, [200, 0, 300, 400])).toBe(0);
    expect(foregroundShare(found, [0, 150, 100, 250])).toBe(1);
    const half = foregroundShare(found, [120, 150, 240, 250]);
    expect(half).toBeGreaterThan(0.35);
    expect(half).toBeLessThan(0.6);
  });

  it('is the disc in a colour picture, and the whole picture where nothing stands out', () => {
    const size = 200;
    const data = new Uint8Array(size * size * 3);
    for (let n = 0; n < size * size; n++) {
      const inside = Math.hypot((n % size) - 110, Math.floor(n / size) - 100) < 70;
      data.set(inside ? [120, 60, 20] : [2, 1, 3], n * 3);
    }
    const disc = { data, width: size, height: size, channels: 3 as const };
    const { box } = findForeground2(disc, { mayBeInverted: false });
    [40, 30, 180, 170].forEach((v, side) => expect(Math.abs(box[side]! - v)).toBeLessThanOrEqual(3));
    const flat = { ...disc, data: new Uint8Array(size * size * 3).fill(7) };
    expect(findForeground2(flat, anySense)).toMatchObject({ box: [0, 0, size, size], inverted: false });
    const speck = { ...disc, data: flat.data.slice().fill(250, 0, 30) };
    expect(findForeground2(speck, anySense).box).toEqual([0, 0, size, size]);
  });
});
