import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import { boxLpsToIjk } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import { alignedGrid } from '../../core/volume/grid';
import { cropGrid, findLungs } from '../../core/volume/lung-mask';
import { createGridSampler } from '../../core/volume/resample';
import type { Volume, VolumeGeometry } from '../../core/volume/volume';
import type { VolumeInputSpec } from '../bundle/schema';
import { lungsInGrid } from '../preprocess/lung-region';
import { scaleIntensity } from '../preprocess/volume-windows';
import { lungScene, nodulelikePlaces, type LungScene } from './lung-scene';
import type { VolumeRecipe, VolumeSource } from './recipe3d';

/** Reads a series from disk. Passed in, since inference does not import imaging. */
export type VolumeReader = (path: string, signal?: AbortSignal) => Promise<Volume>;

export interface LabelledBox {
  /** LPS mm. */
  readonly boxLps: Box3;
  /** Counts neither way: too few readers drew it. */
  readonly ignore: boolean;
}

/** A volume of a data set and what is marked in it. */
export interface LabelledVolume {
  readonly source: string;
  readonly series: string;
  readonly volume: Volume;
  /** Null: nobody marked it. */
  readonly boxes: readonly LabelledBox[] | null;
}

/** A volume as the network sees it, ready for patches to be cut from. */
export interface GridSample {
  readonly source: string;
  readonly series: string;
  readonly grid: VolumeGeometry;
  /** [Z, Y, X] 0..255 of the intensity window, x fastest: a quarter of the memory of floats. */
  readonly data: Uint8Array;
  /** Voxels of the grid, half-open. */
  readonly boxes: readonly Box3[];
  readonly ignored: readonly Box3[];
  /** Null: not a chest CT, or the recipe has no lung mask. */
  readonly lungs: LungScene | null;
}

const boxesFile = z.object({
  nodules: z.array(
    z.object({
      boxLpsMm: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
      readers: z.number().optional(),
    }),
  ),
});

/** Where the paths of a recipe lead. */
export interface DataRoots {
  readonly dataRoot: string;
  /** Of paths that begin with `package:`. */
  readonly packageRoot?: string | undefined;
}

/** @throws AppError request.invalid for a path into packages where nobody said where these lie */
export function dataPath(path: string, { dataRoot, packageRoot }: DataRoots): string {
  const inPackages = /^package:(.+)$/.exec(path)?.[1];
  if (inPackages === undefined) return join(dataRoot, path);
  if (packageRoot !== undefined) return join(packageRoot, inPackages);
  throw new AppError('request.invalid', `${path} is not here.`, 'Run npm run setup once.', { file: path });
}

/** The volumes of the sources, one after the other: only one is in memory unless the caller keeps more. */
export async function* readVolumes(
  sources: readonly VolumeSource[],
  roots: DataRoots,
  read: VolumeReader,
  signal?: AbortSignal,
): AsyncGenerator<LabelledVolume> {
  for (const source of sources) {
    for (const { series, boxes, boxesLpsMm } of source.volumes) {
      if (signal?.aborted)
        throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
      yield {
        source: source.name,
        series,
        volume: await read(dataPath(series, roots), signal),
        boxes:
          boxes === undefined
            ? (boxesLpsMm?.map((boxLps) => ({ boxLps, ignore: false })) ?? null)
            : await readBoxes(dataPath(boxes, roots), series, source),
      };
    }
  }
}

async function readBoxes(file: string, series: string, { minReaders }: VolumeSource): Promise<LabelledBox[]> {
  try {
    const { nodules } = boxesFile.parse(JSON.parse(await readFile(file, 'utf8')));
    return nodules.map((n) => ({
      boxLps: n.boxLpsMm,
      ignore: n.readers !== undefined && n.readers < minReaders,
    }));
  } catch (error) {
    throw new AppError(
      'file.unreadable',
      `The boxes of ${series} cannot be read.`,
      'Name the folder that holds the data set with --data, or correct the recipe.',
      { file },
      { cause: error },
    );
  }
}

/**
 * Resamples slice by slice to the bundle's grid and intensities; of a chest CT the lungs and what lies around them. Boxes
 * that the recipe holds too large are ignored.
 * @throws AppError request.invalid where lungs are wanted and there are none
 */
export function toGridSample(
  labelled: LabelledVolume,
  { input, lungMask, data: { largestMm = Infinity } }: Pick<VolumeRecipe, 'input' | 'lungMask' | 'data'>,
): GridSample {
  const { volume } = labelled;
  const whole = alignedGrid(volume, input.spacing, input.orientation);
  const search = lungMask ? findLungs(volume) : null;
  if (search && !search.mask) {
    throw new AppError(
      'request.invalid',
      `${labelled.series} cannot be trained on: ${search.reason}`,
      'Leave it out of the recipe.',
    );
  }
  const mask = search?.mask;
  const grid = mask ? cropGrid(whole, lungsInGrid(mask, whole, aroundLungsMm)) : whole;
  const voxels = resampled(volume, grid, input);
  const { low, high } = input.intensity;
  const hounsfieldAt = (n: number): number => low + (voxels[n]! / 255) * (high - low);
  const lungs = mask ? lungScene(mask, volume, grid, hounsfieldAt) : null;
  const isIgnored = ({ ignore, boxLps }: LabelledBox): boolean =>
    ignore || [0, 1, 2].some((a) => boxLps[a + 3]! - boxLps[a]! > largestMm);
  const marked = (ignored: boolean): Box3[] =>
    (labelled.boxes ?? []).filter((b) => isIgnored(b) === ignored).map((b) => boxLpsToIjk(grid, b.boxLps));
  return {
    source: labelled.source,
    series: labelled.series,
    grid,
    data: voxels,
    boxes: marked(false),
    ignored: labelled.boxes || !lungs ? marked(true) : nodulelikePlaces(grid, lungs, hounsfieldAt),
    lungs,
  };
}

/** The volumes that a recipe trains on, one after the other. @throws AppError as readVolumes and toGridSample */
export async function readGridSamples(
  recipe: VolumeRecipe,
  roots: DataRoots,
  read: VolumeReader,
  signal?: AbortSignal,
): Promise<GridSample[]> {
  const samples: GridSample[] = [];
  for await (const labelled of readVolumes(recipe.data.train, roots, read, signal))
    samples.push(toGridSample(labelled, recipe));
  return samples;
}

/** Patches reach this far beyond the lungs, mm. */
const aroundLungsMm = 30;

function resampled(volume: Volume, grid: VolumeGeometry, input: VolumeInputSpec): Uint8Array {
  const [width, height, depth] = grid.dims;
  const sampler = createGridSampler(volume, grid);
  const data = new Uint8Array(width * height * depth);
  const slice = new Float32Array(width * height);
  for (let z = 0; z < depth; z++) {
    sampler.fill(slice, [0, 0, z], [width, height, 1], input.intensity.low);
    scaleIntensity(slice, input);
    const base = z * slice.length;
    for (let n = 0; n < slice.length; n++) data[base + n] = Math.round(slice[n]! * 255);
  }
  return data;
}
