import { AppError } from '../app-error';

/** How a caller follows long work and ends it early; core has no AbortSignal. */
export interface WatchOptions {
  /** Asked many times a second; true ends the work with AppError `job.cancelled`. */
  readonly shouldStop?: (() => boolean) | undefined;
  /** Fraction done, 0 to 1, never falling. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Counts finished steps out of a known total. */
export class Watch {
  private done = 0;
  constructor(
    private readonly options: WatchOptions,
    private readonly total: number,
  ) {}

  /** @throws AppError `job.cancelled` once `shouldStop` answers true. */
  check(): void {
    if (this.options.shouldStop?.() === true)
      throw new AppError('job.cancelled', 'Selective search was cancelled.', 'Start it again when wanted.');
  }

  step(): void {
    this.done++;
    this.options.onProgress?.(Math.min(1, this.done / this.total));
    this.check();
  }
}
