import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { GridSampler } from '../../core/volume/resample';
import type { VolumeGeometry } from '../../core/volume/volume';
import type { VolumeInputSpec } from '../bundle/schema';

/**
 * The windows of a volume, one after the other, in the network's units.
 *
 * Shape shorthand: window [Z, Y, X] 0..1, x fastest; triples are x, y, z in voxels of the grid
 */
export interface WindowPlan {
  /** Of every window: the bundle's, or less where the volume is smaller, a multiple of what the network divides by. */
  readonly size: Vec3;
  /** By z, then y, then x. */
  readonly windows: readonly PlannedWindow[];
}

export interface PlannedWindow {
  /** Its first voxel. */
  readonly start: Vec3;
  /** Where it answers: up to the middle of what it shares with each neighbour; infinite where it has none. Half-open. */
  readonly answers: Box3;
}

/** A window along one axis. */
export interface Span {
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

/** Windows of one size over the whole grid. */
export function planWindows(dims: Vec3, input: VolumeInputSpec, divisible: Vec3): WindowPlan {
  const { size, starts } = layWindows(dims, input, divisible);
  const [xs, ys, zs] = starts.map((of, a) => spansOf(of, size[a]!)) as [Span[], Span[], Span[]];
  return { size, windows: zs.flatMap((z) => ys.flatMap((y) => xs.map((x) => windowOf(x, y, z)))) };
}

/** How many {@link planWindows} makes, told without making them: a spacing of metres asks for billions. */
export const countWindows = (dims: Vec3, input: VolumeInputSpec, divisible: Vec3): number =>
  layWindows(dims, input, divisible).starts.reduce((product, s) => product * s.length, 1);

/** Sides of the windows that {@link planWindows} makes. */
export const windowSize = (dims: Vec3, input: VolumeInputSpec, divisible: Vec3): Vec3 =>
  input.window.map((wanted, a) => {
    const divisor = divisible[a]!;
    const least = Math.ceil(dims[a]! / divisor) * divisor;
    return Math.min(Math.ceil(wanted / divisor) * divisor, least);
  }) as unknown as Vec3;

function layWindows(dims: Vec3, input: VolumeInputSpec, divisible: Vec3) {
  const size = windowSize(dims, input, divisible);
  return { size, starts: size.map((s, a) => alignedStarts(dims[a]!, s, input.overlap, divisible[a]!)) };
}

export const windowOf = (x: Span, y: Span, z: Span): PlannedWindow => ({
  start: [x.start, y.start, z.start],
  answers: [x.low, y.low, z.low, x.high, y.high, z.high],
});

/**
 * As few windows as overlap by the share at least, evenly spread. They start at multiples of `divisor`, so that the anchors
 * of one fall on those of the next; the last may run beyond the volume by less than that.
 */
export function alignedStarts(length: number, window: number, overlap: number, divisor: number): number[] {
  const spare = Math.ceil((length - window) / divisor);
  if (spare <= 0) return [0];
  const step = Math.max(1, Math.floor((window * (1 - overlap)) / divisor));
  const gaps = Math.ceil(spare / step);
  return Array.from({ length: gaps + 1 }, (_, n) => Math.round((n * spare) / gaps) * divisor);
}

/** Each window along one axis answers up to the middle of what it shares with each neighbour. */
export function spansOf(starts: readonly number[], window: number): Span[] {
  const middle = (n: number): number => (starts[n - 1]! + window + starts[n]!) / 2;
  return starts.map((start, n) => ({
    start,
    low: n === 0 ? -Infinity : middle(n),
    high: n === starts.length - 1 ? Infinity : middle(n + 1),
  }));
}

/** Whether a window answers for a place, or comes so many voxels close to it. */
export const answersFor = ({ answers }: PlannedWindow, place: Vec3, margin = 0): boolean =>
  place.every((v, a) => v >= answers[a]! - margin && v < answers[a + 3]! + margin);

/** Rows of windows are resampled as one slab up to this size; larger ones window by window. */
const slabBytes = 2 ** 28;

/** Voxels of the grid that were resampled together. */
interface Slab {
  readonly from: Vec3;
  readonly size: Vec3;
  readonly values: Float32Array;
}

/** Cuts windows out of a grid; windows of the same z share one resampled slab. */
export class WindowReader {
  private readonly window: Float32Array;
  private slab: Slab | null = null;

  /**
   * @param size of every window
   * @param planned windows that a slab has to hold; of a z where none begins it holds the whole plane
   */
  constructor(
    private readonly sampler: GridSampler,
    private readonly grid: VolumeGeometry,
    private readonly input: VolumeInputSpec,
    private readonly size: Vec3,
    private readonly planned: readonly PlannedWindow[] = [],
  ) {
    this.window = new Float32Array(size[0] * size[1] * size[2]);
  }

  /** The window that begins at `start`, scaled; 0 beyond the volume. Valid until the next call. */
  read(start: Vec3): Float32Array {
    if (this.slab?.from[2] !== start[2]) this.slab = this.resample(start[2], this.slab?.values);
    const slab = this.slab;
    const [width, height, depth] = this.size;
    const across = slab ? within(start[0], width, slab.from[0], slab.size[0], this.grid.dims[0]) : null;
    const down = slab ? within(start[1], height, slab.from[1], slab.size[1], this.grid.dims[1]) : null;
    if (!slab || !across || !down) {
      this.sampler.fill(this.window, start, this.size, this.input.intensity.low);
      scaleIntensity(this.window, this.input);
      return this.window;
    }
    this.window.fill(0);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < down.count; y++) {
        const from = (z * slab.size[1] + down.first + y) * slab.size[0] + across.first;
        this.window.set(slab.values.subarray(from, from + across.count), (z * height + y) * width);
      }
    }
    return this.window;
  }

  /** @param room an array that is no longer needed. @returns null where it would be too large */
  private resample(z: number, room: Float32Array | undefined): Slab | null {
    const beside = this.planned.filter((w) => w.start[2] === z);
    const [[left, right], [top, bottom]] = ([0, 1] as const).map((a): [number, number] => {
      const end = this.grid.dims[a];
      if (beside.length === 0) return [0, end];
      const starts = beside.map((w) => w.start[a]);
      return [Math.min(...starts), Math.min(end, Math.max(...starts) + this.size[a])];
    }) as [[number, number], [number, number]];
    const size: Vec3 = [right - left, bottom - top, this.size[2]];
    const voxels = size[0] * size[1] * size[2];
    if (voxels * 4 > slabBytes) return null;
    const values = room?.length === voxels ? room : new Float32Array(voxels);
    const from: Vec3 = [left, top, z];
    this.sampler.fill(values, from, size, this.input.intensity.low);
    scaleIntensity(values, this.input);
    return { from, size, values };
  }
}

/** What a window takes of a slab along one axis, up to the end of the grid; null where the slab does not hold all of it. */
function within(
  start: number,
  length: number,
  from: number,
  size: number,
  end: number,
): { readonly first: number; readonly count: number } | null {
  const count = Math.min(length, end - start);
  const first = start - from;
  return first >= 0 && first + count <= size ? { first, count } : null;
}

/** Values -> 0..1, clipped. What is not a number reads as the low end. */
export function scaleIntensity(
  values: Float32Array,
  { intensity }: Pick<VolumeInputSpec, 'intensity'>,
): void {
  const { low, high } = intensity;
  const factor = 1 / (high - low);
  for (let n = 0; n < values.length; n++) {
    const v = (values[n]! - low) * factor;
    values[n] = v > 0 ? (v < 1 ? v : 1) : 0;
  }
}

/** Share of the intensity window up to which a voxel is air: CT's noise around -1000 HU stays below it. */
const airLevel = 0.1;
/** Fewer voxels above it than this share are noise. */
const leastTissue = 5e-4;

/** Whether a window holds nothing but air, as around the body. */
export function isAir(window: Float32Array): boolean {
  const enough = leastTissue * window.length;
  let tissue = 0;
  for (let n = 0; n < window.length; n++) if (window[n]! > airLevel && ++tissue > enough) return false;
  return true;
}
