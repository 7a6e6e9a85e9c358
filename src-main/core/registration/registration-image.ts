import type { Vec3 } from '../geometry/vec3';
import { labelComponents } from '../volume/components';
import { alignedGrid } from '../volume/grid';
import { createGridSampler } from '../volume/resample';
import type { Modality, Volume, VolumeGeometry } from '../volume/volume';
import { percentiles } from '../volume/windowing';

/**
 * A volume as registration looks at it: axes along the patient's, equal spacing, values from 0 (air, or the darkest) to 1, and
 * which voxels show the body. A 512 x 512 x 261 chest at 2 mm has some 5 million voxels.
 *
 * Shape shorthand: values, body, inside [Z, Y, X] flat, x fastest
 */
export interface RegistrationImage {
  readonly modality: Modality;
  readonly geometry: VolumeGeometry;
  readonly values: Float32Array;
  readonly body: Uint8Array;
  /** The body without its skin: bodies are alike in outline, and told apart by what is inside. */
  readonly inside: Uint8Array;
}

/** mm; finer than what follow-up examinations of breathing patients repeat. */
const finestMm = 2;
const coarseningFactors = [4, 2, 1] as const;
/** Whole bodies get a coarser grid, so that an image stays below 50 MB. */
const mostVoxels = 12_000_000;
/** Made between two looks at whoever waits: a tenth of a second. */
const slicesAtOnce = 8;
/** HU: from air to the densest soft tissue. Bone and contrast medium count as that: they differ from visit to visit. */
const ctRange = [-1000, 250] as const;
/** Share of the range at which a body begins: half-way between air and water in CT. */
const bodyFrom: Readonly<Partial<Record<Modality, number>>> = { CT: 0.4 };

/** Called between steps with the fraction done; may wait, and throws to end the work. */
export type OnStep = (fraction: number) => Promise<void> | void;

/** The images that are registered one after the other, the coarsest first: about 8, 4 and 2 mm. */
export async function registrationPyramid(
  volume: Volume,
  onStep: OnStep = () => undefined,
): Promise<RegistrationImage[]> {
  const extent = volume.dims.reduce((product, n, a) => product * n * volume.spacing[a]!, 1);
  const finest = Math.max(finestMm, Math.cbrt(extent / mostVoxels));
  const fine = await sampled(volume, finest, volume.modality === 'CT' ? ctRange[0] : 0, onStep);
  const range = volume.modality === 'CT' ? ctRange : percentiles(fine.data, [0.005, 0.995]);
  const [low = 0, high = 0] = range;
  const span = Math.max(high - low, 1e-6);
  const { data } = fine;
  for (let n = 0; n < data.length; n++) data[n] = Math.min(1, Math.max(0, (data[n]! - low) / span));
  const levels: (Volume & Sampled)[] = [];
  for (const factor of coarseningFactors)
    levels.push(factor === 1 ? fine : await sampled(fine, finest * factor));
  const coarsest = levels[0]!;
  const solid = bodyOf(coarsest.data, coarsest.dims, bodyFrom[volume.modality] ?? 0.12);
  const body = widened(solid, coarsest.dims, 1);
  const inside = widened(solid, coarsest.dims, 0);
  return levels.map(({ data: values, modality, ...level }) => ({
    modality,
    geometry: level,
    values,
    body: atLevel(body, coarsest, level),
    inside: atLevel(inside, coarsest, level),
  }));
}

interface Sampled extends VolumeGeometry {
  readonly data: Float32Array;
}

/** @param outside what an oblique volume does not reach: air, or nothing */
async function sampled(
  volume: Volume,
  mm: number,
  outside = 0,
  onStep: OnStep = () => undefined,
): Promise<Volume & Sampled> {
  const { dims, spacing, origin, direction } = alignedGrid(volume, [mm, mm, mm], 'LPS');
  const geometry = { dims, spacing, origin, direction };
  const data = new Float32Array(dims[0] * dims[1] * dims[2]);
  const sampler = createGridSampler(volume, geometry);
  const plane = dims[0] * dims[1];
  for (let k = 0; k < dims[2]; k += slicesAtOnce) {
    const count = Math.min(slicesAtOnce, dims[2] - k);
    const part = data.subarray(k * plane, (k + count) * plane);
    sampler.fill(part, [0, 0, k], [dims[0], dims[1], count], outside);
    await onStep((k + count) / dims[2]);
  }
  return { ...geometry, data, modality: volume.modality };
}

/** The body as a finer grid has it: what is a few mm beside it does no harm. */
function atLevel(body: Uint8Array, from: VolumeGeometry, to: VolumeGeometry): Uint8Array {
  const nearest = [0, 1, 2].map((a) =>
    Int32Array.from({ length: to.dims[a]! }, (_, n) => {
      const at = (to.origin[a]! + n * to.spacing[a]! - from.origin[a]!) / from.spacing[a]!;
      return Math.min(from.dims[a]! - 1, Math.max(0, Math.round(at)));
    }),
  ) as [Int32Array, Int32Array, Int32Array];
  const [nx, ny, nz] = to.dims;
  const out = new Uint8Array(nx * ny * nz);
  for (let k = 0, n = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = (nearest[2][k]! * from.dims[1] + nearest[1][j]!) * from.dims[0];
      for (let i = 0; i < nx; i++, n++) out[n] = body[row + nearest[0][i]!]!;
    }
  return out;
}

/**
 * The largest thing that is not air, with what it encloses in its axial slices; the table is left out, which does not move
 * with the patient.
 */
function bodyOf(values: Float32Array, dims: Vec3, from: number): Uint8Array {
  const dense = new Uint8Array(values.length);
  for (let n = 0; n < dense.length; n++) dense[n] = values[n]! > from ? 1 : 0;
  const { labels, sizes } = labelComponents(dense, dims);
  const largest = sizes.indexOf(Math.max(...sizes, 0)) + 1;
  const [nx, ny, nz] = dims;
  const plane = nx * ny;
  const body = new Uint8Array(values.length).fill(1);
  for (let k = 0; k < nz; k++) {
    // Air is what can be reached from the border of the slice.
    const stack: number[] = [];
    const base = k * plane;
    const visit = (n: number): void => {
      const at = base + n;
      if (!body[at] || (largest > 0 && labels[at] === largest)) return;
      body[at] = 0;
      stack.push(n);
    };
    for (let i = 0; i < nx; i++) {
      visit(i);
      visit(i + nx * (ny - 1));
    }
    for (let j = 0; j < ny; j++) {
      visit(nx * j);
      visit(nx * j + nx - 1);
    }
    while (stack.length > 0) {
      const n = stack.pop()!;
      const i = n % nx;
      if (i > 0) visit(n - 1);
      if (i < nx - 1) visit(n + 1);
      if (n >= nx) visit(n - nx);
      if (n < plane - nx) visit(n + nx);
    }
  }
  return body;
}

/** A voxel more of what is `value` on each side: of the body, or of what is not. */
function widened(body: Uint8Array, [nx, ny]: Vec3, value: 0 | 1): Uint8Array {
  const out = Uint8Array.from(body);
  for (let n = 0; n < body.length; n++) {
    if (body[n] !== value) continue;
    for (const step of [1, nx, nx * ny]) {
      if (n >= step) out[n - step] = value;
      if (n + step < body.length) out[n + step] = value;
    }
  }
  return out;
}
