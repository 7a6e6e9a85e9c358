/**
 * Which anchor answers for which annotated box: the rules to choose from.
 *
 * Shape shorthand: D: dimensions (2 or 3); M: anchors [M, 2 D] flat, lows then highs; G: annotated boxes [G, 2 D] flat
 *   result: Int32Array [M]: index into G, or `background`, or `ignored` (counts for no loss)
 */
export const background = -1;
export const ignored = -2;

/** Top-k: each box takes the k anchors that overlap it most, whatever their IoU; an anchor two boxes want goes to the nearer fit. */
export interface TopKMatching {
  readonly kind: 'top-k';
  readonly k: number;
}

/** IoU thresholds (Ren et al. 2015, section 3.1.2). */
export interface IouMatching {
  readonly kind: 'iou';
  /** At or above: foreground. */
  readonly foreground: number;
  /** Below: background; between the two: ignored. */
  readonly background: number;
  /** Each box also takes the anchors that overlap it as much as its best one does, however little that is. */
  readonly lowQuality: boolean;
}

/** Adaptive training sample selection (Zhang et al. 2020, algorithm 1), with the details of MONAI 1.3's ATSSMatcher. */
export interface AtssMatching {
  readonly kind: 'atss';
  /** Locations a level whose anchors are candidates of a box: those nearest its centre. The paper has 9, MONAI 4. */
  readonly candidates: number;
  /** Whether an anchor's centre must lie in the box, as in the paper; MONAI advises false for small objects. */
  readonly centerInBox: boolean;
}

/**
 * Nearest anchor: each box takes the anchors of the size and shape that fits it best (highest IoU when both are centred
 * on one point, the prior of Redmon & Farhadi 2017, section 2) at the k locations nearest its centre. Smaller boxes
 * choose first, and nobody takes an anchor that is taken.
 */
export interface NearestMatching {
  readonly kind: 'nearest';
  readonly k: number;
  /** Anchors not taken that overlap a box by more than this are ignored (0.5 in Redmon & Farhadi 2018); none where not given. */
  readonly ignoreAbove?: number | undefined;
}

export type Matching = TopKMatching | IouMatching | AtssMatching | NearestMatching;

/** What the rules need to know of the anchors beyond their corners. */
export interface AnchorLayout {
  readonly dimensions: 2 | 3;
  /** Anchors of each level, in order, summing to M; one level unless given. */
  readonly levelSizes?: readonly number[];
  /** Anchors at a location; 1 unless given. */
  readonly anchorsPerLocation?: number;
}
