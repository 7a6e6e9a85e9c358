const longest = 60;

/**
 * Seconds that a name must wait after so many wrong passphrases in a row: 0, 0, 1, 2, 4 ... 60. The second try is free:
 * most wrong passphrases are slips.
 */
export const waitAfter = (failures: number): number =>
  failures < 2 ? 0 : Math.min(longest, 2 ** (failures - 2));

/** Whole seconds still to wait. A clock that was set back lengthens no wait beyond its full length. */
export function secondsLeft(failures: number, failedAt: string | null, now: Date): number {
  if (failedAt === null) return 0;
  const wait = waitAfter(failures);
  const passed = (now.getTime() - Date.parse(failedAt)) / 1000;
  return Math.ceil(Math.min(wait, Math.max(0, wait - passed)));
}
