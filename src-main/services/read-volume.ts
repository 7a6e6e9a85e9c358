import { AppError } from '../core/app-error';
import type { Volume } from '../core/volume/volume';
import { loadVolume, scanPaths } from '../imaging';

/** The one volume that a file or a series' folder holds. */
export async function readVolume(path: string, signal?: AbortSignal): Promise<Volume> {
  const { series, skipped } = await scanPaths([path], { signal });
  const volumes = series.filter((s) => s.pixels.kind === 'volume');
  if (volumes.length !== 1) {
    throw new AppError(
      'file.unsupported',
      volumes.length === 0
        ? (skipped[0]?.reason ?? 'There is no volume.')
        : `There are ${volumes.length} series where one is wanted.`,
      'Name one volume file, or the folder of one series, in the recipe.',
      { file: path },
    );
  }
  return loadVolume(volumes[0]!, { signal });
}
