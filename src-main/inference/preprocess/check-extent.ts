import { AppError } from '../../core/app-error';
import { maxArrayBytes } from '../../core/volume/array-limit';
import type { VolumeGeometry } from '../../core/volume/volume';

/** More windows than any scan of a person has: a spacing of metres would keep the engine busy for days. */
const maxWindows = 50_000;

/**
 * Windows are resampled and read one by one, whatever the volume's size. What spans all of it (the lung mask, averaged head
 * maps) has to fit into arrays of {@link maxArrayBytes}.
 *
 * @param grid of the network around the whole volume
 * @param arrays bytes of each array that spans it
 * @throws AppError image.not-analysable
 */
export function checkExtent(grid: VolumeGeometry, windows: number, arrays: readonly number[]): void {
  if (windows <= maxWindows && arrays.every((bytes) => bytes <= maxArrayBytes)) return;
  const millimetres = grid.dims.map((n, a) => Math.round(n * grid.spacing[a]!)).join(' x ');
  throw new AppError(
    'image.not-analysable',
    `Not analysed by the model. A volume of ${millimetres} mm is larger than it can read.`,
    'Check the spacing that the images state, or import the part of interest alone.',
    { field: 'extent' },
  );
}
