import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Checkpoint } from './checkpoint';
import type { Optimizer } from './optimizer';
import { runSteps, type StepsDone } from './run-steps';

describe('steps within a time', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Every step takes what `secondsOf` says on a clock of its own. */
  async function run(options: {
    steps: number;
    limitSeconds?: number;
    secondsOf: (step: number) => number;
    resumed?: Pick<Checkpoint, 'step' | 'seconds'>;
  }): Promise<{ done: StepsDone; totals: number[] }> {
    let now = 5000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const totals: number[] = [];
    const { resumed } = options;
    const done = await runSteps({
      ...options,
      stepsPerEpoch: 10,
      batchSize: 2,
      checkpointFile: null,
      fingerprint: '',
      resumed: resumed ? ({ ...resumed, history: [] } as unknown as Checkpoint) : null,
      optimizer: {} as Optimizer,
      update: (step, total) => {
        totals.push(total);
        now += 1000 * options.secondsOf(step);
        return { total: 1, objectness: 1, box: 0, gradientNorm: 1 };
      },
      report: () => undefined,
      signal: undefined,
    });
    return { done, totals };
  }

  it('does all steps where time is not limited, or suffices', async () => {
    for (const limitSeconds of [undefined, 1000]) {
      const { done, totals } = await run({
        steps: 20,
        secondsOf: () => 2,
        ...(limitSeconds && { limitSeconds }),
      });
      expect(done).toMatchObject({ steps: 20, trainingSeconds: 40 });
      expect(totals).toEqual(Array.from({ length: 20 }, () => 20));
    }
  });

  it('ends when the time is up, and says on the way how many steps there will be', async () => {
    // The first is slow, as it is on a graphics card.
    const { done, totals } = await run({
      steps: 100,
      limitSeconds: 30,
      secondsOf: (n) => (n === 0 ? 10 : 2),
    });
    expect(done).toMatchObject({ steps: 11, trainingSeconds: 30 });
    expect(totals.slice(0, 4)).toEqual([100, 3, 5, 6]);
    expect(totals[10]).toBe(11);
  });

  it('counts the time of the runs before', async () => {
    const limited = { steps: 100, limitSeconds: 30, secondsOf: () => 2 };
    const { done, totals } = await run({ ...limited, resumed: { step: 10, seconds: 20 } });
    expect(done).toMatchObject({ steps: 15, trainingSeconds: 30 });
    expect(totals[0]).toBe(15);
    const over = await run({ ...limited, resumed: { step: 16, seconds: 31 } });
    expect(over.done).toMatchObject({ steps: 16, trainingSeconds: 31 });
    expect(over.totals).toEqual([]);
  });
});
