import { AppError } from '../app-error';
import type { RasterImage } from '../volume/volume';
import { isGrey, toColorSpace, type ColorSpace } from './color-spaces';
import { shrinkFactors, shrinkGrid, shrinkPlane, type Grid } from './grid';
import {
  colorTextureSizeFill,
  hierarchiesOf,
  onlyFill,
  onlySize,
  searchGrid,
  textureSizeFill,
  type Strategy,
} from './grid-search';
import { rankRegions, type RankingOptions } from './rank-regions';
import { toUnitRange } from './value-range';
import { Watch, type WatchOptions } from './watch';

/**
 * Shape shorthand: boxes Float32Array [N, 4] = x0, y0, x1, y1, half-open pixels, best first.
 *
 * Selective search: Uijlings, van de Sande, Gevers & Smeulders, IJCV 104(2), 2013, on the graph segmentation of Felzenszwalb &
 * Huttenlocher, IJCV 59(2), 2004.
 */
export interface SelectiveSearch2Options extends WatchOptions, Partial<Omit<RankingOptions, 'minExtent'>> {
  /** `fast`: two views; `quality`: more views, scales and similarities, in two to four times the time. */
  readonly mode?: 'fast' | 'quality';
  /** Replaces the mode's list. */
  readonly strategies?: readonly Strategy<ColorSpace>[];
  /** Initial regions under this many pixels are joined to a neighbour. */
  readonly minRegionPixels?: number;
  readonly connectivity?: 4 | 8;
  /** Boxes narrower or lower than this many pixels are left out. */
  readonly minBoxPixels?: number;
  /** Values that become 0 and 255. Left out: 0 and 255 of 8-bit pictures, else the 0.5th and 99.5th percentile. */
  readonly valueRange?: readonly [number, number] | undefined;
  /** Larger pictures are searched at a whole fraction of their size. About 100 bytes a pixel are in use at the peak. */
  readonly maxPixels?: number;
  readonly maxInitialRegions?: number;
}

const both = [colorTextureSizeFill, textureSizeFill];
const all = [...both, onlyFill, onlySize];

const strategiesOf = {
  color: {
    fast: [
      { space: 'hsv', sigma: 0.8, scales: [50, 150, 300], similarities: both },
      { space: 'lab', sigma: 0.8, scales: [50, 150, 300], similarities: both },
    ],
    quality: (['hsv', 'lab', 'rgI', 'hue', 'grey'] as const).map((space) => ({
      space,
      sigma: 0.8,
      scales: [50, 100, 150, 300],
      similarities: all,
    })),
  },
  grey: {
    fast: [
      { space: 'grey', sigma: 0.8, scales: [50, 150, 300], similarities: both },
      { space: 'equalised', sigma: 0.8, scales: [50, 150, 300], similarities: both },
    ],
    quality: (['grey', 'equalised', 'gradient'] as const).flatMap((space) =>
      [0.8, 2].map((sigma) => ({ space, sigma, scales: [50, 100, 150, 300], similarities: all })),
    ),
  },
} satisfies Record<string, Record<'fast' | 'quality', readonly Strategy<ColorSpace>[]>>;

/**
 * Ranked proposals of a picture, without a network. A picture of three equal channels is searched as a grey one.
 * @throws AppError `request.invalid` where data and size disagree; `job.cancelled` where `shouldStop` says so.
 */
export function selectiveSearch2(
  image: Pick<RasterImage, 'data' | 'width' | 'height' | 'channels'>,
  options: SelectiveSearch2Options = {},
): { boxes: Float32Array } {
  const { width, height, channels, data } = image;
  if (width < 1 || height < 1 || data.length !== width * height * channels)
    throw new AppError(
      'request.invalid',
      `A picture of ${width} x ${height} x ${channels} cannot have ${data.length} values.`,
      'Report this with the log.',
      { field: 'data' },
    );
  const source: Grid = { dims: [width, height, 1], spacing: [1, 1, 1] };
  const factors = shrinkFactors(source, options.maxPixels ?? 1 << 20);
  const grid: Grid = { ...shrinkGrid(source, factors), spacing: [1, 1, 1] };
  const scaled = toUnitRange(data, options.valueRange);
  let planes = Array.from({ length: channels }, (_, c) =>
    shrinkPlane(source, factors, (n) => scaled(data[n * channels + c]!)),
  );
  const grey = isGrey(planes);
  if (grey) planes = planes.slice(0, 1);
  const strategies: readonly Strategy<ColorSpace>[] =
    options.strategies ?? strategiesOf[grey ? 'grey' : 'color'][options.mode ?? 'fast'];
  const hierarchies = searchGrid(
    grid,
    (space) => toColorSpace(planes, grid, space),
    strategies,
    {
      connectivity: options.connectivity ?? 4,
      minRegionCells: options.minRegionPixels ?? 100,
      maxInitialRegions: options.maxInitialRegions ?? 4000,
    },
    new Watch(options, hierarchiesOf(strategies)),
  );
  const smallest = options.minBoxPixels ?? 4;
  const ranked = rankRegions(hierarchies, {
    ordering: options.ordering ?? 'hierarchical',
    seed: options.seed ?? 1,
    limit: options.limit ?? 2000,
    duplicateIou: options.duplicateIou ?? 0.9,
    minExtent: [smallest / factors[0], smallest / factors[1], 1],
  });
  const boxes = new Float32Array((ranked.length / 6) * 4);
  for (let from = 0, to = 0; from < ranked.length; from += 6, to += 4) {
    boxes[to] = ranked[from]! * factors[0];
    boxes[to + 1] = ranked[from + 1]! * factors[1];
    boxes[to + 2] = Math.min(width, ranked[from + 3]! * factors[0]);
    boxes[to + 3] = Math.min(height, ranked[from + 4]! * factors[1]);
  }
  return { boxes };
}
