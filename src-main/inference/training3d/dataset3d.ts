import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import { boxLpsToIjk } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import { alignedGrid } from '../../core/volume/grid';
import { createGridSampler } from '../../core/volume/resample';
import type { Volume, VolumeGeometry } from '../../core/volume/volume';
import type { VolumeInputSpec } from '../bundle/schema';
import { scaleIntensity } from '../preprocess/volume-windows';
import type { VolumeSource } from './recipe3d';

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
  readonly boxes: readonly LabelledBox[];
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
}

const boxesFile = z.object({
  nodules: z.array(
    z.object({
      boxLpsMm: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
      readers: z.number().optional(),
    }),
  ),
});

/** The volumes of the sources, one after the other: only one is in memory unless the caller keeps more. */
export async function* readVolumes(
  sources: readonly VolumeSource[],
  dataRoot: string,
  read: VolumeReader,
  signal?: AbortSignal,
): AsyncGenerator<LabelledVolume> {
  for (const source of sources) {
    for (const { series, boxes } of source.volumes) {
      if (signal?.aborted)
        throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
      const file = join(dataRoot, boxes);
      let marked: z.infer<typeof boxesFile>;
      try {
        marked = boxesFile.parse(JSON.parse(await readFile(file, 'utf8')));
      } catch (error) {
        throw new AppError(
          'file.unreadable',
          `The boxes of ${series} cannot be read.`,
          'Name the folder that holds the data set with --data, or correct the recipe.',
          { file },
          { cause: error },
        );
      }
      yield {
        source: source.name,
        series,
        volume: await read(join(dataRoot, series), signal),
        boxes: marked.nodules.map((n) => ({
          boxLps: n.boxLpsMm,
          ignore: n.readers !== undefined && n.readers < source.minReaders,
        })),
      };
    }
  }
}

/** Resamples slice by slice to the bundle's grid and intensities. */
export function toGridSample(labelled: LabelledVolume, input: VolumeInputSpec): GridSample {
  const { volume } = labelled;
  const grid = alignedGrid(volume, input.spacing, input.orientation);
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
  const inGrid = (ignore: boolean): Box3[] =>
    labelled.boxes.filter((b) => b.ignore === ignore).map((b) => boxLpsToIjk(grid, b.boxLps));
  return {
    source: labelled.source,
    series: labelled.series,
    grid,
    data,
    boxes: inGrid(false),
    ignored: inGrid(true),
  };
}
