import { mergeTileBoxes, type TileBox } from '../core/detection/tile-merging';
import type { Box2 } from '../core/geometry/box';
import type { ProposalSpec } from './bundle/schema';
import type { MergedFate } from './explain';
import type { ScoredBox } from './network/compiled';
import { invert, mapBox } from './preprocess/affine2';
import type { PicturePlan } from './preprocess/picture-plan';
import { toSliceBox } from './preprocess/slices';
import type { View } from './preprocess/view';

type MergeRules = Pick<ProposalSpec, 'nmsIouThreshold' | 'postNmsTopN'>;
/** @returns boxes of one canvas, canvas px, best first */
export type ProposeOnCanvas = (view: View, tile: number) => Promise<readonly ScoredBox[]>;

/**
 * What a network finds in a picture: on its one canvas, or tile by tile and merged. Detection and training's validation
 * share it.
 * @returns boxes px of the picture, best first
 */
export async function proposeOnPicture(
  plan: PicturePlan,
  rules: MergeRules,
  propose: ProposeOnCanvas,
): Promise<ScoredBox[]> {
  const { tiles, width, height } = plan;
  if (tiles.length !== 1) return (await traceTiles(plan, rules, propose)).found;
  const view = plan.view(tiles[0]!);
  const fromCanvas = invert(view.toCanvas);
  return (await propose(view, 0)).flatMap((found) => {
    const box = toSliceBox(found.box, fromCanvas, width, height);
    return box ? [{ ...found, box }] : [];
  });
}

/** The tiles' boxes merged, and what became of each. */
interface TileTrace {
  readonly found: ScoredBox[];
  /** @param place of the box among those of its tile, best first, from 0 */
  fateOf(tile: number, place: number): MergedFate;
}

export async function traceTiles(
  plan: PicturePlan,
  rules: MergeRules,
  propose: ProposeOnCanvas,
): Promise<TileTrace> {
  const { tiles, reading, width, height } = plan;
  const all: (ScoredBox & TileBox)[] = [];
  const firstOf: number[] = [];
  for (const [n, tile] of tiles.entries()) {
    firstOf.push(all.length);
    for (const found of await propose(plan.view(tile), n))
      all.push({ ...found, box: inReading(found.box, tile), tile: n });
  }
  const merged = mergeTileBoxes(all, {
    tiles,
    width: reading.pixels.width,
    height: reading.pixels.height,
    iouThreshold: rules.nmsIouThreshold,
    limit: rules.postNmsTopN,
  });
  const fromReading = invert(reading.toReading);
  const rankOf = new Map<number, number>();
  const found = merged.kept.flatMap((n, k) => {
    const { classIndex, classScores, provenance } = all[n]!;
    const box = toSliceBox(merged.boxes[k]!, fromReading, width, height);
    if (!box) return [];
    rankOf.set(n, rankOf.size + 1);
    return [{ box, score: merged.scores[k]!, classIndex, classScores, provenance }];
  });
  return {
    found,
    fateOf(tile, place) {
      const n = firstOf[tile]! + place;
      const rank = rankOf.get(n);
      if (rank !== undefined) return { rank, box: found[rank - 1]!.box, score: found[rank - 1]!.score };
      const removal = merged.removals[n];
      if (!removal) return null;
      // Within its tile the box had passed suppression: what suppressed it came from another.
      return removal.rule === 'nms' ? { rule: 'window' } : removal;
    },
  };
}

/** A tile's canvas shows its part of the reading pixel for pixel. */
const inReading = (box: Box2, tile: Box2): Box2 => mapBox([1, 0, tile[0], 0, 1, tile[1]], box);
