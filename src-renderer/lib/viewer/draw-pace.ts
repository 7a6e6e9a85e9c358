export interface PaceClock {
  now(): number;
  /** @returns what cancels it */
  after(ms: number, work: () => void): () => void;
  /** Once what was just drawn is on the screen. */
  shown(work: () => void): void;
}

const least = 200;

/**
 * Draws what is asked for again and again while slices come in: the first time at once, then so seldom that drawing takes
 * at most a quarter of the time, and always once more after the last time that it was asked for.
 */
export class DrawPace {
  private cancel: (() => void) | null = null;
  private drawing = false;
  private again = false;
  private closed = false;
  private nextAt = -Infinity;

  constructor(
    private readonly draw: () => void,
    private readonly clock: PaceClock = windowClock,
  ) {}

  ask(): void {
    if (this.closed || this.cancel) return;
    if (this.drawing) {
      this.again = true;
      return;
    }
    this.cancel = this.clock.after(Math.max(0, this.nextAt - this.clock.now()), () => this.drawNow());
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
  }

  private drawNow(): void {
    this.cancel = null;
    this.drawing = true;
    const begun = this.clock.now();
    this.draw();
    this.clock.shown(() => {
      this.drawing = false;
      const now = this.clock.now();
      this.nextAt = now + Math.max(least, 3 * (now - begun));
      if (!this.again) return;
      this.again = false;
      this.ask();
    });
  }
}

const windowClock: PaceClock = {
  now: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  // Drawn in the next frame, which is over when the one after it begins.
  shown: (work) => void requestAnimationFrame(() => requestAnimationFrame(work)),
};
