import {
  joinProvenance,
  type ProposalProvenance,
  type ProposalSource,
} from '../core/detection/select-proposals';
import type { Suppression3 } from '../core/detection/suppress-3d';
import type { Box3 } from '../core/geometry/box';
import type { Vec3 } from '../core/geometry/vec3';
import type { WindowProposals } from './network3d/window-proposals';
import { answersFor, type WindowPlan } from './preprocess/volume-windows';

/** Boxes of all windows: [N, 6] in voxels of the grid, with score and class. */
export interface GridBoxes {
  readonly boxes: number[];
  readonly scores: number[];
  readonly classes: number[];
  /** Where each comes from, see {@link boxOrigin}; empty where windows are averaged. */
  readonly origins: string[];
  readonly sources: ProposalSource[];
}

/** One of them. */
export const boxAt = ({ boxes }: GridBoxes, n: number): Box3 =>
  boxes.slice(n * 6, n * 6 + 6) as unknown as Box3;

/** What suppression over the whole volume made of them. */
export interface SuppressedBoxes {
  readonly all: GridBoxes;
  readonly suppression: Suppression3;
}

export const noBoxes = (): GridBoxes => ({ boxes: [], scores: [], classes: [], origins: [], sources: [] });

/** Names a box of one window: the same anchor and class is the same box. */
export const boxOrigin = (window: Vec3, level: number, anchor: number, classIndex: number): string =>
  [...window, level, anchor, classIndex].join(' ');

/** Of each kept box: its own source and those of the boxes it took away. */
export function provenanceOf({ all, suppression }: SuppressedBoxes): ProposalProvenance[] {
  const sources = new Map(suppression.kept.map((n) => [n, [all.sources[n]!]]));
  suppression.removals.forEach((removal, n) => {
    if (removal && (removal.rule === 'nms' || removal.rule === 'inside'))
      sources.get(removal.by)?.push(all.sources[n]!);
  });
  return suppression.kept.map((n) => joinProvenance(sources.get(n)!));
}

/** How far beyond its part a window still answers, voxels: two windows see one lesion at slightly other places. */
const answerMargin = 4;

/** A window's box in voxels of the grid. */
export function boxInGrid(found: WindowProposals, n: number, plan: WindowPlan, at: Vec3): Box3 {
  const start = startOf(plan, at);
  return Array.from(found.boxes.subarray(n * 6, n * 6 + 6), (v, d) => v + start[d % 3]!) as unknown as Box3;
}

export const startOf = (plan: WindowPlan, [i, j, k]: Vec3): Vec3 => [
  plan.starts[0][i]!,
  plan.starts[1][j]!,
  plan.starts[2][k]!,
];

/** Whether the box's centre lies where this window answers: near its border a neighbour sees more around it. */
export function answered(box: Box3, plan: WindowPlan, at: Vec3): boolean {
  return at.every((n, a) => {
    const [low, high] = answersFor(plan.starts[a]!, n, plan.size[a]!);
    const center = (box[a]! + box[a + 3]!) / 2;
    return center >= low - answerMargin && center < high + answerMargin;
  });
}

/** Regions whose centre a window answers for, [R, 6] flat in voxels of the window. */
export function regionsInWindow(regions: readonly Box3[], plan: WindowPlan, at: Vec3): number[] {
  const start = startOf(plan, at);
  return regions
    .filter((region) => answered(region, plan, at))
    .flatMap((region) => region.map((v, d) => v - start[d % 3]!));
}

/** Adds the boxes that this window answers for. @param at which window along x, y, z */
export function keepAnswered(all: GridBoxes, found: WindowProposals, plan: WindowPlan, at: Vec3): void {
  for (let n = 0; n < found.scores.length; n++) {
    const box = boxInGrid(found, n, plan, at);
    if (!answered(box, plan, at)) continue;
    all.boxes.push(...box);
    all.scores.push(found.scores[n]!);
    all.classes.push(found.classes[n]!);
    all.sources.push(found.sources[n]!);
    all.origins.push(boxOrigin(at, found.levels[n]!, found.anchors[n]!, found.classes[n]!));
  }
}
