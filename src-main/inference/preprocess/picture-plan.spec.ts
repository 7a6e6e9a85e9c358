import { describe, expect, it } from 'vitest';
import { madeBreast } from '../../../test-support/made-breast';
import { inputSpec } from '../bundle/schema';
import { applyPoint, invert } from './affine2';
import { planPicture, tileAt } from './picture-plan';

const input = inputSpec.parse({
  size: 64,
  channels: 1,
  intensity: { kind: 'percentile', low: 0.02, high: 0.99 },
  mean: 127,
  deviation: 128,
});
const breast = madeBreast(300, 400);

describe('how a picture is read', () => {
  it('is one letterboxed canvas where the bundle says nothing else', () => {
    const plan = planPicture(breast, input, 4095);
    expect(plan.tiles).toHaveLength(1);
    expect(plan.view(plan.tiles[0]!).toCanvas).toEqual([0.16, 0, 8, 0, 0.16, 0]);
  });

  it('shows the foreground only, as large as the canvas allows, with its own black and white', () => {
    const plan = planPicture(breast, { ...input, foreground: 'breast' }, 4095);
    expect(plan.tiles).toHaveLength(1);
    const view = plan.view(plan.tiles[0]!);
    const { box } = plan.reading.foreground!;
    expect(applyPoint(view.toCanvas, [box[0], box[1]])[1]).toBeCloseTo(0, 6);
    expect(applyPoint(view.toCanvas, [box[2], box[3]])[1]).toBeCloseTo(64, 6);
    // The middle of the breast lies in the middle of the canvas.
    expect(applyPoint(view.toCanvas, [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])[0]).toBeCloseTo(32, 0);
    // Nine tenths of the picture may be air: black is tissue's, white the mass's.
    expect(view.range[0]).toBeGreaterThan(40);
    expect(view.range[1]).toBeGreaterThan(2900);
    expect(view.range[1]).toBeLessThan(3100);
  });

  it('reads a negative as the positive', () => {
    const wanted = { ...input, foreground: 'breast' as const };
    const negative = { ...breast, data: breast.data.map((v) => 4095 - v) };
    const positive = planPicture(breast, wanted, 4095);
    const turned = planPicture(negative, wanted, 4095);
    const [a, b] = [positive, turned].map((plan) => plan.view(plan.tiles[0]!));
    const grey = (v: typeof a): number[] =>
      Array.from(a!.canvas, (_, n) => (v!.canvas[n]! - v!.range[0]) / (v!.range[1] - v!.range[0]));
    const [first, second] = [grey(a), grey(b)];
    first.forEach((v, n) => expect(Math.abs(v - second[n]!)).toBeLessThan(0.02));
  });

  it('cuts tiles that overlap, cover the foreground, and skip air', () => {
    const tiled = { ...input, foreground: 'breast' as const, tiles: { longestSide: 512, overlap: 0.25 } };
    const plan = planPicture(breast, tiled, 4095);
    const { pixels } = plan.reading;
    expect(Math.max(pixels.width, pixels.height)).toBe(512);
    expect(plan.skipped.length).toBeGreaterThan(0);
    for (const tile of plan.tiles) {
      expect(tile[2] - tile[0]).toBe(64);
      expect(tile[0]).toBeGreaterThanOrEqual(0);
      expect(tile[3]).toBeLessThanOrEqual(pixels.height);
      const view = plan.view(tile);
      // Pixel for pixel, and back to the right place of the picture.
      const at = pixels.width * (tile[1] + 20) + tile[0] + 30;
      expect(view.canvas[20 * 64 + 30]).toBeCloseTo(pixels.data[at]!, 3);
      const back = applyPoint(invert(view.toCanvas), [30, 20]);
      expect(applyPoint(plan.reading.toReading, back)[0]).toBeCloseTo(tile[0] + 30, 6);
    }
    for (let x = 5; x < 175; x += 10) {
      for (let y = 40; y < 360; y += 10) {
        const inside = (x / 180) ** 2 + ((y / 400 - 0.5) / 0.42) ** 2 < 0.9;
        if (!inside) continue;
        const { tile, skipped } = tileAt(plan, [x, y]);
        expect(skipped).toBe(false);
        const [u, v] = applyPoint(plan.reading.toReading, [x, y]);
        expect(u >= tile[0] && u < tile[2] && v >= tile[1] && v < tile[3]).toBe(true);
      }
    }
  });
});
