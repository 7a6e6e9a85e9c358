import { describe, expect, it } from 'vitest';
import { batches, eachAtOnce } from './batches';
import { middleOut } from './planes';

describe('batches of slices', () => {
  it('ask for each slice once, the middle one alone and first', () => {
    const order = middleOut(37);
    const asked = batches(order, 512 * 512 * 2);
    expect(asked[0]).toEqual([18]);
    expect(asked.slice(1, -1).every((batch) => batch.length === 8)).toBe(true);
    expect(asked.flat()).toEqual(order);
    expect(batches([0], 1)).toEqual([[0]]);
  });

  it('are smaller where slices are large, and never empty', () => {
    const largest = (bytes: number): number =>
      Math.max(...batches(middleOut(20), bytes).map((batch) => batch.length));
    expect([largest(100), largest(2 ** 20), largest(3 * 2 ** 20), largest(2 ** 27)]).toEqual([8, 4, 1, 1]);
  });
});

describe('calls at once', () => {
  /** Calls that end when the test says. */
  const calls = () => {
    const open = new Map<number, { end: (goOn: boolean) => void; fail: (error: Error) => void }>();
    let most = 0;
    const work = (item: number): Promise<boolean> =>
      new Promise((end, fail) => {
        open.set(item, {
          end: (goOn) => (open.delete(item), end(goOn)),
          fail: (e) => (open.delete(item), fail(e)),
        });
        most = Math.max(most, open.size);
      });
    return { open, work, most: () => most };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const items = [0, 1, 2, 3, 4, 5, 6];

  it('begin in order, as soon as another ends, and never more than the limit', async () => {
    const { open, work, most } = calls();
    const all = eachAtOnce(items, 3, work);
    expect([...open.keys()]).toEqual([0, 1, 2]);
    open.get(1)!.end(true);
    await turn();
    expect([...open.keys()]).toEqual([0, 2, 3]);
    while (open.size > 0) {
      for (const { end } of [...open.values()]) end(true);
      await turn();
    }
    await all;
    expect(most()).toBe(3);
  });

  it('begin no more once one says so, nor when one fails', async () => {
    for (const stop of ['no', 'failure'] as const) {
      const { open, work } = calls();
      const all = eachAtOnce(items, 2, work);
      const outcome = all.then(
        () => 'done',
        (error: Error) => error.message,
      );
      const first = open.get(0)!;
      if (stop === 'no') first.end(false);
      else first.fail(new Error('gone'));
      await turn();
      expect([...open.keys()]).toEqual([1]);
      open.get(1)!.end(true);
      expect(await outcome).toBe(stop === 'no' ? 'done' : 'gone');
      await turn();
      expect(open.size).toBe(0);
    }
  });
});
