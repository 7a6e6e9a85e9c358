import type { Box2 } from '../geometry/box';
import { clusterBoxes } from './box-clustering';
import { nonMaximumSuppressionFlat } from './nms';
import { softNonMaximumSuppression } from './soft-nms';

/**
 * Decoded boxes -> proposals, with the reason why each of the others is gone.
 *
 * Shape shorthand: K: boxes decoded; boxes [K, 4] flat, x0, y0, x1, y1
 */

/** Who pointed at a place: the network by itself, a region of selective search, or both. */
export type ProposalSource = 'network' | 'selective-search';
export type ProposalProvenance = ProposalSource | 'both';

/**
 * What becomes of boxes in one place: the best suppresses the others; it lowers their scores (Bodla et al. 2017, Gaussian,
 * sigma 0.5); or they are averaged (Jaeger et al. 2020).
 */
export const suppressionKinds = ['nms', 'soft-nms', 'box-clustering'] as const;
export type SuppressionKind = (typeof suppressionKinds)[number];

export interface SelectionRules {
  readonly minScore: number;
  readonly nmsIouThreshold: number;
  readonly postNmsTopN: number;
  /** Boxes narrower or lower than this are dropped. */
  readonly minSize?: number | undefined;
  /** Boxes suppress only those of their own level. */
  readonly nmsPerLevel?: boolean | undefined;
  /** `nms` unless given. */
  readonly suppression?: SuppressionKind | undefined;
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
  /** Of each kept box, as shown: averaged by `box-clustering`, else the box itself. */
  readonly boxes: readonly Box2[];
  /** Of each kept box, as shown: lowered by `soft-nms`, averaged by `box-clustering`. */
  readonly scores: readonly number[];
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
  const survivors: Survivor[] = [];
  for (const members of groups.values()) {
    const flat = members.flatMap((n) => boxAt(boxes, n));
    const own = members.map((n) => scores[n]!);
    const result = suppress[rules.suppression ?? 'nms'](flat, own, rules);
    for (const { index, ...rest } of result.survivors) survivors.push({ index: members[index]!, ...rest });
    result.suppressedBy.forEach((by, n) => {
      if (by >= 0) removals[members[n]!] = { rule: 'nms', by: members[by]! };
      else if (by === lowered) removals[members[n]!] = { rule: 'threshold' };
    });
  }
  survivors.sort((x, y) => y.score - x.score || x.index - y.index);
  for (const { index } of survivors.slice(rules.postNmsTopN)) removals[index] = { rule: 'limit' };
  const shown = survivors.slice(0, rules.postNmsTopN);
  const kept = shown.map(({ index }) => index);
  return {
    kept,
    removals,
    boxes: shown.map(({ box }) => box),
    scores: shown.map(({ score }) => score),
    provenance: provenanceOf(kept, removals, sources),
  };
}

interface Survivor {
  readonly index: number;
  readonly box: Box2;
  readonly score: number;
}

interface Suppressed {
  readonly survivors: readonly Survivor[];
  /** Index of the box that took each away; -1: none did; {@link lowered}: its score fell below the threshold. */
  readonly suppressedBy: ArrayLike<number> & { forEach(work: (by: number, n: number) => void): void };
}
const lowered = -2;

type Suppress = (boxes: readonly number[], scores: readonly number[], rules: SelectionRules) => Suppressed;

const suppress: Readonly<Record<SuppressionKind, Suppress>> = {
  nms(boxes, scores, { nmsIouThreshold }) {
    const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, scores, {
      dimensions: 2,
      iouThreshold: nmsIouThreshold,
    });
    const survivors = Array.from(kept, (n) => ({ index: n, box: boxAt(boxes, n), score: scores[n]! }));
    return { survivors, suppressedBy };
  },
  'soft-nms'(boxes, scores, { minScore }) {
    const soft = softNonMaximumSuppression(boxes, scores, {
      dimensions: 2,
      decay: 'gaussian',
      sigma: 0.5,
      minScore: Math.max(1e-3, minScore),
    });
    const suppressedBy = new Int32Array(scores.length).fill(lowered);
    const survivors = Array.from(soft.kept, (n, k) => {
      suppressedBy[n] = -1;
      return { index: n, box: boxAt(boxes, n), score: soft.scores[k]! };
    });
    return { survivors, suppressedBy };
  },
  'box-clustering'(boxes, scores, { nmsIouThreshold, minScore }) {
    const clusters = clusterBoxes(boxes, scores, { dimensions: 2, iouThreshold: nmsIouThreshold, minScore });
    // The best member stands for its cluster.
    const best = new Int32Array(clusters.scores.length).fill(-1);
    clusters.clusterOf.forEach((k, n) => {
      if (k >= 0 && (best[k]! < 0 || scores[n]! > scores[best[k]!]!)) best[k] = n;
    });
    return {
      survivors: Array.from(best, (n, k) => ({
        index: n,
        box: boxAt(clusters.boxes, k),
        score: clusters.scores[k]!,
      })),
      suppressedBy: clusters.clusterOf.map((k, n) => (k < 0 ? lowered : best[k] === n ? -1 : best[k]!)),
    };
  },
};

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
  if (regions.length === 0) return new Int32Array(0);
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
