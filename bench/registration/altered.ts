import { seededRandom } from '../../src-main/core/seeded-random';
import {
  applyRigid,
  invertRigid,
  turned,
  type RigidTransform,
} from '../../src-main/core/registration/rigid-transform';
import { createGridSampler } from '../../src-main/core/volume/resample';
import type { Volume } from '../../src-main/core/volume/volume';

/** What another examination of the same patient is like. */
export interface Altered {
  readonly name: string;
  /** mm by which the trunk's lower end moves along it, ribs and back less: another breath. */
  readonly breathMm: number;
  /** Standard deviation, of the values' own unit. */
  readonly noise: number;
  readonly values: (v: number) => number;
}

const keep = (v: number): number => v;

export const alteredCt: readonly Altered[] = [
  { name: 'other noise', breathMm: 0, noise: 20, values: keep },
  { name: 'low dose', breathMm: 3, noise: 150, values: keep },
  { name: 'breath of 5 mm', breathMm: 5, noise: 20, values: keep },
  { name: 'breath of 10 mm', breathMm: 10, noise: 20, values: keep },
  { name: 'breath of 20 mm', breathMm: 20, noise: 60, values: keep },
];

/** @param most the brightest value: other sequences are made of it */
export const alteredMr = (most: number): readonly Altered[] => {
  const air = 0.03 * most;
  const noise = most / 50;
  return [
    { name: 'other noise', breathMm: 0, noise, values: keep },
    { name: 'gamma of 0.5', breathMm: 1, noise, values: (v) => most * Math.sqrt(Math.max(0, v) / most) },
    { name: 'inverted', breathMm: 1, noise, values: (v) => (v < air ? 0 : most - v) },
    // Dark at a third of the range and bright at both ends: two tissues have one value.
    { name: 'folded', breathMm: 1, noise, values: (v) => (v < air ? 0 : 2 * Math.abs(v - 0.3 * most)) },
  ];
};

/** The volume as if its patient lay elsewhere and were examined otherwise: what lay at x lies at `transform` of x. */
export function examinedAgain(volume: Volume, transform: RigidTransform, how: Altered, seed = 1): Volume {
  const back = invertRigid(transform);
  const grid: Volume = {
    ...volume,
    origin: applyRigid(back, volume.origin),
    direction: volume.direction.map((d) => turned(back, d)) as unknown as Volume['direction'],
  };
  const tile = new Float32Array(volume.dims[0] * volume.dims[1] * volume.dims[2]);
  createGridSampler(volume, grid).fill(tile, [0, 0, 0], volume.dims, volume.modality === 'CT' ? -1000 : 0);
  const data = how.breathMm > 0 ? breathed({ ...volume, data: tile }, how.breathMm) : tile;
  const random = seededRandom(seed);
  const noise = (): number => how.noise * Math.sqrt(3) * (random() + random() + random() + random() - 2);
  for (let n = 0; n < data.length; n++) data[n] = how.values(data[n]!) + noise();
  return { ...volume, data };
}

/** Drawn out smoothly, most at the first slice. */
function breathed({ dims: [nx, ny, nz], spacing: [sx, sy, sz], data }: Volume, mm: number): Float32Array {
  const out = new Float32Array(data.length);
  const plane = nx * ny;
  const within = (v: number, n: number): number => Math.min(n - 1.001, Math.max(0, v));
  const mix = (a: number, b: number, part: number): number => a + part * (b - a);
  for (let k = 0, n = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, n++) {
        const [x, y, z] = [i * sx, j * sy, k * sz];
        const x2 = within(i + (0.3 * mm * Math.sin(y / 45 + z / 60)) / sx, nx);
        const y2 = within(j + (0.4 * mm * Math.sin(z / 50 + x / 70)) / sy, ny);
        const low = 1 - k / nz;
        const z2 = within(k + (mm * low * (0.7 + 0.3 * Math.sin(x / 40))) / sz, nz);
        const [i0, j0, k0] = [Math.floor(x2), Math.floor(y2), Math.floor(z2)];
        const at = i0 + nx * j0 + plane * k0;
        const row = (from: number): number => mix(data[from]!, data[from + 1]!, x2 - i0);
        const slice = (from: number): number => mix(row(from), row(from + nx), y2 - j0);
        out[n] = mix(slice(at), slice(at + plane), z2 - k0);
      }
  return out;
}

/** Left and right swapped: a body that is as alike as any other person's can be. */
export function mirrored(volume: Volume): Volume {
  const [nx] = volume.dims;
  const data = new Float32Array(volume.data.length);
  for (let n = 0; n < data.length; n++) {
    const i = n % nx;
    data[n] = volume.data[n - i + nx - 1 - i]!;
  }
  return { ...volume, data };
}
