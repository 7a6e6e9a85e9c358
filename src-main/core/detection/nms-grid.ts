/**
 * Finds the boxes that overlap a given one by more than a threshold without looking at all of them.
 *
 * Boxes are filed by volume (levels) and, in each level, by centre (cells). Where IoU exceeds t > 0, the ratio of the
 * volumes exceeds t, and so does the IoU of the sides along each axis; for sides a and b that puts the centres less than
 * (a + b) / 2 * (1 - t) / (1 + t) apart. Cells outside these bounds are not visited. What is visited is measured exactly,
 * so the bounds save time and never change a result.
 *
 * Shape shorthand: R: ranks (boxes by descending score); packed [R, 8]: x0, y0, z0, x1, y1, z1, volume, rank
 *   (2D boxes have z from 0 to 1); L: levels; C: cells of all levels
 */
export const packedWidth = 8;

/** One level's numbers in `shapes` [L, 18]: each but the last of x, y, z. Typed arrays, since a query reads them a lot. */
const [low, perUnit, shortest, longest, cells, firstCell, shapeWidth] = [0, 3, 6, 9, 12, 15, 18];

export class NmsGrid {
  private readonly bottom: number = 0;
  private readonly shapes: Float64Array;
  /** [C] */
  private readonly starts: Int32Array;
  /** [C]: behind the last box left in the cell. */
  private readonly ends: Int32Array;
  /** [R, 8]: `packed`, cell after cell: what one query reads lies together. */
  private readonly filed: Float64Array;
  private readonly from = new Int32Array(3);
  private readonly to = new Int32Array(3);
  /** Of the threshold: how far apart centres can be, in mean sides. */
  private readonly reach: number;

  /** @param threshold IoU, at least 0 */
  constructor(
    private readonly packed: Float64Array,
    private readonly threshold: number,
  ) {
    this.reach = Math.max(0, 1 - threshold) / (1 + threshold);
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
    this.bottom = bottom;
    this.shapes = new Float64Array(Math.max(0, top - bottom + 1) * shapeWidth);
    const total = this.shapeLevels(levelOf);
    const cellOf = new Int32Array(count);
    this.starts = new Int32Array(total + 1);
    for (let r = 0; r < count; r++) {
      if (levelOf[r] === empty) continue;
      cellOf[r] = this.cellOf((levelOf[r]! - bottom) * shapeWidth, r * packedWidth);
      this.starts[cellOf[r]! + 1]!++;
    }
    for (let c = 0; c < total; c++) this.starts[c + 1]! += this.starts[c]!;
    this.ends = this.starts.slice(0, total);
    this.filed = new Float64Array(packed.length);
    for (let r = 0; r < count; r++) {
      if (levelOf[r] === empty) continue;
      const to = this.ends[cellOf[r]!]!++ * packedWidth;
      for (let i = 0; i < packedWidth; i++) this.filed[to + i] = packed[r * packedWidth + i]!;
    }
  }

  /** Takes out box `rank` and all that overlap it by more than the threshold; `by[other] = rank` for these. */
  take(rank: number, by: Int32Array): void {
    const volume = this.packed[rank * packedWidth + 6]!;
    if (levelOfVolume(volume) === empty) return;
    const t = this.threshold;
    const last = this.shapes.length / shapeWidth - 1;
    const [from, to] =
      t > 0
        ? [
            levelOfVolume((volume * t) / slack) - this.bottom,
            levelOfVolume((volume / t) * slack) - this.bottom,
          ]
        : [0, last];
    // A bound that left the range of doubles is no bound.
    const end = to >= 0 && to < last ? to : last;
    for (let level = Math.max(0, from); level <= end; level++) {
      if (this.boundCells(level * shapeWidth, rank * packedWidth)) {
        this.takeFromCells(level * shapeWidth, rank, by);
      }
    }
  }

  /** Puts the cells of a level that can hold a match into `from` and `to`. @returns whether there are any */
  private boundCells(shape: number, at: number): boolean {
    const { packed, shapes, threshold: t, from, to } = this;
    for (let d = 0; d < 3; d++) {
      const side = packed[at + 3 + d]! - packed[at + d]!;
      const center = (packed[at + d]! + packed[at + 3 + d]!) / 2;
      let other = shapes[shape + longest + d]!;
      // Rounding may not lose a box: every bound is wider than it need be by far more than an ulp.
      if (other * slack < side * t || shapes[shape + shortest + d]! * t > side * slack) return false;
      if (other * t > side) other = side / t;
      const room = ((side + other) / 2) * this.reach + (Math.abs(center) + side + other) * (slack - 1);
      const place = center - shapes[shape + low + d]!;
      const unit = shapes[shape + perUnit + d]!;
      const last = shapes[shape + cells + d]! - 1;
      from[d] = clampCell((place - room) * unit, last);
      to[d] = clampCell((place + room) * unit, last);
    }
    return true;
  }

  private takeFromCells(shape: number, rank: number, by: Int32Array): void {
    const { packed, shapes, threshold, starts, ends, filed } = this;
    const at = rank * packedWidth;
    const x0 = packed[at]!;
    const y0 = packed[at + 1]!;
    const z0 = packed[at + 2]!;
    const x1 = packed[at + 3]!;
    const y1 = packed[at + 4]!;
    const z1 = packed[at + 5]!;
    const volume = packed[at + 6]!;
    const columns = shapes[shape + cells]! | 0;
    const rows = shapes[shape + cells + 1]! | 0;
    const first = shapes[shape + firstCell]! | 0;
    const fromX = this.from[0]!;
    const fromY = this.from[1]!;
    const fromZ = this.from[2]!;
    const toX = this.to[0]!;
    const toY = this.to[1]!;
    const toZ = this.to[2]!;
    for (let k = fromZ; k <= toZ; k++) {
      for (let j = fromY; j <= toY; j++) {
        const row = first + columns * (j + rows * k);
        for (let c = row + fromX; c <= row + toX; c++) {
          const start = starts[c]! * packedWidth;
          let end = ends[c]! * packedWidth;
          // From the last: what is taken out is replaced by a box already seen.
          for (let o = end - packedWidth; o >= start; o -= packedWidth) {
            const w = Math.min(x1, filed[o + 3]!) - Math.max(x0, filed[o]!);
            const h = Math.min(y1, filed[o + 4]!) - Math.max(y0, filed[o + 1]!);
            const d = Math.min(z1, filed[o + 5]!) - Math.max(z0, filed[o + 2]!);
            if (!(w > 0 && h > 0 && d > 0)) continue;
            const shared = w * h * d;
            const other = filed[o + 7]!;
            if (!(shared / (volume + filed[o + 6]! - shared) > threshold) && other !== rank) continue;
            if (other !== rank) by[other] = rank;
            end -= packedWidth;
            if (o < end) filed.copyWithin(o, end, end + packedWidth);
          }
          ends[c] = end / packedWidth;
        }
      }
    }
  }

  /** Fills `shapes`. @returns C */
  private shapeLevels(levelOf: Int16Array): number {
    const { packed, shapes } = this;
    const levels = shapes.length / shapeWidth;
    const counts = new Int32Array(levels);
    const highs = new Float64Array(levels * 3).fill(-Infinity);
    const sums = new Float64Array(levels * 3);
    for (let level = 0; level < levels; level++) {
      const s = level * shapeWidth;
      shapes.fill(Infinity, s + low, s + low + 3).fill(Infinity, s + shortest, s + shortest + 3);
    }
    for (let r = 0; r < levelOf.length; r++) {
      if (levelOf[r] === empty) continue;
      const level = levelOf[r]! - this.bottom;
      const s = level * shapeWidth;
      counts[level]!++;
      for (let d = 0; d < 3; d++) {
        const start = packed[r * packedWidth + d]!;
        const end = packed[r * packedWidth + 3 + d]!;
        const center = (start + end) / 2;
        const side = end - start;
        if (center < shapes[s + low + d]!) shapes[s + low + d] = center;
        if (center > highs[level * 3 + d]!) highs[level * 3 + d] = center;
        if (side < shapes[s + shortest + d]!) shapes[s + shortest + d] = side;
        if (side > shapes[s + longest + d]!) shapes[s + longest + d] = side;
        sums[level * 3 + d]! += side;
      }
    }
    let total = 0;
    for (let level = 0; level < levels; level++) {
      const s = level * shapeWidth;
      shapes[s + firstCell] = total;
      if (counts[level]! > 0) total += this.divide(s, counts[level]!, highs, sums, level * 3);
    }
    return total;
  }

  /** Cells half as wide again as a query reaches to one side, but no more cells than boxes. @returns how many */
  private divide(s: number, count: number, highs: Float64Array, sums: Float64Array, at: number): number {
    const { shapes } = this;
    for (let widen = 1.5 * Math.max(this.reach, 0.1); ; widen *= 1.26) {
      let product = 1;
      for (let d = 0; d < 3; d++) {
        const extent = highs[at + d]! - shapes[s + low + d]!;
        const mean = Math.max(sums[at + d]! / count, Number.MIN_VALUE);
        const width = mean * widen;
        const many = extent > 0 && extent < Infinity;
        const n = many ? Math.max(1, Math.min(count, Math.floor(extent / width))) : 1;
        shapes[s + cells + d] = n;
        shapes[s + perUnit + d] = extent > 0 ? n / extent : 0;
        product *= n;
      }
      if (product <= count) return product;
    }
  }

  private cellOf(s: number, at: number): number {
    const { packed, shapes } = this;
    let cell = 0;
    for (let d = 2; d >= 0; d--) {
      const place = (packed[at + d]! + packed[at + 3 + d]!) / 2 - shapes[s + low + d]!;
      const n = shapes[s + cells + d]!;
      cell = cell * n + clampCell(place * shapes[s + perUnit + d]!, n - 1);
    }
    return shapes[s + firstCell]! + cell;
  }
}

const slack = 1 + 1e-9;
/** Level of a box without volume, or without end: its IoU with any other is 0, or not a number. */
const empty = -0x8000;

/** The binary exponent, read from the bits: a logarithm would take as long as the rest of a short query. */
function levelOfVolume(volume: number): number {
  if (!(volume > 0 && volume < Infinity)) return empty;
  double[0] = volume;
  return (words[highWord]! >>> 20) - 1023;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Monotonic, so that a centre within a range of lengths is in the range of cells; not a number goes to 0. */
const clampCell = (place: number, last: number): number =>
  place > 0 ? (place < last ? place | 0 : last) : 0;
