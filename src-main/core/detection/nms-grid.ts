/**
 * Finds the boxes that overlap a given one by more than a threshold without looking at all of them.
 *
 * Boxes are filed by volume (levels) and, in each level, by centre (cells). Where IoU exceeds t > 0, the ratio of the
 * volumes exceeds t, and so does the IoU of the sides along each axis; for sides a and b that puts the centres less than
 * (a + b) / 2 * (1 - t) / (1 + t) apart. Cells outside these bounds are not visited. What is visited is measured exactly,
 * so the bounds save time and never change a result.
 *
 * Shape shorthand: R: ranks (boxes by descending score); packed [R, 8]: x0, y0, z0, x1, y1, z1, volume, unused
 *   (2D boxes have z from 0 to 1); C: cells of all levels
 */
export const packedWidth = 8;

interface Level {
  /** Where its cells start. */
  readonly first: number;
  readonly cells: readonly [number, number, number];
  readonly low: readonly [number, number, number];
  /** Cells a unit of length. */
  readonly perUnit: readonly [number, number, number];
  readonly shortest: readonly [number, number, number];
  readonly longest: readonly [number, number, number];
}

export class NmsGrid {
  private readonly levels = new Map<number, Level>();
  private readonly bottom: number;
  private readonly top: number;
  /** [C] */
  private readonly starts: Int32Array;
  /** [C]: behind the last rank left in the cell. */
  private readonly ends: Int32Array;
  /** Ranks, cell after cell. */
  private readonly filed: Int32Array;

  /** @param threshold IoU, at least 0 */
  constructor(
    private readonly packed: Float64Array,
    private readonly threshold: number,
  ) {
    const count = packed.length / packedWidth;
    const levelOf = new Int16Array(count);
    let [bottom, top] = [Infinity, -Infinity];
    for (let r = 0; r < count; r++) {
      const level = levelOfVolume(packed[r * packedWidth + 6]!);
      levelOf[r] = level;
      if (level === empty) continue;
      if (level < bottom) bottom = level;
      if (level > top) top = level;
    }
    [this.bottom, this.top] = [bottom, top];
    let cells = 0;
    for (let level = bottom; level <= top; level++) {
      const shape = this.shapeLevel(levelOf, level, cells);
      if (!shape) continue;
      this.levels.set(level, shape);
      cells += shape.cells[0] * shape.cells[1] * shape.cells[2];
    }
    const cellOf = new Int32Array(count);
    this.starts = new Int32Array(cells + 1);
    for (let r = 0; r < count; r++) {
      if (levelOf[r] === empty) continue;
      const cell = this.cellOf(this.levels.get(levelOf[r]!)!, r);
      cellOf[r] = cell;
      this.starts[cell + 1]!++;
    }
    for (let c = 0; c < cells; c++) this.starts[c + 1]! += this.starts[c]!;
    this.ends = this.starts.slice(0, cells);
    this.filed = new Int32Array(count);
    for (let r = 0; r < count; r++) if (levelOf[r] !== empty) this.filed[this.ends[cellOf[r]!]!++] = r;
  }

  /** Takes out box `rank` and all that overlap it by more than the threshold; `by[other] = rank` for these. */
  take(rank: number, by: Int32Array): void {
    const { packed, threshold: t } = this;
    const at = rank * packedWidth;
    const volume = packed[at + 6]!;
    const own = levelOfVolume(volume);
    if (own === empty) return;
    const reach = t > 0 ? Math.ceil(-Math.log2(t) * levelsAnOctave) + 1 : Infinity;
    const to = Math.min(this.top, own + reach);
    for (let level = Math.max(this.bottom, own - reach); level <= to; level++) {
      const shape = this.levels.get(level);
      if (shape) this.takeFromLevel(shape, rank, by);
    }
  }

  private takeFromLevel(level: Level, rank: number, by: Int32Array): void {
    const { packed, threshold: t, starts, ends, filed } = this;
    const at = rank * packedWidth;
    const from: [number, number, number] = [0, 0, 0];
    const to: [number, number, number] = [0, 0, 0];
    for (let d = 0; d < 3; d++) {
      const side = packed[at + 3 + d]! - packed[at + d]!;
      const center = (packed[at + d]! + packed[at + 3 + d]!) / 2;
      let longest = level.longest[d]!;
      if (t > 0) {
        // Rounding may not lose a box: every bound is wider than it need be by far more than an ulp.
        if (longest * slack < side * t || level.shortest[d]! * t > side * slack) return;
        longest = Math.min(longest, side / t);
      }
      const room =
        (((side + longest) / 2) * (1 - Math.min(t, 1))) / (1 + t) +
        (Math.abs(center) + side + longest) * (slack - 1);
      const last = level.cells[d]! - 1;
      from[d] = clampCell((center - room - level.low[d]!) * level.perUnit[d]!, last);
      to[d] = clampCell((center + room - level.low[d]!) * level.perUnit[d]!, last);
    }
    const x0 = packed[at]!;
    const y0 = packed[at + 1]!;
    const z0 = packed[at + 2]!;
    const x1 = packed[at + 3]!;
    const y1 = packed[at + 4]!;
    const z1 = packed[at + 5]!;
    const volume = packed[at + 6]!;
    const [columns, rows] = level.cells;
    for (let k = from[2]; k <= to[2]; k++) {
      for (let j = from[1]; j <= to[1]; j++) {
        const row = level.first + columns * (j + rows * k);
        for (let c = row + from[0]; c <= row + to[0]; c++) {
          const end = ends[c]!;
          let left = starts[c]!;
          for (let f = left; f < end; f++) {
            const other = filed[f]!;
            const o = other * packedWidth;
            const w = Math.min(x1, packed[o + 3]!) - Math.max(x0, packed[o]!);
            if (w > 0) {
              const h = Math.min(y1, packed[o + 4]!) - Math.max(y0, packed[o + 1]!);
              if (h > 0) {
                const d = Math.min(z1, packed[o + 5]!) - Math.max(z0, packed[o + 2]!);
                if (d > 0) {
                  const shared = w * h * d;
                  if (shared / (volume + packed[o + 6]! - shared) > t || other === rank) {
                    if (other !== rank) by[other] = rank;
                    continue;
                  }
                }
              }
            }
            filed[left++] = other;
          }
          ends[c] = left;
        }
      }
    }
  }

  private shapeLevel(levelOf: Int16Array, level: number, first: number): Level | null {
    const { packed } = this;
    const low: [number, number, number] = [Infinity, Infinity, Infinity];
    const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
    const shortest: [number, number, number] = [Infinity, Infinity, Infinity];
    const longest: [number, number, number] = [0, 0, 0];
    const mean: [number, number, number] = [0, 0, 0];
    let count = 0;
    for (let r = 0; r < levelOf.length; r++) {
      if (levelOf[r] !== level) continue;
      count++;
      for (let d = 0; d < 3; d++) {
        const from = packed[r * packedWidth + d]!;
        const to = packed[r * packedWidth + 3 + d]!;
        const side = to - from;
        const center = (from + to) / 2;
        if (center < low[d]!) low[d] = center;
        if (center > high[d]!) high[d] = center;
        if (side < shortest[d]!) shortest[d] = side;
        if (side > longest[d]!) longest[d] = side;
        mean[d]! += side;
      }
    }
    if (count === 0) return null;
    // As wide as a query reaches, but not more cells than boxes.
    const reach = (1 - Math.min(this.threshold, 1)) / (1 + this.threshold);
    const most = Math.min(count, mostCells);
    const cells: [number, number, number] = [1, 1, 1];
    for (let widen = 1; ; widen *= 1.26) {
      for (let d = 0; d < 3; d++) {
        const width = Math.max((mean[d]! / count) * Math.max(reach, 0.1) * widen, Number.MIN_VALUE);
        const extent = high[d]! - low[d]!;
        cells[d] = extent < Infinity ? Math.max(1, Math.min(mostCells, Math.floor(extent / width))) : 1;
      }
      if (cells[0] * cells[1] * cells[2] <= most) break;
    }
    const perUnit = cells.map((n, d) => (high[d]! > low[d]! ? n / (high[d]! - low[d]!) : 0));
    return { first, cells, low, perUnit: perUnit as unknown as Level['perUnit'], shortest, longest };
  }

  private cellOf(level: Level, rank: number): number {
    const { packed } = this;
    const at = rank * packedWidth;
    let cell = 0;
    for (let d = 2; d >= 0; d--) {
      const center = (packed[at + d]! + packed[at + 3 + d]!) / 2;
      cell =
        cell * level.cells[d]! + clampCell((center - level.low[d]!) * level.perUnit[d]!, level.cells[d]! - 1);
    }
    return level.first + cell;
  }
}

const levelsAnOctave = 1;
const mostCells = 1 << 16;
const slack = 1 + 1e-9;
/** Level of a box without volume, or without end: its IoU with any other is 0, or not a number. */
const empty = -0x8000;

const levelOfVolume = (volume: number): number =>
  volume > 0 && volume < Infinity ? Math.floor(Math.log2(volume) * levelsAnOctave) : empty;

/** Monotonic, so that a centre within a range of lengths is in the range of cells; not a number goes to 0. */
const clampCell = (place: number, last: number): number =>
  place > 0 ? (place < last ? place | 0 : last) : 0;
