import { box2Iou, type Box2 } from '../geometry/box';
import { nonMaximumSuppression } from './nms';

/**
 * Boxes of overlapping tiles -> boxes of the picture. What the border of a tile cuts is completed by the tile beside it.
 *
 * Shape shorthand: N: boxes of all tiles; all boxes px of the picture that the tiles were cut from
 */
export interface TileBox {
  readonly box: Box2;
  readonly score: number;
  readonly classIndex: number;
  /** Index into the tiles. */
  readonly tile: number;
}

export interface TileMergeRules {
  /** Those that the network looked at. */
  readonly tiles: readonly Box2[];
  readonly width: number;
  readonly height: number;
  /** Overlap with a better box of its class above which a box goes. */
  readonly iouThreshold: number;
  /** Most boxes to keep. */
  readonly limit: number;
}

/** nms: a better box suppressed it; window: another tile, which saw more of its place, answers for it. */
export type TileRemoval =
  | { readonly rule: 'nms'; readonly by: number; readonly overlap: number }
  | { readonly rule: 'window' | 'limit' };

export interface TileMerge {
  /** Indices into N, best first. */
  readonly kept: readonly number[];
  /** Of each kept one: itself, or the hull of the parts that its tiles saw. */
  readonly boxes: readonly Box2[];
  /** Of each kept one: the best score of its parts. */
  readonly scores: readonly number[];
  /** [N] null where kept. */
  readonly removals: readonly (TileRemoval | null)[];
}

/** Boxes end a little short of the border, or go a little beyond it, where the border cuts them: share of the tile's side. */
const borderShare = 0.015;
/** Two views are of one thing when what both tiles can see of it overlaps by this (IoU). */
const sameView = 0.5;

export function mergeTileBoxes(given: readonly TileBox[], rules: TileMergeRules): TileMerge {
  const { iouThreshold, limit } = rules;
  const removals: (TileRemoval | null)[] = given.map(() => null);
  const shown = joinCutBoxes(given, rules, removals);

  // Suppression over the picture, class by class.
  const kept: Shown[] = [];
  for (const wanted of new Set(given.map((b) => b.classIndex))) {
    const own = shown.filter(({ index }) => given[index]!.classIndex === wanted);
    const stay = nonMaximumSuppression(
      own.map((g) => g.box),
      own.map((g) => g.score),
      iouThreshold,
    );
    const left = new Set(stay);
    own.forEach((g, n) => {
      if (left.has(n)) return;
      const by = stay.find((k) => box2Iou(own[k]!.box, g.box) > iouThreshold)!;
      removals[g.index] = { rule: 'nms', by: own[by]!.index, overlap: box2Iou(own[by]!.box, g.box) };
    });
    kept.push(...stay.map((n) => own[n]!));
  }
  kept.sort((a, b) => b.score - a.score || a.index - b.index);
  for (const { index } of kept.splice(limit)) removals[index] = { rule: 'limit' };
  return {
    kept: kept.map((g) => g.index),
    boxes: kept.map((g) => g.box),
    scores: kept.map((g) => g.score),
    removals,
  };
}

interface Shown {
  readonly index: number;
  readonly box: Box2;
  readonly score: number;
}

/** Whole boxes with the cut ones that are views of them, hulls of cut ones that complete each other, and the cut rest. */
function joinCutBoxes(
  given: readonly TileBox[],
  rules: TileMergeRules,
  removals: (TileRemoval | null)[],
): Shown[] {
  const { tiles } = rules;
  const all = given.map((_, n) => n);
  const cut = given.map(({ box, tile }) => isCut(box, tiles[tile]!, rules));
  const scores = given.map((b) => b.score);
  const others = (n: number, wanted: boolean): number[] =>
    all.filter(
      (m) =>
        cut[m] === wanted &&
        given[m]!.tile !== given[n]!.tile &&
        given[m]!.classIndex === given[n]!.classIndex,
    );

  // 1. What a border cuts and another tile sees whole: the whole one looks, through this tile, as the cut one does.
  const loose = all.filter((n) => {
    if (!cut[n]) return false;
    const { box, tile } = given[n]!;
    let best = -1;
    let bestView = sameView;
    for (const m of others(n, false)) {
      const view = viewOverlap(box, given[m]!.box, tiles[tile]!);
      if (view < bestView) continue;
      best = m;
      bestView = view;
    }
    if (best < 0) return true;
    removals[n] = { rule: 'window' };
    scores[best] = Math.max(scores[best]!, given[n]!.score);
    return false;
  });
  const shown: Shown[] = all
    .filter((n) => !cut[n])
    .map((n) => ({ index: n, box: given[n]!.box, score: scores[n]! }));

  // 2. What two borders cut: both look alike in what the tiles share.
  const leader = new Map(loose.map((n) => [n, n]));
  const find = (n: number): number => {
    let at = n;
    while (leader.get(at) !== at) at = leader.get(at)!;
    return at;
  };
  for (const n of loose) {
    for (const m of others(n, true)) {
      if (m < n || !leader.has(m)) continue;
      const shared = intersect(tiles[given[n]!.tile]!, tiles[given[m]!.tile]!);
      if (shared && viewOverlap(given[n]!.box, given[m]!.box, shared) >= sameView)
        leader.set(find(n), find(m));
    }
  }
  for (const root of loose.filter((n) => find(n) === n)) {
    const members = loose.filter((n) => find(n) === root);
    const index = members.reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
    // 3. A tile that sees the place whole and marked nothing like it is right.
    if (
      members.length === 1 &&
      tiles.some((tile, t) => t !== given[index]!.tile && sees(tile, given[index]!.box, rules))
    ) {
      removals[index] = { rule: 'window' };
      continue;
    }
    for (const n of members) if (n !== index) removals[n] = { rule: 'window' };
    shown.push({ index, box: hull(members.map((n) => given[n]!.box)), score: scores[index]! });
  }
  return shown;
}

/** IoU of what can be seen of two boxes in a window; 0 where one is out of sight. */
function viewOverlap(a: Box2, b: Box2, window: Box2): number {
  const [seenA, seenB] = [intersect(a, window), intersect(b, window)];
  return seenA && seenB ? box2Iou(seenA, seenB) : 0;
}

const sees = (tile: Box2, box: Box2, rules: TileMergeRules): boolean =>
  intersect(tile, box) !== null && !isCut(box, tile, rules);

/** Whether a border of its tile that is none of the picture's runs along a side of the box. */
function isCut(box: Box2, tile: Box2, { width, height }: TileMergeRules): boolean {
  const slack = borderShare * (tile[2] - tile[0]);
  return (
    (tile[0] > 0 && box[0] < tile[0] + slack) ||
    (tile[1] > 0 && box[1] < tile[1] + slack) ||
    (tile[2] < width && box[2] > tile[2] - slack) ||
    (tile[3] < height && box[3] > tile[3] - slack)
  );
}

function intersect(a: Box2, b: Box2): Box2 | null {
  const box: Box2 = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return box[2] > box[0] && box[3] > box[1] ? box : null;
}

const hull = (boxes: readonly Box2[]): Box2 => [
  Math.min(...boxes.map((b) => b[0])),
  Math.min(...boxes.map((b) => b[1])),
  Math.max(...boxes.map((b) => b[2])),
  Math.max(...boxes.map((b) => b[3])),
];
