import { box3Volume, type Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { isAir } from '../preprocess/volume-windows';
import type { Random } from '../random';
import type { GridSample } from './dataset3d';
import type { VolumeAugmentation, VolumeRecipe } from './recipe3d';

/** Shape shorthand: patch [Z, Y, X] 0..1, x fastest; boxes in voxels of the patch, half-open */
export interface Patch {
  readonly image: Float32Array;
  readonly boxes: readonly Box3[];
  /** Regions in which nothing is hit or miss. */
  readonly ignored: readonly Box3[];
}

/** How a patch lies in its volume: grid index = center + (patch index - middle) * step along each axis. */
interface Placement {
  readonly center: Vec3;
  /** Negative: mirrored. */
  readonly step: Vec3;
  readonly size: Vec3;
}

/** A box of which less than this share is left in the patch is no longer asked for. */
const leastVisible = 0.35;
/** Patches around the body teach nothing; this often another place is tried. */
const tries = 8;

export function drawPatch(sample: GridSample, recipe: VolumeRecipe, random: Random): Patch {
  const { schedule, augmentation } = recipe;
  const positive = sample.boxes.length > 0 && random.uniform() < schedule.positiveShare;
  for (let attempt = 1; ; attempt++) {
    const placement = drawPlacement(sample, schedule.patch, augmentation, positive, random);
    const image = render(sample, placement);
    if (!positive && attempt < tries && isAir(image)) continue;
    drawIntensities(image, augmentation, random);
    return { image, ...moveBoxes(sample, placement) };
  }
}

function drawPlacement(
  sample: GridSample,
  size: Vec3,
  a: VolumeAugmentation,
  positive: boolean,
  random: Random,
): Placement {
  const zoom = Math.exp(random.between(Math.log(a.scale[0]), Math.log(a.scale[1])));
  const step = a.flip.map((f) => (f && random.uniform() < 0.5 ? -1 : 1) / zoom) as unknown as Vec3;
  const lesion = positive ? sample.boxes[random.below(sample.boxes.length)]! : null;
  const center = sample.grid.dims.map((length, d) => {
    const reach = (size[d]! / 2) * Math.abs(step[d]!);
    // The lesion may lie anywhere in the patch, whole if it fits.
    if (lesion) {
      const half = (lesion[d + 3]! - lesion[d]!) / 2;
      const spare = Math.max(0, reach - half - 1);
      return (lesion[d]! + lesion[d + 3]!) / 2 - 0.5 + random.between(-spare, spare);
    }
    const [low, high] = [reach - 0.5, length - reach - 0.5];
    return low < high ? random.between(low, high) : (length - 1) / 2;
  }) as unknown as Vec3;
  return { center, step, size };
}

/** Trilinear; 0 beyond the volume. */
function render({ data, grid }: GridSample, { center, step, size }: Placement): Float32Array {
  const [width, height, depth] = size;
  const [nx, ny, nz] = grid.dims;
  const axis = (d: number): Float64Array =>
    Float64Array.from({ length: size[d]! }, (_, n) => center[d]! + (n - (size[d]! - 1) / 2) * step[d]!);
  const [xs, ys, zs] = [axis(0), axis(1), axis(2)];
  const out = new Float32Array(width * height * depth);
  const [plane, last] = [nx * ny, [nx - 1, ny - 1, nz - 1] as const];
  let n = 0;
  for (let z = 0; z < depth; z++) {
    const k = zs[z]!;
    const k0 = Math.min(last[2], Math.max(0, Math.floor(k)));
    const fk = Math.min(1, Math.max(0, k - k0));
    const dk = k0 < last[2] ? plane : 0;
    for (let y = 0; y < height; y++) {
      const j = ys[y]!;
      const j0 = Math.min(last[1], Math.max(0, Math.floor(j)));
      const fj = Math.min(1, Math.max(0, j - j0));
      const dj = j0 < last[1] ? nx : 0;
      const outside = k < -0.5 || k > last[2] + 0.5 || j < -0.5 || j > last[1] + 0.5;
      for (let x = 0; x < width; x++, n++) {
        const i = xs[x]!;
        if (outside || i < -0.5 || i > last[0] + 0.5) continue;
        const i0 = Math.min(last[0], Math.max(0, Math.floor(i)));
        const fi = Math.min(1, Math.max(0, i - i0));
        const di = i0 < last[0] ? 1 : 0;
        const at = i0 + j0 * nx + k0 * plane;
        const a = data[at]! + (data[at + di]! - data[at]!) * fi;
        const b = data[at + dj]! + (data[at + dj + di]! - data[at + dj]!) * fi;
        const c = data[at + dk]! + (data[at + dk + di]! - data[at + dk]!) * fi;
        const e = data[at + dk + dj]! + (data[at + dk + dj + di]! - data[at + dk + dj]!) * fi;
        const near = a + (b - a) * fj;
        out[n] = (near + (c + (e - c) * fj - near) * fk) / 255;
      }
    }
  }
  return out;
}

function moveBoxes(sample: GridSample, placement: Placement): Pick<Patch, 'boxes' | 'ignored'> {
  const boxes: Box3[] = [];
  const ignored: Box3[] = [];
  for (const box of sample.boxes) {
    const moved = moveBox(box, placement);
    if (moved.share >= leastVisible) boxes.push(moved.inside);
    else if (moved.share > 0) ignored.push(moved.inside);
  }
  for (const box of sample.ignored) {
    const moved = moveBox(box, placement);
    if (moved.share > 0) ignored.push(moved.inside);
  }
  return { boxes, ignored };
}

/** @returns the part of the box inside the patch, and its share of the box */
function moveBox(box: Box3, { center, step, size }: Placement): { inside: Box3; share: number } {
  const moved = [0, 0, 0, 0, 0, 0] as [number, number, number, number, number, number];
  let whole = 1;
  for (let d = 0; d < 3; d++) {
    // An edge at e lies half a voxel before the centre of voxel e, on both sides.
    const [a, b] = [box[d]!, box[d + 3]!].map((e) => (e - 0.5 - center[d]!) / step[d]! + size[d]! / 2);
    const [low, high] = [Math.min(a!, b!), Math.max(a!, b!)];
    whole *= high - low;
    moved[d] = Math.min(size[d]!, Math.max(0, low));
    moved[d + 3] = Math.min(size[d]!, Math.max(0, high));
  }
  return { inside: moved, share: whole > 0 ? box3Volume(moved) / whole : 0 };
}

function drawIntensities(image: Float32Array, a: VolumeAugmentation, random: Random): void {
  const gain = 1 + random.between(-a.contrast, a.contrast);
  const offset = random.between(-a.brightness, a.brightness);
  const noise = a.noise > 0 ? random.between(0, a.noise) : 0;
  for (let n = 0; n < image.length; n++) {
    // Sum of uniforms: near enough to normal, and cheap.
    const grain = noise > 0 ? noise * 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5) : 0;
    image[n] = Math.min(1, Math.max(0, image[n]! * gain + offset + grain));
  }
}
