import type { ImageLayout } from '../../../src-main/core/study/entities';

/** Of loops whose file says no pace, ultrasound's and angiography's usual. */
const usualMs = 66;

export interface Pace {
  readonly frameMs: number;
  /** False: the file does not say, so that nothing is to be read off the speed of what moves. */
  readonly known: boolean;
}

/** How fast a loop runs; null for what is no loop. */
export function paceOf({ frames, frameMs }: Pick<ImageLayout, 'frames' | 'frameMs'>): Pace | null {
  if (frames < 2) return null;
  return { frameMs: frameMs ?? usualMs, known: frameMs !== undefined };
}

/** The frame to show so long after `from` was: by time, so that a slow machine leaves frames out and keeps the pace. */
export const frameAfter = (from: number, elapsedMs: number, frameMs: number, frames: number): number =>
  (from + Math.floor(Math.max(0, elapsedMs) / frameMs)) % frames;

/** "25 a second" or "15 a second, pace not in the file". */
export const paceText = ({ frameMs, known }: Pace): string =>
  `${+(1000 / frameMs).toFixed(1)} a second${known ? '' : ', pace not in the file'}`;
