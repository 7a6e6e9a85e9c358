import { boxIjkToLps, boxLpsToIjk } from '../../../core/geometry/affine';
import type { Box3 } from '../../../core/geometry/box';
import { findLungs } from '../../../core/volume/lung-mask';
import type { Volume } from '../../../core/volume/volume';
import { lungsInGrid } from '../../preprocess/lung-region';
import { createRandom } from '../../random';
import { depthIn, noiseOf } from '../lung-scene';
import { drawLook } from './nodule';
import { plantNodule, type Planted } from './plant';
import type { SyntheticSpec } from './synthetic-spec';

export interface PlantedVolume {
  readonly volume: Volume;
  /** `box` is in LPS mm. */
  readonly nodules: readonly Planted[];
}

/** A place is looked for so often for each nodule. */
const triesEach = 30;

/**
 * A copy of a chest CT with made nodules, at its own voxels: what a network that never saw the scan is asked to find.
 * What a reader could not see for sure is not put in.
 * @param keep LPS mm: nothing is put there
 * @returns fewer nodules where no place was found; none where there is no lung
 */
export function plantVolume(
  volume: Volume,
  { sizes, count, seed }: Pick<SyntheticSpec, 'sizes'> & { count: number; seed: number },
  keep: readonly Box3[],
): PlantedVolume {
  const { mask } = findLungs(volume);
  if (!mask) return { volume, nodules: [] };
  const random = createRandom(seed, 41);
  const { dims, spacing } = volume;
  const values = Float32Array.from(volume.data);
  const toMm = (box: Box3): Box3 => box.map((v, d) => v * spacing[d % 3]!) as unknown as Box3;
  const depth = depthIn(mask, volume);
  const ground = {
    tile: {
      values,
      dims,
      spacing,
      slices: { spacingMm: spacing[2], firstMm: spacing[2] / 2, thicknessMm: spacing[2] },
      blurMm: random.between(0.45, 0.8),
      noise: noiseOf(dims, (n) => values[n]!),
    },
    depth: (x: number, y: number, z: number): number =>
      depth(x / spacing[0] - 0.5, y / spacing[1] - 0.5, z / spacing[2] - 0.5),
    within: toMm(lungsInGrid(mask, volume, 0)),
    keepsFaint: false,
  };
  const taken = keep.map((box) => toMm(boxLpsToIjk(volume, box)));
  const nodules: Planted[] = [];
  for (let t = 0; t < count * triesEach && nodules.length < count; t++) {
    const planted = plantNodule(ground, drawLook(sizes, random), taken, random);
    if (!planted) continue;
    taken.push(planted.box);
    const inVoxels = planted.box.map((v, d) => v / spacing[d % 3]!) as unknown as Box3;
    nodules.push({ ...planted, box: boxIjkToLps(volume, inVoxels) });
  }
  return { volume: { ...volume, data: Int16Array.from(values, Math.round) }, nodules };
}
