import { AppError } from '../core/app-error';
import { registerRigid } from '../core/registration/rigid-registration';
import { registrationPyramid, type RegistrationImage } from '../core/registration/registration-image';
import { isUnsafe } from '../core/volume/series-issues';
import type { ScannedSeries } from '../contract/entities';
import type { EngineCallOptions, EngineInput, EngineOutput } from '../contract/engine-protocol';
import type * as Imaging from '../imaging';
import { shareOf } from './judge-series';
import { mutable } from './mutable';
import { notAnalysable } from './not-analysable';
import { seriesKey } from './reader-cache';
import { RecentMap } from './recent-map';

/** Two examinations, current and earlier: each some 25 MB. */
const keptPyramids = 2;

/** Registers volumes, one pair at a time: whoever reads slices meanwhile waits for a step of it, not for the whole. */
export class RegistrationTask {
  private readonly pyramids = new RecentMap<string, RegistrationImage[]>(keptPyramids);
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly imaging: () => Promise<typeof Imaging>) {}

  register(
    { fixed, moving }: EngineInput<'register'>,
    options: EngineCallOptions,
  ): Promise<EngineOutput<'register'>> {
    const mine = this.last.then(async () => {
      const current = await this.pyramid(fixed, shareOf(options, 0, 0.35));
      const earlier = await this.pyramid(moving, shareOf(options, 0.35, 0.7));
      const step = stepsOf(shareOf(options, 0.7, 1), 'Comparing the two examinations');
      return mutable(await registerRigid(current, earlier, step));
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async pyramid(
    series: ScannedSeries,
    options: ReturnType<typeof shareOf>,
  ): Promise<RegistrationImage[]> {
    if (isUnsafe(series.issues ?? [])) throw notAnalysable(series);
    const key = seriesKey(series);
    const known = this.pyramids.get(key);
    if (known) return known;
    const { loadVolume } = await this.imaging();
    const volume = await loadVolume(series, shareOf(options, 0, 0.7));
    const made = await registrationPyramid(
      volume,
      stepsOf(shareOf(options, 0.7, 1), 'Comparing the two examinations'),
    );
    this.pyramids.set(key, made);
    return made;
  }
}

/** Says how far it is, lets others have their turn, and ends where it was cancelled. */
function stepsOf({ signal, onProgress }: ReturnType<typeof shareOf>, name: string) {
  return async (fraction: number): Promise<void> => {
    onProgress?.(fraction, name);
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw new AppError('job.cancelled', 'It was cancelled.', 'Start it again.');
  };
}
