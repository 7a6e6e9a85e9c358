import { gaussianBlur } from './gaussian-blur';
import { buildGraph, segmentGraph, type Connectivity } from './graph-segmentation';
import type { Grid } from './grid';
import { groupRegions, type Hierarchy, type SimilarityWeights } from './hierarchical-grouping';
import { codeCells, regionFeatures } from './region-features';
import type { Watch } from './watch';

/** One view of the image and what is done with it; every scale with every set of similarities makes one hierarchy. */
export interface Strategy<Space extends string> {
  readonly space: Space;
  /** Smoothing before the graph is built, in the unit of the grid's spacing. */
  readonly sigma: number;
  /** Felzenszwalb's k: larger means larger initial regions. Values are 0..255. */
  readonly scales: readonly number[];
  readonly similarities: readonly SimilarityWeights[];
}

/** The two sets of Uijlings et al. 2013, section 5.1.1, that complement each other best. */
export const colorTextureSizeFill: SimilarityWeights = { color: 1, texture: 1, size: 1, fill: 1 };
export const textureSizeFill: SimilarityWeights = { color: 0, texture: 1, size: 1, fill: 1 };
export const onlyFill: SimilarityWeights = { color: 0, texture: 0, size: 0, fill: 1 };
export const onlySize: SimilarityWeights = { color: 0, texture: 0, size: 1, fill: 0 };

export interface GridSearchOptions {
  readonly connectivity: Connectivity;
  /** Initial regions under this many cells are joined to a neighbour. */
  readonly minRegionCells: number;
  /** Where a segmentation has more regions, small ones are joined: bounds the time and memory of grouping. */
  readonly maxInitialRegions: number;
}

export const hierarchiesOf = (strategies: readonly Strategy<string>[]): number =>
  strategies.reduce((sum, { scales, similarities }) => sum + scales.length * similarities.length, 0);

/**
 * All hierarchies of all strategies. The graph of a view is built and sorted once for all its scales, and the cells' histogram
 * bins are found once.
 * @param planesOf planes of a space, each Float32Array [cells] in 0..255.
 */
export function searchGrid<Space extends string>(
  grid: Grid,
  planesOf: (space: Space) => Float32Array[],
  strategies: readonly Strategy<Space>[],
  options: GridSearchOptions,
  watch: Watch,
): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const { space, sigma, scales, similarities } of strategies) {
    watch.check();
    const planes = planesOf(space).map((plane) => gaussianBlur(plane, grid, sigma));
    const codes = codeCells(planes, grid);
    watch.check();
    const graph = buildGraph(planes, grid, options.connectivity);
    for (const k of scales) {
      const { minRegionCells, maxInitialRegions } = options;
      const segmentation = segmentGraph(graph, k, minRegionCells, watch, maxInitialRegions);
      const features = regionFeatures(segmentation, codes, grid);
      for (const weights of similarities) {
        found.push(groupRegions(features, weights, watch));
        watch.step();
      }
    }
  }
  return found;
}
