import { box2Iou, box3Volume, type Box2, type Box3 } from '../geometry/box';
import { joinProvenance, type ProposalProvenance } from './select-proposals';

/**
 * Boxes of neighbouring slices -> candidates in voxels.
 *
 * Shape shorthand:
 *   K: slices, N_k: boxes in slice k, M: members (at most one box a slice) of a candidate
 *   slices: K lists of N_k SliceBox (box in px of its slice); result: Candidates sorted by score, best first
 */
export interface SliceBox {
  readonly box: Box2;
  readonly score: number;
  readonly label: string;
  readonly provenance?: ProposalProvenance;
}

export interface SliceMergeOptions {
  /** Two boxes belong together when their 2D IoU is at least this. */
  readonly iouThreshold: number;
  /** Slices without a box that a candidate may bridge: 0 links direct neighbours only. */
  readonly maxGapSlices: number;
  /**
   * Members scoring below this share of the best member do not widen the box nor enter the score: the weak tail of
   * a lesion would else stretch it over slices that a reader calls empty.
   */
  readonly tailFraction?: number;
  /** The score is the mean of this many best members: one lucky slice does not make a candidate, nor a long tail break it. */
  readonly topSlices?: number;
  /**
   * Slices that a lesion worth showing spans in this stack; see {@link expectedSlices}. 1 (the default, for thick
   * slices) weighs nothing down.
   */
  readonly minSlices?: number;
  /** Factor on the score for each slice that a candidate lacks to `minSlices`. */
  readonly shortWeight?: number;
  /** A candidate is dropped when a better one covers this share of the smaller of both volumes. */
  readonly nmsOverlap?: number;
}

export interface MergedCandidate {
  readonly boxIjk: Box3;
  readonly score: number;
  readonly label: string;
  /** `both` where members differ. */
  readonly provenance: ProposalProvenance;
}

/** A candidate, what it was made of, and which better one took its place. */
export interface MergeTrace {
  readonly candidate: MergedCandidate;
  /** `widens` is false of the weak tail. */
  readonly members: readonly { readonly k: number; readonly box: SliceBox; readonly widens: boolean }[];
  /** `by`: index of the better candidate; overlap: intersection over the smaller of both volumes. */
  readonly suppressed: { readonly by: number; readonly overlap: number } | null;
}

/** Slices that a lesion of `lesionMm` spans at this slice distance, between 1 and 3: `minSlices` for a stack. */
export function expectedSlices(sliceDistanceMm: number, lesionMm = 5): number {
  if (!(sliceDistanceMm > 0)) return 1;
  return Math.min(3, Math.max(1, Math.floor(lesionMm / sliceDistanceMm)));
}

/**
 * Links 2D boxes along k into 3D candidates and drops near-duplicates.
 *
 *   1. The best-scoring box not yet used seeds a candidate.
 *   2. It grows up, then down: in the nearest slice within `maxGapSlices` that has one, the unused box of the same label
 *      with the best IoU to the last linked box joins, if that IoU reaches `iouThreshold`.
 *   3. Box: the hull of the members that are not tail; k half-open, so that a one-slice candidate is 1 deep.
 *   4. Score: mean of the `topSlices` best members, weighed down where the candidate is shorter than `minSlices`.
 *   5. 3D non-maximum suppression over all labels: of two candidates in one place, a reader is shown the better.
 *
 * Within a slice the boxes are taken as already suppressed (2D NMS); empty boxes are ignored.
 */
export function mergeSliceBoxes(
  slices: readonly (readonly SliceBox[])[],
  options: SliceMergeOptions,
): MergedCandidate[] {
  return traceSliceMerging(slices, options).flatMap((t) => (t.suppressed ? [] : [t.candidate]));
}

/** {@link mergeSliceBoxes} with the candidates that a better one replaced, all of them best first. */
export function traceSliceMerging(
  slices: readonly (readonly SliceBox[])[],
  options: SliceMergeOptions,
): MergeTrace[] {
  const unused = slices.map(
    (boxes) => new Set(boxes.filter((b) => b.box[2] > b.box[0] && b.box[3] > b.box[1])),
  );
  const seeds = unused.flatMap((boxes, k) => [...boxes].map((box) => ({ k, box })));
  seeds.sort((a, b) => b.box.score - a.box.score);

  const candidates: Unsuppressed[] = [];
  for (const seed of seeds) {
    if (!unused[seed.k]!.delete(seed.box)) continue;
    const up = grow(unused, seed, 1, options);
    const down = grow(unused, seed, -1, options);
    candidates.push(summarize([seed, ...up, ...down], options));
  }
  return suppress(candidates, options.nmsOverlap ?? 0.6);
}

interface Member {
  readonly k: number;
  readonly box: SliceBox;
}

function grow(unused: Set<SliceBox>[], seed: Member, step: 1 | -1, options: SliceMergeOptions): Member[] {
  const members: Member[] = [];
  let last = seed;
  for (let gap = 0; gap <= options.maxGapSlices;) {
    const k = last.k + step * (gap + 1);
    const slice = unused[k];
    if (!slice) break;
    const next = bestLink(slice, last.box, options.iouThreshold);
    if (!next) {
      gap++;
      continue;
    }
    slice.delete(next);
    last = { k, box: next };
    members.push(last);
    gap = 0;
  }
  return members;
}

function bestLink(slice: ReadonlySet<SliceBox>, from: SliceBox, iouThreshold: number): SliceBox | null {
  let best: SliceBox | null = null;
  let bestIou = 0;
  for (const box of slice) {
    if (box.label !== from.label) continue;
    const iou = box2Iou(box.box, from.box);
    if (iou >= iouThreshold && iou > bestIou) {
      best = box;
      bestIou = iou;
    }
  }
  return best;
}

/** The seed is the best-scoring member, since seeds are taken best first. */
function summarize(members: readonly Member[], options: SliceMergeOptions): Unsuppressed {
  const { tailFraction = 0.5, topSlices = 3, minSlices = 1, shortWeight = 0.7 } = options;
  const seed = members[0]!;
  const kept = members.filter((m) => m.box.score >= tailFraction * seed.box.score);
  const top = kept
    .map((m) => m.box.score)
    .sort((a, b) => b - a)
    .slice(0, Math.max(1, topSlices));
  const mean = top.reduce((sum, s) => sum + s, 0) / top.length;
  const missing = Math.max(0, minSlices - kept.length);
  const [x0, y0, x1, y1] = [0, 1, 2, 3].map((side) => {
    const values = kept.map((m) => m.box.box[side as 0 | 1 | 2 | 3]);
    return side < 2 ? Math.min(...values) : Math.max(...values);
  }) as [number, number, number, number];
  const ks = kept.map((m) => m.k);
  const candidate: MergedCandidate = {
    boxIjk: [x0, y0, Math.min(...ks), x1, y1, Math.max(...ks) + 1],
    // A mean of equal scores may round a last bit above them.
    score: Math.min(mean, seed.box.score) * shortWeight ** missing,
    label: seed.box.label,
    provenance: joinProvenance(members.map((m) => m.box.provenance ?? 'network')),
  };
  return { candidate, members: members.map((m) => ({ ...m, widens: kept.includes(m) })) };
}

type Unsuppressed = Omit<MergeTrace, 'suppressed'>;

function suppress(given: readonly Unsuppressed[], most: number): MergeTrace[] {
  const traces: MergeTrace[] = [];
  for (const one of [...given].sort((a, b) => b.candidate.score - a.candidate.score)) {
    let suppressed: MergeTrace['suppressed'] = null;
    for (let by = 0; by < traces.length && !suppressed; by++) {
      if (traces[by]!.suppressed) continue;
      const overlap = coveredShare(traces[by]!.candidate.boxIjk, one.candidate.boxIjk);
      if (overlap >= most) suppressed = { by, overlap };
    }
    traces.push({ ...one, suppressed });
  }
  return traces;
}

/** Intersection over the smaller volume, 0..1: catches a small candidate inside a large one, which IoU misses. */
function coveredShare(a: Box3, b: Box3): number {
  let intersection = 1;
  for (let axis = 0; axis < 3; axis++) {
    intersection *= Math.max(0, Math.min(a[axis + 3]!, b[axis + 3]!) - Math.max(a[axis]!, b[axis]!));
  }
  return intersection / Math.min(box3Volume(a), box3Volume(b));
}
