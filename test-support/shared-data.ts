import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { it } from 'vitest';

/** Path of something under ../shared (beside the checkout), or null where it is not there. */
export function sharedFile(path: string): string | null {
  const full = resolve(__dirname, '../../shared', path);
  return existsSync(full) ? full : null;
}

/** Path of something under ../shared/data, or null where it is not there. */
export const sharedData = (path: string): string | null => sharedFile(`data/${path}`);

/**
 * A test on shared files. Where one is missing, a test of another name says so instead: a skipped check is seen in the
 * list, and never counted as the check itself. Each such test has a twin on made data.
 */
export function itWithShared(
  name: string,
  paths: readonly string[],
  test: (...files: string[]) => unknown,
  timeoutMs?: number,
): void {
  const files = paths.map(sharedFile);
  const missing = paths.filter((_, n) => files[n] === null);
  if (missing.length === 0) it(name, async () => void (await test(...(files as string[]))), timeoutMs);
  else it(`not run: needs ../shared/${missing[0]!} (${name})`, () => console.log(`not run: ${name}`));
}
