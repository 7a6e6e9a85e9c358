import { AppError } from '../app-error';
import type { Volume } from '../volume/volume';
import { gradientMagnitude } from './color-spaces';
import { cellCount, shrinkFactors, shrinkGrid, shrinkPlane, type Grid } from './grid';
import {
  colorTextureSizeFill,
  hierarchiesOf,
  searchGrid,
  textureSizeFill,
  type Strategy,
} from './grid-search';
import { rankRegions, type RankingOptions } from './rank-regions';
import { toUnitRange } from './value-range';
import { Watch, type WatchOptions } from './watch';

/**
 * Shape shorthand: boxes Float32Array [N, 6] = x0, y0, z0, x1, y1, z1, half-open, in voxels (ijk) of the volume given, best first.
 *
 * Selective search (Uijlings et al. 2013) on supervoxels: the graph segmentation of Felzenszwalb & Huttenlocher 2004 over
 * 6-neighbours, its regions grouped by intensity histogram, gradients in 14 directions, size and fill of the 3D box.
 */
export type VolumeView = 'intensity' | 'gradient';

export interface SelectiveSearch3Options extends WatchOptions, Partial<Omit<RankingOptions, 'minExtent'>> {
  readonly strategies?: readonly Strategy<VolumeView>[];
  /** Smallest supervoxel in mm3. */
  readonly minRegionMm3?: number;
  /** Boxes shorter than this along any axis are left out; one slice is always enough. */
  readonly minBoxMm?: number;
  /** Values that become 0 and 255: a CT window, say. Left out: the 0.5th and 99.5th percentile. */
  readonly valueRange?: readonly [number, number] | undefined;
  /**
   * A larger volume is searched at a whole fraction of its resolution, finest axis first; boxes are then that coarse. About
   * 110 bytes a voxel are in use at the peak: 440 MB at the default of 4 million. Crop (to the lungs, say) to keep resolution.
   */
  readonly maxVoxels?: number;
  /** Supervoxels a segmentation may have; more are joined, the smallest first. Bounds the time and memory of grouping. */
  readonly maxInitialRegions?: number;
}

const similarities = [colorTextureSizeFill, textureSizeFill];
/** Smoothing is in mm. */
const defaultStrategies: readonly Strategy<VolumeView>[] = [
  { space: 'intensity', sigma: 0.5, scales: [50, 150, 300], similarities },
  { space: 'intensity', sigma: 1, scales: [150, 300], similarities },
  { space: 'gradient', sigma: 1, scales: [150], similarities },
];

/**
 * Ranked proposals of a volume, without a network. Smoothing, gradients and the smallest sizes are in mm, so that a volume with thick
 * slices gives the regions that the same body gives with thin ones; edge weights are plain differences of neighbouring voxels.
 * @throws AppError `request.invalid` where data, dims and spacing disagree; `job.cancelled` where `shouldStop` says so.
 */
export function selectiveSearch3(
  volume: Pick<Volume, 'data' | 'dims' | 'spacing'>,
  options: SelectiveSearch3Options = {},
): { boxes: Float32Array } {
  const { data, dims, spacing } = volume;
  const source: Grid = { dims, spacing };
  if (dims.some((n) => n < 1) || data.length !== cellCount(source) || spacing.some((mm) => !(mm > 0)))
    throw new AppError(
      'request.invalid',
      `A volume of ${dims.join(' x ')} voxels of ${spacing.join(' x ')} mm cannot have ${data.length} values.`,
      'Report this with the log.',
      { field: 'data' },
    );
  const factors = shrinkFactors(source, options.maxVoxels ?? 4_000_000);
  const grid = shrinkGrid(source, factors);
  const scaled = toUnitRange(data, options.valueRange);
  const intensity = shrinkPlane(source, factors, (n) => scaled(data[n]!));
  const strategies = options.strategies ?? defaultStrategies;
  const cellMm3 = grid.spacing[0] * grid.spacing[1] * grid.spacing[2];
  const hierarchies = searchGrid(
    grid,
    (view) => [view === 'intensity' ? intensity : gradientMagnitude(intensity, grid)],
    strategies,
    {
      connectivity: 6,
      minRegionCells: Math.max(2, Math.round((options.minRegionMm3 ?? 30) / cellMm3)),
      maxInitialRegions: options.maxInitialRegions ?? 4000,
    },
    new Watch(options, hierarchiesOf(strategies)),
  );
  const smallest = options.minBoxMm ?? 3;
  const ranked = rankRegions(hierarchies, {
    ordering: options.ordering ?? 'hierarchical',
    seed: options.seed ?? 1,
    limit: options.limit ?? 2000,
    duplicateIou: options.duplicateIou ?? 0.9,
    minExtent: [0, 1, 2].map((a) => Math.min(grid.dims[a]!, smallest / grid.spacing[a]!)) as [
      number,
      number,
      number,
    ],
  });
  const boxes = new Float32Array(ranked.length);
  for (let n = 0; n < ranked.length; n++) {
    const axis = n % 3;
    boxes[n] = Math.min(dims[axis]!, ranked[n]! * factors[axis]!);
  }
  return { boxes };
}
