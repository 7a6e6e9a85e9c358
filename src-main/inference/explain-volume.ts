import type {
  BoxFate,
  VolumeBoxExplanation,
  VolumeExplanation,
  VolumeLevelExplanation,
} from '../core/detection/explanation';
import type { Suppression3 } from '../core/detection/suppress-3d';
import { boxIjkToLps, ijkToLps, lpsToIjk } from '../core/geometry/affine';
import type { Box3 } from '../core/geometry/box';
import { add, scale, subtract, type Vec3 } from '../core/geometry/vec3';
import { clipToGrid } from '../core/volume/grid';
import type { VolumeGeometry } from '../core/volume/volume';
import type { VolumeBundle } from './bundle/schema';
import { bufferOf, outside, worthFirst } from './explain';
import { answered, boxInGrid, boxOrigin, type GridBoxes, type SuppressedBoxes } from './grid-boxes';
import type { WindowLevel } from './network3d/explain-window';
import type { WindowProposals } from './network3d/window-proposals';
import { answersFor, type PlannedWindow, type WindowPlan } from './preprocess/volume-windows';

/**
 * What a 3D network made of one point of a volume.
 *
 * Shape shorthand: voxels are those of the network's grid, counted from the edge of the first
 */
export interface WindowAtPoint {
  readonly window: PlannedWindow;
  /** Of the window in the plan; -1 where none answers for the point, as the model does not look there. */
  readonly index: number;
  /** The point in voxels of that window. */
  readonly local: Vec3;
  /** The point in voxels of the grid. */
  readonly voxel: Vec3;
}

/**
 * The window that answers for a point, or one around it where none does.
 * @param cell sides that windows start at multiples of, voxels
 * @throws AppError request.invalid outside the volume
 */
export function windowAtPoint(
  grid: VolumeGeometry,
  plan: WindowPlan,
  cell: Vec3,
  pointLps: Vec3,
  whereOutside = 'The volume ends before it.',
): WindowAtPoint {
  const [x, y, z] = lpsToIjk(grid, pointLps);
  const voxel: Vec3 = [x + 0.5, y + 0.5, z + 0.5];
  if (!voxel.every((v, a) => v >= 0 && v < grid.dims[a]!)) throw outside(whereOutside);
  const index = plan.windows.findIndex((w) => answersFor(w, voxel));
  const window = plan.windows[index] ?? windowAround(voxel, grid.dims, plan.size, cell);
  const local = subtract(voxel, window.start);
  return { window, index, local, voxel };
}

function windowAround(voxel: Vec3, dims: Vec3, size: Vec3, cell: Vec3): PlannedWindow {
  const start = voxel.map((v, a) => {
    const cells = Math.min(
      Math.round((v - size[a]! / 2) / cell[a]!),
      Math.ceil((dims[a]! - size[a]!) / cell[a]!),
    );
    return Math.max(0, cells) * cell[a]!;
  }) as unknown as Vec3;
  return { start, answers: [...start, ...add(start, size)] };
}

export interface VolumeFindings {
  readonly bundle: VolumeBundle;
  readonly grid: VolumeGeometry;
  readonly plan: WindowPlan;
  readonly place: WindowAtPoint;
  readonly scoreFloor: number;
  /** The window holds nothing but air, or has nothing to do with the lungs of a lung model. */
  readonly skipped: boolean;
  readonly levels: readonly WindowLevel[];
  /** Of the window, whatever their score. */
  readonly decoded: WindowProposals;
  /** Of all windows, and what suppression made of them; null where only this window was run. */
  readonly whole: SuppressedBoxes | null;
  /** Windows are averaged before they are decoded: the boxes of one are not those of the volume. */
  readonly stitched: boolean;
}

export function explainInVolume(pointLps: Vec3, found: VolumeFindings): VolumeExplanation {
  const { grid, plan, place, scoreFloor, skipped, bundle } = found;
  const lps = (box: Box3): Box3 => boxIjkToLps(grid, box);
  const { start } = place.window;
  const { boxes, indexOf } = listBoxes(found);
  const holding = boxes.filter(({ box }) => place.voxel.every((v, a) => v >= box[a]! && v < box[a + 3]!));
  return {
    kind: 'volume',
    point: pointLps,
    window: { boxLps: lps(shifted([0, 0, 0, ...plan.size], start)), spacing: grid.spacing },
    skipped,
    scoreFloor,
    levels: found.levels.map((level, l): VolumeLevelExplanation => ({
      stride: level.stride,
      rows: level.rows,
      columns: level.columns,
      plane: planeOf(grid, level, start),
      cell: level.cell,
      anchors: level.anchors.map(({ anchor, box, score, deltas, index, classIndex }) => ({
        anchor: lps(shifted(anchor, start)),
        score,
        deltas,
        box: lps(shifted(box, start)),
        boxIndex: indexOf.get(boxOrigin(place.index, l, index, classIndex)) ?? null,
      })),
      objectness: bufferOf(level.objectness),
    })),
    boxes: worthFirst(holding).map(({ classIndex, ...b }) => ({
      ...b,
      box: lps(b.box),
      label: bundle.labels[classIndex]!,
    })),
    boxCount: holding.length,
  };
}

const shifted = (box: readonly number[], by: Vec3): Box3 =>
  box.map((v, d) => v + by[d % 3]!) as unknown as Box3;

function planeOf(grid: VolumeGeometry, level: WindowLevel, start: Vec3): VolumeLevelExplanation['plane'] {
  const { stride, cell, center } = level;
  // The corner of the first cell lies half a stride before its location.
  const corner = ([0, 1] as const).map((a) => center[a] - (cell[a] + 0.5) * stride[a] + start[a] - 0.5);
  return {
    corner: ijkToLps(grid, [corner[0]!, corner[1]!, center[2] + start[2] - 0.5]),
    columnStep: scale(grid.direction[0], grid.spacing[0] * stride[0]),
    rowStep: scale(grid.direction[1], grid.spacing[1] * stride[1]),
  };
}

/** In voxels of the grid. */
interface ListedBox extends Omit<VolumeBoxExplanation, 'label'> {
  readonly classIndex: number;
}

/** Boxes that reached suppression, then those of the point's window that did not. */
function listBoxes({ grid, place, scoreFloor, bundle, decoded, whole, stitched }: VolumeFindings): {
  boxes: ListedBox[];
  indexOf: Map<string, number>;
} {
  const boxes = whole ? suppressedBoxes(grid, whole.all, whole.suppression) : [];
  if (whole && stitched) return { boxes, indexOf: new Map() };
  const indexOf = new Map(whole?.all.origins.map((origin, n) => [origin, n]));
  const least = Math.max(scoreFloor, bundle.proposals.scoreThreshold);
  for (let n = 0; n < decoded.scores.length; n++) {
    const classIndex = decoded.classes[n]!;
    const origin = boxOrigin(place.index, decoded.levels[n]!, decoded.anchors[n]!, classIndex);
    if (indexOf.has(origin)) continue;
    const box = boxInGrid(decoded, n, place.window);
    const score = decoded.scores[n]!;
    const fate: BoxFate<Box3> = !(score >= least)
      ? { outcome: 'removed', stage: 1, rule: 'threshold' }
      : stitched || answered(box, place.window)
        ? { outcome: 'passed' }
        : { outcome: 'removed', stage: 1, rule: 'window' };
    indexOf.set(origin, boxes.length);
    boxes.push({ index: boxes.length, box, score, classIndex, fate });
  }
  return { boxes, indexOf };
}

function suppressedBoxes(
  grid: VolumeGeometry,
  all: GridBoxes,
  { kept, removals }: Suppression3,
): ListedBox[] {
  const boxAt = (n: number): Box3 => all.boxes.slice(n * 6, n * 6 + 6) as unknown as Box3;
  const shown = kept.filter((n) => clipToGrid(grid, boxAt(n)) !== null);
  const fateOf = (n: number): BoxFate<Box3> => {
    const removal = removals[n]!;
    if (removal === null) {
      const rank = shown.indexOf(n) + 1;
      if (rank === 0) return { outcome: 'removed', stage: 1, rule: 'outside' };
      return { outcome: 'kept', rank, provenance: 'network' };
    }
    if (removal.rule === 'limit' || removal.rule === 'lung')
      return { outcome: 'removed', stage: 1, rule: removal.rule };
    const { rule, by, overlap } = removal;
    return {
      outcome: 'removed',
      stage: 1,
      rule,
      by,
      byBox: boxIjkToLps(grid, boxAt(by)),
      byScore: all.scores[by]!,
      overlap: Math.min(1, overlap),
    };
  };
  return all.scores.map((score, n) => {
    const fate = fateOf(n);
    // A finding is shown cut to the volume.
    const box = (fate.outcome === 'kept' && clipToGrid(grid, boxAt(n))) || boxAt(n);
    return { index: n, box, score, classIndex: all.classes[n]!, fate };
  });
}
