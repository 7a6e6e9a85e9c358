import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeInputSpec } from '../bundle/schema';
import { alignedStarts, spansOf, windowOf, windowSize, type Span, type WindowPlan } from './volume-windows';

/**
 * Windows around what a model looks at: the lungs fill a third of the box around them.
 *
 * Shape shorthand: cells [Z, Y, X], x fastest: as many voxels along each axis as the network divides by; triples are x, y, z
 */
export interface CellMask {
  /** In cells. */
  readonly dims: Vec3;
  /** 1 where the model looks. */
  readonly set: Uint8Array;
  /** Sides of a cell in voxels of the grid. */
  readonly side: Vec3;
  /** So many cells around them the network should see, where the grid has them. */
  readonly context: Vec3;
}

/** A window may be so many times as long as the bundle's along an axis, */
const mostStretch = 2;
/** and hold so many times as many voxels: memory grows with it. */
const mostVoxels = 4;

/**
 * Slabs along z, in each of them rows along y around what it holds, in each row windows along x around what that holds. All
 * have one size, at least the bundle's, such that together they hold as few voxels as can be. They overlap by as many voxels
 * as windows of the bundle's size do, start at multiples of a cell, and those that answer for no set cell are left out.
 *
 * @param fits whether the network can be run on windows of this size; that of the bundle's own was tested
 */
export function planAround(
  mask: CellMask,
  input: VolumeInputSpec,
  fits: (size: Vec3) => boolean,
): WindowPlan {
  const voxels = mask.dims.map((n, a) => n * mask.side[a]!) as unknown as Vec3;
  const least = windowSize(voxels, input, mask.side);
  const most = mostVoxels * least[0] * least[1] * least[2];
  const sizes = least.map((from, a) => {
    const steps = (Math.min(mostStretch * from, voxels[a]!) - from) / mask.side[a]!;
    return Array.from({ length: Math.floor(steps) + 1 }, (_, n) => from + n * mask.side[a]!);
  });
  const along = (a: 0 | 1 | 2, filled: Uint8Array, window: number): Span[] => {
    const shared = input.overlap * least[a];
    return cover(filled, mask.side[a], mask.context[a], window, shared);
  };

  let best: { readonly size: Vec3; readonly windows: readonly SpanTriple[]; readonly cost: number } | null =
    null;
  const layers = profiles(mask.set, mask.dims[0] * mask.dims[1]);
  for (const z of sizes[2]!) {
    const slabs = along(2, filledOf(layers), z).map((span) => ({
      z: span,
      lines: profiles(joined(layers, span, mask.side[2]), mask.dims[0]),
    }));
    for (const y of sizes[1]!) {
      const rows = slabs.flatMap(({ z: slab, lines }) =>
        along(1, filledOf(lines), y).map((row) => ({
          z: slab,
          y: row,
          line: joined(lines, row, mask.side[1]),
        })),
      );
      for (const x of sizes[0]!) {
        const size: Vec3 = [x, y, z];
        if (x * y * z > most || (best && !fits(size))) continue;
        const windows = rows.flatMap((row) =>
          along(0, row.line, x).map((column): SpanTriple => [column, row.y, row.z]),
        );
        const cost = windows.length * x * y * z;
        if (!best || cost < best.cost) best = { size, windows, cost };
      }
    }
  }
  return { size: best!.size, windows: best!.windows.map((spans) => windowOf(...spans)) };
}

type SpanTriple = readonly [x: Span, y: Span, z: Span];

/** The rows of an array of rows of `length`. */
const profiles = (set: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: set.length / length }, (_, n) => set.subarray(n * length, (n + 1) * length));

/** Which of the rows hold anything. */
const filledOf = (rows: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(rows, (row) => Number(row.includes(1)));

/** Cells whose voxels a window answers for, along one axis of so many cells. */
const cellsOf = ({ low, high }: Span, side: number, count: number): [number, number] => [
  Math.max(0, Math.floor(low / side)),
  Math.min(count, Math.ceil(high / side)),
];

/** What any of the rows that the window answers for holds. */
function joined(rows: readonly Uint8Array[], span: Span, side: number): Uint8Array {
  const out = new Uint8Array(rows[0]!.length);
  const [from, to] = cellsOf(span, side, rows.length);
  for (let r = from; r < to; r++) rows[r]!.forEach((v, n) => (out[n]! |= v));
  return out;
}

/** Windows along one axis around the filled cells. */
function cover(filled: Uint8Array, side: number, context: number, window: number, shared: number): Span[] {
  const first = filled.indexOf(1);
  if (first < 0) return [];
  const from = Math.max(0, first - context);
  const to = Math.min(filled.length, filled.lastIndexOf(1) + 1 + context);
  const spare = window / side - (to - from);
  // A single window has what it covers in its middle, and leaves the grid only where that is shorter.
  const start =
    spare > 0 ? Math.max(0, Math.min(from - Math.floor(spare / 2), filled.length - window / side)) : from;
  const starts = alignedStarts((to - from) * side, window, shared / window, side).map(
    (s) => s + start * side,
  );
  return spansOf(starts, window).filter((span) =>
    filled.subarray(...cellsOf(span, side, filled.length)).includes(1),
  );
}
