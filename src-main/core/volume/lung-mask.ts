import { ijkToLps, lpsToIjk } from '../geometry/affine';
import type { Box3 } from '../geometry/box';
import { subtract, type Vec3 } from '../geometry/vec3';
import { labelComponents, type Components } from './components';
import { squaredDistances } from './distance-map';
import { alignedGrid } from './grid';
import type { Volume, VolumeGeometry } from './volume';

/**
 * Where the lungs lie in a CT, on a coarse grid: a threshold, what hangs together, and a closing, after Hu et al. 2001
 * ("Automatic lung segmentation for accurate quantitation of volumetric X-ray CT images"). Vessels, nodules, and what
 * grows into the lung from the pleura lie inside; it says where to look, not how large a lung is.
 *
 * Shape shorthand: masks [Z, Y, X] flat, x fastest, on a grid of 2 mm whose axes are L, P, S
 */
export interface LungMask {
  /** Around the lungs with {@link borderMm} on every side, where the volume reaches so far. */
  readonly grid: VolumeGeometry;
  /** 1 inside. */
  readonly inside: Uint8Array;
}

export type LungSearch = { readonly mask: LungMask } | { readonly mask: null; readonly reason: string };

const stepMm = 2;
/** Between air and tissue, half-way. HU. */
const airBelow = -400;
/** The flood of what lies around the body starts at the picture's border in air as empty as this: not in a cut lung. HU */
const emptyBelow = -900;
/** Gas alone: bowel, trachea. Lung is denser in some of its voxels, however ill it is. HU. */
const gasBelow = -930;
const leastDenseShare = 0.1;
/** A child's lung, or what an upper-abdominal scan shows of an adult's, ml. */
const leastLungMl = 80;
/** The second lung is kept if it has this share of the first. */
const leastShareOfLargest = 0.08;
/** In an axial slice the windpipe and large bronchi are small holes of gas alone, cm². */
const airwayCm2 = 8;
const airwayBelow = -900;
const airwayFromMiddleMm = 30;
const closingMm = 10;
const borderMm = 40;

export function findLungs(volume: Volume): LungSearch {
  const none = (reason: string): LungSearch => ({ mask: null, reason });
  if (volume.modality !== 'CT') return none('Lungs are found in CT only.');
  const grid = alignedGrid(volume, [stepMm, stepMm, stepMm], 'LPS');
  const values = coarseValues(volume, grid);
  const air = airInBody(values, grid.dims);
  const parts = labelComponents(air, grid.dims);
  const kept = chooseLungs(parts, values, grid.dims);
  if (kept.length === 0) {
    return none(
      parts.sizes.some((s) => s * stepMm ** 3 >= leastLungMl * 1000)
        ? 'What holds air in it is bowel or stomach, not lung.'
        : 'It holds no space of air as large as a lung.',
    );
  }
  const box = around(
    kept.map((n) => parts.boxes[n]!),
    grid.dims,
    Math.round(borderMm / stepMm),
  );
  const lungs = new Set(kept.map((n) => n + 1));
  const cropped = cropGrid(grid, box);
  const inside = cut(parts.labels, grid.dims, box, (label) => lungs.has(label));
  const own = cutValues(values, grid.dims, box);
  dropAirways(inside, own, cropped.dims);
  close(inside, cropped.dims, closingMm / stepMm);
  fillHoles(inside, cropped.dims);
  return { mask: { grid: cropped, inside } };
}

/** Bytes of the largest array that {@link findLungs} holds: a label (int32) for each voxel around the volume. */
export const lungMaskBytes = ({ dims, spacing }: VolumeGeometry): number =>
  4 * dims.reduce((product, n, a) => product * Math.ceil((n * spacing[a]!) / stepMm), 1);

/** Distance to the mask's border in mm: below 0 inside. */
export function lungDistances({ inside, grid }: LungMask): Float32Array {
  const outward = squaredDistances(inside, grid.dims);
  const inward = squaredDistances(
    inside.map((v) => 1 - v),
    grid.dims,
  );
  // The border lies half a voxel before the first voxel of the other side.
  return outward.map((d, n) =>
    d > 0 ? (Math.sqrt(d) - 0.5) * stepMm : (0.5 - Math.sqrt(inward[n]!)) * stepMm,
  );
}

/** The voxels of the mask, half-open, on its grid. */
export function lungBox({ inside, grid }: LungMask): Box3 {
  const [nx, ny] = grid.dims;
  const low = [...grid.dims];
  const high = [0, 0, 0];
  for (let n = 0; n < inside.length; n++) {
    if (!inside[n]) continue;
    const z = Math.floor(n / (nx * ny));
    const at = [n % nx, Math.floor(n / nx) - z * ny, z];
    for (let a = 0; a < 3; a++) {
      low[a] = Math.min(low[a]!, at[a]!);
      high[a] = Math.max(high[a]!, at[a]! + 1);
    }
  }
  return [...low, ...high] as unknown as Box3;
}

function coarseValues(volume: Volume, grid: VolumeGeometry): Int16Array {
  const [nx, ny, nz] = grid.dims;
  const values = new Int16Array(nx * ny * nz);
  const { data, dims } = volume;
  const [up, down] = [dims[0], dims[0] * dims[1]];
  const origin = lpsToIjk(volume, grid.origin);
  const step = subtract(lpsToIjk(volume, ijkToLps(grid, [1, 0, 0])), origin);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let [i, j, k] = lpsToIjk(volume, ijkToLps(grid, [0, y, z]));
      for (let x = 0; x < nx; x++, at++, i += step[0], j += step[1], k += step[2]) {
        // Two by two by two voxels around it: enough against noise, and a fraction of the work of resampling.
        const [a, b, c] = [Math.floor(i), Math.floor(j), Math.floor(k)];
        if (a < -1 || b < -1 || c < -1 || a >= dims[0] || b >= dims[1] || c >= dims[2]) {
          values[at] = outsideValue;
          continue;
        }
        const x0 = a < 0 ? 0 : a;
        const y0 = (b < 0 ? 0 : b) * up;
        const z0 = (c < 0 ? 0 : c) * down;
        const x1 = a + 1 < dims[0] ? a + 1 : x0;
        const y1 = b + 1 < dims[1] ? (b + 1) * up : y0;
        const z1 = c + 1 < dims[2] ? (c + 1) * down : z0;
        const [u, v, w] = [i - a, j - b, k - c];
        const low = mix(
          mix(data[x0 + y0 + z0]!, data[x1 + y0 + z0]!, u),
          mix(data[x0 + y1 + z0]!, data[x1 + y1 + z0]!, u),
          v,
        );
        const high = mix(
          mix(data[x0 + y0 + z1]!, data[x1 + y0 + z1]!, u),
          mix(data[x0 + y1 + z1]!, data[x1 + y1 + z1]!, u),
          v,
        );
        // Scanners pad with anything down to -32768.
        values[at] = Math.max(outsideValue, Math.min(3000, mix(low, high, w)));
      }
    }
  }
  return values;
}

const outsideValue = -1024;
const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** Air that the flood from the border of its axial slice does not reach. */
function airInBody(values: Int16Array, [nx, ny, nz]: Vec3): Uint8Array {
  const plane = nx * ny;
  const air = new Uint8Array(values.length);
  const stack: number[] = [];
  for (let z = 0; z < nz; z++) {
    const base = z * plane;
    for (let n = base; n < base + plane; n++) if (values[n]! < airBelow) air[n] = 1;
    const seed = (n: number): void => {
      if (!air[n] || values[n]! >= emptyBelow) return;
      air[n] = 0;
      stack.push(n);
    };
    for (let x = 0; x < nx; x++) {
      seed(base + x);
      seed(base + plane - nx + x);
    }
    for (let y = 0; y < ny; y++) {
      seed(base + y * nx);
      seed(base + y * nx + nx - 1);
    }
    const visit = (n: number): void => {
      if (!air[n]) return;
      air[n] = 0;
      stack.push(n);
    };
    while (stack.length > 0) {
      const at = stack.pop()!;
      const x = (at - base) % nx;
      if (x > 0) visit(at - 1);
      if (x < nx - 1) visit(at + 1);
      if (at - nx >= base) visit(at - nx);
      if (at + nx < base + plane) visit(at + nx);
    }
  }
  return air;
}

/** The largest part that is lung and not gas, and a second one that is large enough beside it. */
function chooseLungs(parts: Components, values: Int16Array, dims: Vec3): number[] {
  const toMl = stepMm ** 3 / 1000;
  const large = parts.sizes
    .map((size, n) => ({ n, ml: size * toMl }))
    .filter(({ ml }) => ml >= leastLungMl * leastShareOfLargest)
    .sort((a, b) => b.ml - a.ml)
    .slice(0, 12);
  const shares = denseShares(
    parts,
    values,
    dims,
    large.map(({ n }) => n),
  );
  const lungs = large.filter(({ n }) => shares.get(n)! >= leastDenseShare);
  const [first, second] = lungs;
  if (!first || first.ml < leastLungMl) return [];
  return second && second.ml >= leastShareOfLargest * first.ml ? [first.n, second.n] : [first.n];
}

/** Of each part the share of voxels away from its border that are denser than gas. */
function denseShares(
  { labels, boxes }: Components,
  values: Int16Array,
  [nx, ny, nz]: Vec3,
  wanted: readonly number[],
): Map<number, number> {
  const plane = nx * ny;
  return new Map(
    wanted.map((n) => {
      const [x0, y0, z0, x1, y1, z1] = boxes[n]!;
      const own = n + 1;
      let inner = 0;
      let dense = 0;
      for (let z = Math.max(1, z0); z < Math.min(nz - 1, z1); z++) {
        for (let y = Math.max(2, y0); y < Math.min(ny - 2, y1); y++) {
          for (let x = Math.max(2, x0); x < Math.min(nx - 2, x1); x++) {
            const at = z * plane + y * nx + x;
            const deep =
              labels[at] === own &&
              labels[at - 2] === own &&
              labels[at + 2] === own &&
              labels[at - 2 * nx] === own &&
              labels[at + 2 * nx] === own &&
              labels[at - plane] === own &&
              labels[at + plane] === own;
            if (!deep) continue;
            inner++;
            if (values[at]! > gasBelow) dense++;
          }
        }
      }
      return [n, inner > 0 ? dense / inner : 0];
    }),
  );
}

function dropAirways(inside: Uint8Array, values: Int16Array, [nx, ny, nz]: Vec3): void {
  const plane = nx * ny;
  const most = (airwayCm2 * 100) / stepMm ** 2;
  for (let z = 0; z < nz; z++) {
    const slice = inside.subarray(z * plane, (z + 1) * plane);
    const { labels, sizes, boxes } = labelComponents(slice, [nx, ny, 1]);
    const sums = sizes.map(() => 0);
    const counts = sizes.map(() => 0);
    labels.forEach((label, n) => {
      // Away from the wall, which a coarse voxel averages with what it holds.
      if (label === 0 || [n - 1, n + 1, n - nx, n + nx].some((m) => labels[m] !== label)) return;
      sums[label - 1]! += values[z * plane + n]!;
      counts[label - 1]!++;
    });
    const gone = sizes.map(
      (size, n) =>
        size <= most &&
        counts[n]! > 0 &&
        sums[n]! / counts[n]! < airwayBelow &&
        // Emphysema in an apex is as dark, but lies to the side.
        Math.abs((boxes[n]![0] + boxes[n]![3] - nx) / 2) < airwayFromMiddleMm / stepMm,
    );
    labels.forEach((label, n) => {
      if (label > 0 && gone[label - 1]) slice[n] = 0;
    });
  }
}

/** Dilates, then erodes, by a ball. */
function close(inside: Uint8Array, dims: Vec3, radius: number): void {
  const squared = radius * radius;
  const outside = new Uint8Array(inside.length);
  squaredDistances(inside, dims).forEach((d, n) => (outside[n] = d <= squared ? 0 : 1));
  squaredDistances(outside, dims).forEach((d, n) => (inside[n] = d > squared ? 1 : inside[n]!));
}

/** What lung surrounds on all sides becomes lung. */
function fillHoles(inside: Uint8Array, dims: Vec3): void {
  const { labels, boxes } = labelComponents(
    inside.map((v) => 1 - v),
    dims,
  );
  const open = boxes.map((b) => [0, 1, 2].some((a) => b[a] === 0 || b[a + 3] === dims[a]));
  labels.forEach((label, n) => {
    if (label > 0 && !open[label - 1]) inside[n] = 1;
  });
}

function around(boxes: readonly Box3[], dims: Vec3, border: number): Box3 {
  return [0, 1, 2, 3, 4, 5].map((d) =>
    d < 3
      ? Math.max(0, Math.min(...boxes.map((b) => b[d]!)) - border)
      : Math.min(dims[d - 3]!, Math.max(...boxes.map((b) => b[d]!)) + border),
  ) as unknown as Box3;
}

/** The part of a grid in a box of whole voxels. */
export function cropGrid(grid: VolumeGeometry, box: Box3): VolumeGeometry {
  const origin = [0, 1, 2].map((d) =>
    grid.direction.reduce((sum, axis, a) => sum + axis[d]! * grid.spacing[a]! * box[a]!, grid.origin[d]!),
  ) as unknown as Vec3;
  return { ...grid, origin, dims: [box[3] - box[0], box[4] - box[1], box[5] - box[2]] };
}

function cut(labels: Int32Array, dims: Vec3, box: Box3, wanted: (label: number) => boolean): Uint8Array {
  const out = new Uint8Array((box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]));
  eachRow(dims, box, (from, to, width) => {
    for (let x = 0; x < width; x++) if (labels[from + x] && wanted(labels[from + x]!)) out[to + x] = 1;
  });
  return out;
}

function cutValues(values: Int16Array, dims: Vec3, box: Box3): Int16Array {
  const out = new Int16Array((box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]));
  eachRow(dims, box, (from, to, width) => out.set(values.subarray(from, from + width), to));
  return out;
}

function eachRow(
  [nx, ny]: Vec3,
  [x0, y0, z0, x1, y1, z1]: Box3,
  row: (from: number, to: number, width: number) => void,
): void {
  let to = 0;
  for (let z = z0; z < z1; z++)
    for (let y = y0; y < y1; y++, to += x1 - x0) row((z * ny + y) * nx + x0, to, x1 - x0);
}
