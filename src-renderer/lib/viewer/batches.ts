/** Few enough to stay responsive, many enough that a call's own cost does not count. */
const slicesOfBatch = 8;
/** Slices of large pictures come one or two at a time: what is under way is held by engine, main and window at once. */
const bytesOfBatch = 4 * 2 ** 20;

/**
 * Calls under way at once. With one, the engine's threads stand still while an answer travels and is drawn; more than two
 * only take memory, some 4 MiB each in engine, main and window.
 */
export const batchesAtOnce = 2;

/** Slice numbers in `order`, as they are asked for: the first alone, so that there is something to look at within a moment. */
export function batches(order: readonly number[], bytesPerSlice: number): number[][] {
  const size = Math.max(1, Math.min(slicesOfBatch, Math.floor(bytesOfBatch / bytesPerSlice)));
  const out: number[][] = [];
  for (let at = 0; at < order.length; at = at === 0 ? 1 : at + size)
    out.push(order.slice(at, at === 0 ? 1 : at + size));
  return out;
}

/**
 * Calls `work` for the items in their order, at most `limit` of them at once; `work` answers false to let nothing more
 * begin. @throws what the first call that fails throws, after which none begins.
 */
export async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  let goOn = true;
  const lane = async (): Promise<void> => {
    while (goOn && next < items.length) {
      try {
        if (!(await work(items[next++]!))) goOn = false;
      } catch (error) {
        goOn = false;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
}
