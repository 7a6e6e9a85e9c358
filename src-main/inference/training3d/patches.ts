import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { isAir } from '../preprocess/volume-windows';
import { createRandom, type Random } from '../random';
import type { GridSample } from './dataset3d';
import { drawPlacement, moveBox, renderPatch, toGrid, type Placement } from './placement';
import type { VolumeAugmentation, VolumeRecipe } from './recipe3d';
import { plantLookAlike, plantNodule } from './synthetic/plant';
import type { SyntheticSpec } from './synthetic/synthetic-spec';
import { drawLook } from './synthetic/nodule';
import { thickenSlices, type Tile } from './synthetic/tile';

/** Shape shorthand: patch [Z, Y, X] 0..1, x fastest; boxes in voxels of the patch, half-open */
export interface Patch {
  readonly image: Float32Array;
  readonly boxes: readonly Box3[];
  /** Regions in which nothing is hit or miss. */
  readonly ignored: readonly Box3[];
}

/** A box of which less than this share is left in the patch is no longer asked for. */
const leastVisible = 0.35;
/** Patches around the body teach nothing; this often another place is tried. */
const tries = 8;

export function drawPatch(sample: GridSample, recipe: VolumeRecipe, random: Random): Patch {
  const { schedule, augmentation, synthetic } = recipe;
  const positive = sample.boxes.length > 0 && random.uniform() < schedule.positiveShare;
  for (let attempt = 1; ; attempt++) {
    const placement = drawPlacement(sample, schedule.patch, augmentation, positive, random);
    const image = renderPatch(sample, placement);
    if (!positive && attempt < tries && isAir(image)) continue;
    const patch = { image, ...moveBoxes(sample, placement) };
    const planted =
      synthetic && random.uniform() < synthetic.share
        ? plantPatch(sample, placement, patch, recipe, synthetic, random)
        : patch;
    drawIntensities(planted.image, schedule.patch, augmentation, random);
    return planted;
  }
}

/** Slices thinner than this are the grid's own planes, mm. */
const thinMm = 1.4;

/** Makes slices thicker, and puts nodules and what looks like them into a patch of a chest CT. */
function plantPatch(
  sample: GridSample,
  placement: Placement,
  patch: Patch,
  { input, schedule }: VolumeRecipe,
  spec: SyntheticSpec,
  random: Random,
): Patch {
  const { lungs, grid } = sample;
  if (!lungs) return patch;
  const { low, high } = input.intensity;
  const values = scaled(patch.image, high - low, low);
  const { spacing } = grid;
  const own = lungs.sliceMm * placement.zoom;
  const wanted = random.uniform() < spec.thickSlices.share ? random.between(...spec.thickSlices.mm) : own;
  const thickness = Math.max(own, wanted);
  const stacked = thickness > thinMm;
  const tile: Tile = {
    values,
    dims: schedule.patch,
    spacing,
    slices: {
      spacingMm: stacked ? thickness : spacing[2],
      firstMm: stacked ? random.between(0, thickness) : spacing[2] / 2,
      thicknessMm: Math.max(thickness, spacing[2]),
    },
    blurMm: random.between(0.45, 0.9),
    noise: lungs.noise,
  };
  if (wanted > own && stacked) thickenSlices(tile);

  const toMm = (box: Box3): Box3 => box.map((v, d) => v * spacing[d % 3]!) as unknown as Box3;
  const toVoxels = (box: Box3): Box3 => box.map((v, d) => v / spacing[d % 3]!) as unknown as Box3;
  const depth = (x: number, y: number, z: number): number =>
    lungs.depth(...toGrid(placement, x / spacing[0] - 0.5, y / spacing[1] - 0.5, z / spacing[2] - 0.5));
  const within: Box3 = toMm([0, 0, 0, ...schedule.patch]);
  const ground = { tile, depth, within, keepsFaint: true };
  const taken = [...patch.boxes, ...patch.ignored].map(toMm);
  const count = ([least, most]: readonly [number, number]): number => least + random.below(most - least + 1);
  for (let n = count(spec.lookAlikes); n > 0; n--) plantLookAlike(ground, taken, random);
  const boxes = [...patch.boxes];
  const ignored = [...patch.ignored];
  for (let n = count(spec.nodules); n > 0; n--) {
    const planted = plantNodule(ground, drawLook(spec.sizes, random), taken, random);
    if (!planted) continue;
    taken.push(planted.box);
    const box = toVoxels(planted.box);
    const visible = clipBox(box, schedule.patch);
    if (planted.faint || visible.share < leastVisible) ignored.push(visible.inside);
    else boxes.push(visible.inside);
  }
  const image = scaled(values, 1 / (high - low), -low / (high - low));
  for (let n = 0; n < image.length; n++) image[n] = Math.min(1, Math.max(0, image[n]!));
  return { image, boxes, ignored };
}

/** Not `map`, which takes five times as long on typed arrays. */
function scaled(values: Float32Array, gain: number, offset: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let n = 0; n < out.length; n++) out[n] = values[n]! * gain + offset;
  return out;
}

function clipBox(box: Box3, size: Vec3): { inside: Box3; share: number } {
  const inside = box.map((v, d) => Math.min(size[d % 3]!, Math.max(0, v))) as unknown as Box3;
  let share = 1;
  for (let d = 0; d < 3; d++) share *= (inside[d + 3]! - inside[d]!) / (box[d + 3]! - box[d]!);
  return { inside, share };
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

function drawIntensities(image: Float32Array, size: Vec3, a: VolumeAugmentation, random: Random): void {
  if (a.kernel) sharpen(image, size, random.between(...a.kernel));
  const gain = 1 + random.between(-a.contrast, a.contrast);
  const offset = random.between(-a.brightness, a.brightness);
  const noise = a.noise > 0 ? random.between(0, a.noise) : 0;
  const grain = grains();
  // A place in the table for every row: drawing each number anew would cost as much as the rest of the patch.
  for (let row = 0; row < image.length; row += size[0]) {
    const from = random.below(grain.length - size[0]);
    for (let x = 0; x < size[0]; x++) {
      const value = image[row + x]! * gain + offset + noise * grain[from + x]!;
      image[row + x] = value > 0 ? (value < 1 ? value : 1) : 0;
    }
  }
}

let grainTable: Float32Array | null = null;
/** Standard normal numbers. */
function grains(): Float32Array {
  if (grainTable) return grainTable;
  const random = createRandom(12);
  grainTable = Float32Array.from({ length: 1 << 16 }, () => random.normal());
  return grainTable;
}

/** Adds `amount` times what a voxel differs from its neighbours in the slice: above 0 a sharper kernel, below a softer. */
function sharpen(image: Float32Array, [width, height, depth]: Vec3, amount: number): void {
  if (Math.abs(amount) < 0.05) return;
  const plane = width * height;
  const before = new Float32Array(plane);
  for (let z = 0; z < depth; z++) {
    before.set(image.subarray(z * plane, (z + 1) * plane));
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const n = y * width + x;
        const mean = (before[n - 1]! + before[n + 1]! + before[n - width]! + before[n + width]!) / 4;
        image[z * plane + n] = before[n]! + amount * (before[n]! - mean);
      }
    }
  }
}
