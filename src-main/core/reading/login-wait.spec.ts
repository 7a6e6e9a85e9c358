import { expect, it } from 'vitest';
import { secondsLeft, waitAfter } from './login-wait';

it('grows with each wrong passphrase after the first, to a minute', () => {
  expect([0, 1, 2, 3, 4, 7, 8, 9, 1000].map(waitAfter)).toEqual([0, 0, 1, 2, 4, 32, 60, 60, 60]);
});

it.each([
  ['2026-01-01T00:00:00.000Z', 4],
  ['2026-01-01T00:00:01.500Z', 3],
  ['2026-01-01T00:00:04.000Z', 0],
  ['2026-02-01T00:00:00.000Z', 0],
  // Set back by a year.
  ['2025-01-01T00:00:00.000Z', 4],
])('at %s there are %d s left', (now, left) => {
  expect(secondsLeft(4, '2026-01-01T00:00:00.000Z', new Date(now))).toBe(left);
});
