import { describe, expect, it } from 'vitest';
import { floatsToHalves, halvesToFloats } from './half';

describe('halves', () => {
  it('survive the way to floats and back, every one', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, n) => n).filter((n) => (n & 0x7c00) !== 0x7c00);
    expect(floatsToHalves(halvesToFloats(all))).toEqual(all);
  });

  it('hold IEEE 754 values', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00);
    expect([...halvesToFloats(halves)]).toEqual([1, -2, 65504, 2 ** -24, Infinity]);
  });

  it('round to nearest, ties to even', () => {
    const values = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      1 + 2 ** -11 + 2 ** -20,
      70000,
      3 * 2 ** -26,
    );
    expect([...floatsToHalves(values)]).toEqual([0x3c00, 0x3c02, 0x3c01, 0x7c00, 0x0001]);
  });
});
