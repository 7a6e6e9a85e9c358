import { describe, expect, it } from 'vitest';
import { localContrast } from './local-contrast';
import type { Pixels } from './sample';

const side = 160;
const middle = 127.5;
const everywhere = (): boolean => true;

/** Two spots a fifth brighter than their ground, which gets brighter from left to right; all dimmed. */
function spotsOnSlope(dimmed: number): Pixels & { data: Float32Array } {
  const data = new Float32Array(side * side);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) data[y * side + x] = dimmed * (60 + 0.7 * x);
  for (const cx of [40, 120])
    for (let y = 78; y < 82; y++) for (let x = cx - 2; x < cx + 2; x++) data[y * side + x]! *= 1.2;
  return { data, width: side, height: side, channels: 1 };
}

describe('a picture shown against its surroundings', () => {
  it('shows a spot alike on a dark and on a bright ground, in a dim and in a bright picture', () => {
    for (const dimmed of [0.3, 1]) {
      const { data } = localContrast(spotsOnSlope(dimmed), everywhere, { sigma: 12, gain: 2 }, [0, 255]);
      const at = (x: number, y: number): number => data[y * side + x]!;
      for (const x of [40, 120]) expect(Math.abs(at(x, 80) - (middle + 2 * 127.5 * 0.2))).toBeLessThan(3);
      for (const x of [60, 80, 100]) expect(Math.abs(at(x, 30) - middle)).toBeLessThan(1);
    }
  });

  it('is Weber contrast to a Gaussian mean, taken on a coarse copy to within a hundredth', () => {
    const [sigma, width] = [10, 120];
    const data = Float32Array.from({ length: width * 8 }, (_, n) => (n % width < 60 ? 50 : 90));
    const shown = localContrast(
      { data, width, height: 8, channels: 1 },
      everywhere,
      { sigma, gain: 1 },
      [0, 255],
    );
    for (const x of [30, 55, 64, 80]) {
      let [sum, total] = [0, 0];
      for (let d = -60; d <= 60; d++) {
        const weight = Math.exp(-0.5 * (d / sigma) ** 2);
        total += weight;
        sum += weight * (Math.min(width - 1, Math.max(0, x + d)) < 60 ? 50 : 90);
      }
      const contrast = (data[x]! * total) / sum - 1;
      expect(Math.abs((shown.data[4 * width + x]! - middle) / 127.5 - contrast)).toBeLessThan(0.01);
    }
  });

  it('lets what is not foreground neither count nor be shown', () => {
    const data = new Float32Array(side * side * 3).fill(100);
    for (let n = 0; n < data.length; n++) if (Math.floor(n / 3) % side < 80) data[n] = 7;
    const isRight = (x: number): boolean => x >= 80;
    const shown = localContrast(
      { data, width: side, height: side, channels: 3 },
      isRight,
      { sigma: 15, gain: 4 },
      [0, 255],
    );
    const at = (x: number): number => shown.data[(40 * side + x) * 3 + 1]!;
    expect(at(79)).toBe(0);
    for (const x of [80, 90, 150]) expect(Math.abs(at(x) - middle)).toBeLessThan(1.5);
  });

  it('keeps bytes as bytes, cut at black and white', () => {
    const data = new Uint8Array(64 * 64).fill(100);
    data[32 * 64 + 32] = 255;
    const shown = localContrast(
      { data, width: 64, height: 64, channels: 1 },
      everywhere,
      { sigma: 8, gain: 6 },
      [0, 255],
    );
    expect(shown.data).toBeInstanceOf(Uint8ClampedArray);
    expect(shown.data[32 * 64 + 32]).toBe(255);
  });
});
