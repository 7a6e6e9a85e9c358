import { describe, expect, it } from 'vitest';
import { frameAfter, paceOf, paceText } from './cine';

describe('a loop', () => {
  it('runs at the pace of its file, else at a usual one and says so', () => {
    expect(paceOf({ frames: 1, frameMs: 40 })).toBeNull();
    expect(paceText(paceOf({ frames: 60, frameMs: 40 })!)).toBe('25 a second');
    expect(paceText(paceOf({ frames: 60, frameMs: 33.37 })!)).toBe('30 a second');
    expect(paceText(paceOf({ frames: 2 })!)).toMatch(/^15\.2 a second, pace not in the file$/);
  });

  it('keeps its pace and leaves frames out where drawing is slow', () => {
    expect(frameAfter(0, 39, 40, 10)).toBe(0);
    expect(frameAfter(0, 41, 40, 10)).toBe(1);
    expect(frameAfter(7, 250, 40, 10)).toBe(3);
    expect(frameAfter(3, -5, 40, 10)).toBe(3);
  });
});
