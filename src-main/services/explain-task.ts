import { AppError } from '../core/app-error';
import type { Explanation } from '../core/detection/explanation';
import type { JobOptions, ScannedSeries } from '../core/study/entities';
import type { Volume } from '../core/volume/volume';
import type { EngineInput } from '../contract/engine-protocol';
import type { Detector } from '../inference';

/** What the model made of one point of a series: of the frame, or of the volume around it. */
export async function explainSeries(
  { series, point, whole, selectiveSearch }: EngineInput<'explain'>,
  model: Detector,
  useVolume: (series: ScannedSeries, options: JobOptions) => Promise<Volume>,
  options: JobOptions,
): Promise<Explanation> {
  if (series.pixels.kind === 'volume' && point.space === 'lps') {
    const volume = await useVolume(series, { signal: options.signal });
    return model.explainVolume(volume, point.point, { ...options, whole, selectiveSearch });
  }
  if (series.pixels.kind === 'image' && point.space === 'px') {
    const { frames } = series.pixels;
    if (point.frame >= frames) {
      throw new AppError('request.invalid', `The series has ${frames} frames.`, 'Ask for one of them.', {
        field: 'point',
      });
    }
    const { loadImage } = await import('../imaging');
    const image = await loadImage(series, point.frame, { signal: options.signal });
    const explained = await model.explainImage(image, point.point, { ...options, selectiveSearch });
    return { ...explained, frame: point.frame };
  }
  const wanted = series.pixels.kind === 'volume' ? 'mm, in LPS' : 'pixels';
  throw new AppError('request.invalid', `Points of this series are given in ${wanted}.`, 'Give it so.', {
    field: 'point',
  });
}
