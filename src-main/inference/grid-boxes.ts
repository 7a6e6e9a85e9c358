import {
  joinProvenance,
  type ProposalProvenance,
  type ProposalSource,
} from '../core/detection/select-proposals';
import type { Suppression3 } from '../core/detection/suppress-3d';
import type { Box3 } from '../core/geometry/box';
import type { WindowProposals } from './network3d/window-proposals';
import { answersFor, type PlannedWindow } from './preprocess/volume-windows';

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

/** Names a box of one window: the same anchor and class is the same box. @param window its place in the plan */
export const boxOrigin = (window: number, level: number, anchor: number, classIndex: number): string =>
  [window, level, anchor, classIndex].join(' ');

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
export const boxInGrid = (found: WindowProposals, n: number, { start }: PlannedWindow): Box3 =>
  Array.from(found.boxes.subarray(n * 6, n * 6 + 6), (v, d) => v + start[d % 3]!) as unknown as Box3;

/** Whether the box's centre lies where this window answers: near its border a neighbour sees more around it. */
export const answered = (box: Box3, window: PlannedWindow): boolean =>
  answersFor(window, [(box[0] + box[3]) / 2, (box[1] + box[4]) / 2, (box[2] + box[5]) / 2], answerMargin);

/** Regions whose centre a window answers for, [R, 6] flat in voxels of the window. */
export const regionsInWindow = (regions: readonly Box3[], window: PlannedWindow): number[] =>
  regions
    .filter((region) => answered(region, window))
    .flatMap((region) => region.map((v, d) => v - window.start[d % 3]!));

/** Adds the boxes that this window answers for. @param place of the window in the plan */
export function keepAnswered(
  all: GridBoxes,
  found: WindowProposals,
  window: PlannedWindow,
  place: number,
): void {
  for (let n = 0; n < found.scores.length; n++) {
    const box = boxInGrid(found, n, window);
    if (!answered(box, window)) continue;
    all.boxes.push(...box);
    all.scores.push(found.scores[n]!);
    all.classes.push(found.classes[n]!);
    all.sources.push(found.sources[n]!);
    all.origins.push(boxOrigin(place, found.levels[n]!, found.anchors[n]!, found.classes[n]!));
  }
}
