import type { Box2 } from '../geometry/box';
import { nonMaximumSuppressionFlat } from './nms';

/**
 * Decoded boxes -> proposals, with the reason why each of the others is gone.
 *
 * Shape shorthand: K: boxes decoded; boxes [K, 4] flat, x0, y0, x1, y1
 */

/** Who pointed at a place: the network by itself, a region of selective search, or both. */
export type ProposalSource = 'network' | 'selective-search';
export type ProposalProvenance = ProposalSource | 'both';

export interface SelectionRules {
  readonly minScore: number;
  readonly nmsIouThreshold: number;
  readonly postNmsTopN: number;
  /** Boxes narrower or lower than this are dropped. */
  readonly minSize?: number | undefined;
  /** Boxes suppress only those of their own level. */
  readonly nmsPerLevel?: boolean | undefined;
}

export interface ScoredBoxes {
  readonly boxes: ArrayLike<number>;
  /** [K] */
  readonly scores: ArrayLike<number>;
  /** [K] pyramid level of each; only read with `nmsPerLevel`. */
  readonly levels?: ArrayLike<number>;
  /** [K] left out: all from the network. */
  readonly sources?: readonly ProposalProvenance[];
}

/** Which rule took a box away; `by` is the index of the box that suppressed it. */
export type Removal =
  | { readonly rule: 'threshold' }
  | { readonly rule: 'size' }
  | { readonly rule: 'nms'; readonly by: number }
  | { readonly rule: 'limit' };

export interface Selection {
  /** Indices into K, best score first. */
  readonly kept: readonly number[];
  /** [K] null where kept. */
  readonly removals: readonly (Removal | null)[];
  /** Of each kept box: its own source and those of the boxes it suppressed. */
  readonly provenance: readonly ProposalProvenance[];
}

export function selectProposals(given: ScoredBoxes, rules: SelectionRules): Selection {
  const { boxes, scores, levels, sources } = given;
  const removals: (Removal | null)[] = [];
  const left: number[] = [];
  for (let n = 0; n < scores.length; n++) {
    const small =
      rules.minSize !== undefined &&
      !(
        boxes[n * 4 + 2]! - boxes[n * 4]! >= rules.minSize &&
        boxes[n * 4 + 3]! - boxes[n * 4 + 1]! >= rules.minSize
      );
    // NaN scores fail too.
    if (!(scores[n]! >= rules.minScore)) removals.push({ rule: 'threshold' });
    else if (small) removals.push({ rule: 'size' });
    else {
      removals.push(null);
      left.push(n);
    }
  }

  const groups = new Map<number, number[]>();
  for (const n of left) {
    const group = rules.nmsPerLevel && levels ? levels[n]! : 0;
    const members = groups.get(group);
    if (members) members.push(n);
    else groups.set(group, [n]);
  }
  const survivors: number[] = [];
  for (const members of groups.values()) {
    const { kept, suppressedBy } = nonMaximumSuppressionFlat(
      members.flatMap((n) => [boxes[n * 4]!, boxes[n * 4 + 1]!, boxes[n * 4 + 2]!, boxes[n * 4 + 3]!]),
      members.map((n) => scores[n]!),
      { dimensions: 2, iouThreshold: rules.nmsIouThreshold },
    );
    for (const k of kept) survivors.push(members[k]!);
    suppressedBy.forEach((by, n) => {
      if (by >= 0) removals[members[n]!] = { rule: 'nms', by: members[by]! };
    });
  }
  survivors.sort((a, b) => scores[b]! - scores[a]! || a - b);
  for (const n of survivors.slice(rules.postNmsTopN)) removals[n] = { rule: 'limit' };
  const kept = survivors.slice(0, rules.postNmsTopN);
  return { kept, removals, provenance: provenanceOf(kept, removals, sources) };
}

function provenanceOf(
  kept: readonly number[],
  removals: readonly (Removal | null)[],
  sources: readonly ProposalProvenance[] | undefined,
): ProposalProvenance[] {
  if (!sources) return kept.map(() => 'network');
  const seen = new Map(kept.map((n) => [n, [sources[n]!]]));
  removals.forEach((r, n) => {
    if (r?.rule === 'nms') seen.get(r.by)?.push(sources[n]!);
  });
  return kept.map((n) => joinProvenance(seen.get(n)!));
}

/** Of one thing that several pointed at. */
export function joinProvenance(all: readonly ProposalProvenance[]): ProposalProvenance {
  const first = all[0] ?? 'network';
  return all.every((p) => p === first) ? first : 'both';
}

/** Cuts a flat [K, 4] at 0 and `size`, in place. */
export function clipBoxes(boxes: Float32Array, width: number, height: number): void {
  for (let n = 0; n < boxes.length; n++) {
    boxes[n] = Math.min(n % 2 === 0 ? width : height, Math.max(0, boxes[n]!));
  }
}

/**
 * The anchor that overlaps each region most.
 * @param anchors [M, 4] flat
 * @param regions [R, 4] flat
 * @returns [R] index into M
 */
export function bestAnchors(anchors: Float32Array, regions: ArrayLike<number>): Int32Array {
  const count = anchors.length / 4;
  const areas = new Float32Array(count);
  for (let m = 0; m < count; m++)
    areas[m] = (anchors[m * 4 + 2]! - anchors[m * 4]!) * (anchors[m * 4 + 3]! - anchors[m * 4 + 1]!);
  const out = new Int32Array(regions.length / 4);
  for (let r = 0; r < out.length; r++) {
    const x0 = regions[r * 4]!;
    const y0 = regions[r * 4 + 1]!;
    const x1 = regions[r * 4 + 2]!;
    const y1 = regions[r * 4 + 3]!;
    const area = (x1 - x0) * (y1 - y0);
    let best = -1;
    for (let m = 0, at = 0; m < count; m++, at += 4) {
      const w = Math.min(x1, anchors[at + 2]!) - Math.max(x0, anchors[at]!);
      if (w <= 0) continue;
      const h = Math.min(y1, anchors[at + 3]!) - Math.max(y0, anchors[at + 1]!);
      if (h <= 0) continue;
      const iou = (w * h) / (area + areas[m]! - w * h);
      if (iou > best) {
        best = iou;
        out[r] = m;
      }
    }
  }
  return out;
}

export const boxAt = (boxes: ArrayLike<number>, n: number): Box2 => [
  boxes[n * 4]!,
  boxes[n * 4 + 1]!,
  boxes[n * 4 + 2]!,
  boxes[n * 4 + 3]!,
];
