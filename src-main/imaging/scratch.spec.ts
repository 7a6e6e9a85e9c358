import { expect, it } from 'vitest';
import { dropped } from './collect-young';
import { withScratch } from './scratch';

it('lends the same memory again and again, but never to two at once', async () => {
  const take = (): Promise<ArrayBuffer> => withScratch((s) => Promise.resolve(s.take('stored', 1000)));
  const first = await take();
  expect(await take()).toBe(first);
  const both = await withScratch(async (a) => [a.take('stored', 1000), await take()] as const);
  expect(both[0]).not.toBe(both[1]);
  await withScratch((s) => {
    expect(s.take('stored', 900)).not.toBe(s.take('decoded', 900));
    return Promise.resolve();
  });
});

it('is given back when the work fails, and keeps no memory of a large picture for small ones', async () => {
  const large = await withScratch((s) => Promise.resolve(s.take('stored', 1_000_000)));
  await expect(
    withScratch((s) => Promise.reject(new Error(String(s.take('stored', 1).byteLength)))),
  ).rejects.toThrow(/^1$/);
  const after = await withScratch((s) => Promise.resolve(s.take('stored', 2)));
  expect(after).not.toBe(large);
});

it('lets arrays be collected that a decoder gave and nobody keeps', () => {
  const held = (): number => process.memoryUsage().arrayBuffers / 2 ** 20;
  const before = held();
  let most = 0;
  for (let n = 0; n < 200; n++) {
    const slice = new Uint8Array(2 ** 19);
    dropped(slice.byteLength);
    most = Math.max(most, held() - before);
  }
  expect(most).toBeLessThan(20);
});
