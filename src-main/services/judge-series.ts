import type { QualityReport } from '../core/quality/verdict';
import type { JobOptions, ScannedSeries } from '../core/study/entities';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { Detector } from '../inference';

/** What the gate says of a series; undefined where the model has none. */
export type Judged = QualityReport | undefined;

export const hasGate = ({ bundle }: Detector): boolean =>
  bundle.kind !== 'mapped' && bundle.gate !== undefined;

/** A volume passes as a whole or not at all. */
export async function judgeVolume(model: Detector, volume: Volume, ignored: boolean): Promise<Judged> {
  if (!hasGate(model)) return undefined;
  const { checked, notAnalysable } = await model.judgeVolume(volume);
  const flagged = notAnalysable ? [{ ...notAnalysable, frame: null }] : [];
  return { checked, flagged, analysable: notAnalysable === null, ignored };
}

/** Collects the verdicts of a series' frames as they are read: one that is turned away is left out, not the series. */
export class FrameJudge {
  private readonly flagged: QualityReport['flagged'][number][] = [];
  private checked = 0;

  constructor(
    private readonly model: Detector,
    private readonly ignored: boolean,
  ) {}

  /** @returns whether the frame is to be read */
  async admits(image: RasterImage, frame: number): Promise<boolean> {
    if (!hasGate(this.model)) return true;
    const found = await this.model.judgeImage(image);
    this.checked++;
    if (!found) return true;
    this.flagged.push({ ...found, frame });
    return this.ignored;
  }

  report(): Judged {
    if (!hasGate(this.model)) return undefined;
    const { checked, flagged, ignored } = this;
    return { checked, flagged, analysable: flagged.length < checked, ignored };
  }
}

/** How far a job has come, of a part of it. */
export const shareOf = (options: JobOptions, from: number, to: number): JobOptions => ({
  signal: options.signal,
  onProgress: (fraction, step) => options.onProgress?.(from + (to - from) * fraction, step),
});

export const frameCount = ({ pixels }: ScannedSeries): number =>
  pixels.kind === 'image' ? pixels.frames : 0;
