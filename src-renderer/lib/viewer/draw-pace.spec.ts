import { beforeEach, expect, it } from 'vitest';
import { DrawPace } from './draw-pace';

let now: number;
let timer: { at: number; work: () => void } | null;
let drawnAt: number[];
let cost: number;
let pace: DrawPace;
/** Asks every `every` ms for `length` ms; what is due happens in between. */
const run = (length: number, every = Infinity): void => {
  const end = now + length;
  let next = now;
  while (now < end) {
    if (next <= now && every < Infinity) {
      pace.ask();
      next = now + every;
    }
    if (timer && timer.at <= now) {
      const { work } = timer;
      timer = null;
      work();
    } else now = Math.min(end, next > now ? next : end, timer?.at ?? end);
  }
};
beforeEach(() => {
  now = 0;
  timer = null;
  drawnAt = [];
  cost = 10;
  pace = new DrawPace(() => drawnAt.push(now), {
    now: () => now,
    after: (ms, work) => {
      const mine = { at: now + ms, work };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
    shown: (work) => {
      now += cost;
      work();
    },
  });
});

it('draws the first slice at once, and many that follow a few times a second', () => {
  run(2000, 20);
  expect(drawnAt[0]).toBe(0);
  expect(drawnAt.length).toBeGreaterThan(7);
  expect(drawnAt.length).toBeLessThan(11);
});

it('takes a quarter of the time where drawing is slow, and ends with the last slice drawn', () => {
  cost = 1000;
  run(20_000, 50);
  expect(drawnAt.length).toBeLessThanOrEqual(6);
  const before = drawnAt.length;
  pace.ask();
  run(10_000);
  expect(drawnAt.length).toBe(before + 1);
  run(10_000);
  expect(drawnAt.length).toBe(before + 1);
});

it('remembers what was asked for while it drew, and draws nothing once closed', () => {
  const asks = new DrawPace(
    () => {
      drawnAt.push(now);
      if (drawnAt.length === 1) asks.ask();
    },
    {
      now: () => now,
      after: (ms, work) => ((timer = { at: now + ms, work }), () => (timer = null)),
      shown: (work) => work(),
    },
  );
  asks.ask();
  run(1000);
  expect(drawnAt).toEqual([0, 200]);
  asks.ask();
  asks.close();
  run(1000);
  asks.ask();
  run(1000);
  expect(drawnAt).toHaveLength(2);
});
