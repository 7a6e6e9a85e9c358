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
  /** First voxels along each axis. */
  readonly starts: readonly [readonly number[], readonly number[], readonly number[]];
  readonly count: number;
}

export function planWindows(dims: Vec3, input: VolumeInputSpec, divisible: Vec3): WindowPlan {
  const size = input.window.map((wanted, a) => {
    const divisor = divisible[a]!;
    const least = Math.ceil(dims[a]! / divisor) * divisor;
    return Math.min(Math.ceil(wanted / divisor) * divisor, least);
  }) as [number, number, number];
  const starts = size.map((s, a) => alignedStarts(dims[a]!, s, input.overlap, divisible[a]!)) as [
    number[],
    number[],
    number[],
  ];
  return { size, starts, count: starts.reduce((product, s) => product * s.length, 1) };
}

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

/** Where a window answers: up to the middle of what it shares with each neighbour. [low, high) along one axis. */
export function answersFor(starts: readonly number[], n: number, window: number): [number, number] {
  const middle = (a: number, b: number): number => (a + window + b) / 2;
  const low = n === 0 ? -Infinity : middle(starts[n - 1]!, starts[n]!);
  const high = n === starts.length - 1 ? Infinity : middle(starts[n]!, starts[n + 1]!);
  return [low, high];
}

/** Rows of windows are resampled as one slab up to this size; larger ones window by window. */
const slabBytes = 2 ** 28;

/** Cuts windows out of a grid; windows of the same z share one resampled slab. */
export class WindowReader {
  private readonly window: Float32Array;
  private slab: Float32Array | null = null;
  private slabStart = -1;

  constructor(
    private readonly sampler: GridSampler,
    private readonly grid: VolumeGeometry,
    private readonly input: VolumeInputSpec,
    private readonly size: Vec3,
  ) {
    this.window = new Float32Array(size[0] * size[1] * size[2]);
  }

  /** The window that begins at `start`, scaled; 0 beyond the volume. Valid until the next call. */
  read(start: Vec3): Float32Array {
    const [width, height, depth] = this.size;
    const [columns, rows] = this.grid.dims;
    if (columns * rows * depth * 4 > slabBytes) {
      this.sampler.fill(this.window, start, this.size, this.input.intensity.low);
      scaleIntensity(this.window, this.input);
      return this.window;
    }
    if (!this.slab || this.slabStart !== start[2]) {
      this.slab ??= new Float32Array(columns * rows * depth);
      this.slabStart = start[2];
      this.sampler.fill(this.slab, [0, 0, start[2]], [columns, rows, depth], this.input.intensity.low);
      scaleIntensity(this.slab, this.input);
    }
    this.window.fill(0);
    const across = Math.min(width, columns - start[0]);
    const down = Math.min(height, rows - start[1]);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < down; y++) {
        const from = (z * rows + start[1] + y) * columns + start[0];
        this.window.set(this.slab.subarray(from, from + across), (z * height + y) * width);
      }
    }
    return this.window;
  }
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
