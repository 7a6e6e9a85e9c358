import type { Box2, Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import type { ProposalProvenance } from './select-proposals';

/**
 * Why a network marked a place or did not: everything it made of one point, as plain data.
 *
 * Shape shorthand: H_l, W_l: rows and columns of level l; maps are float32 little-endian [H_l, W_l] in an ArrayBuffer, as
 *   slices are. Boxes and points of pictures are px (the first pixel covers [0, 1)), those of volumes LPS mm.
 */

/** What became of a box; `by` is the index of the better box that it fell to. */
export type BoxFate<B> =
  | {
      readonly outcome: 'kept';
      /** From 1, best first, among all boxes kept. */
      readonly rank: number;
      readonly provenance: ProposalProvenance;
    }
  /** It got as far as suppression over the whole volume, which was not asked for. */
  | { readonly outcome: 'passed' }
  | {
      readonly outcome: 'removed';
      readonly stage: 1 | 2;
      /**
       * outside: nothing of it lies in the picture; window: a neighbouring window answers for its place; lung: the model
       * looks at lungs, and it lies outside them.
       */
      readonly rule: 'threshold' | 'size' | 'limit' | 'outside' | 'window' | 'lung';
    }
  | {
      readonly outcome: 'removed';
      readonly stage: 1 | 2;
      /** nms: by intersection over union; inside: by its share of the smaller box. */
      readonly rule: 'nms' | 'inside';
      readonly by: number;
      readonly byBox: B;
      readonly byScore: number;
      /** Of both boxes, by the rule's own measure. */
      readonly overlap: number;
    };

/** One reference box at the point's location. */
export interface AnchorExplanation<B> {
  readonly anchor: B;
  /** Sigmoid of the network's logit, before any attention among proposals; the best class's. */
  readonly score: number;
  /** Shift of the centre along each axis in sides of the anchor, then log of the ratio of sides, axes of the canvas. */
  readonly deltas: readonly number[];
  /** The anchor after its deltas. */
  readonly box: B;
  /** Index of the box among those that were decoded; null: not one of the best of its level. */
  readonly boxIndex: number | null;
}

/** a, b, c, d, e, f: x = a column + b row + c, y = d column + e row + f, px; cell (row, column) covers [n, n + 1). */
export type CellToPixel = readonly [number, number, number, number, number, number];

export interface LevelExplanation {
  /** Canvas px between neighbouring cells. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly toPicture: CellToPixel;
  /** The point's cell; the nearest one where the point lies beside the canvas. */
  readonly row: number;
  readonly column: number;
  readonly anchors: readonly AnchorExplanation<Box2>[];
  /** Best score of the anchors of each cell. */
  readonly objectness: ArrayBuffer;
  /** Weight of each cell, 0..1; null where the network has no spatial attention. */
  readonly attention: ArrayBuffer | null;
}

/** A decoded box that holds the point. */
export interface BoxExplanation {
  /** Names the box in `by` and `boxIndex`. */
  readonly index: number;
  /** After the second stage where it went through it. */
  readonly box: Box2;
  readonly firstBox: Box2;
  readonly anchor: Box2;
  readonly stride: number;
  readonly source: 'network' | 'selective-search';
  /** Of the RPN alone. */
  readonly rpnScore: number;
  /** With the attention among proposals; the same where the network has none. */
  readonly firstScore: number;
  /** The second stage's own; null where the box did not get there. */
  readonly secondScore: number | null;
  /** As findings have it: calibrated where the model is. */
  readonly score: number;
  readonly rawScore?: RawScore;
  readonly label: string;
  readonly fate: BoxFate<Box2>;
}

/** The score before calibration; left out where the model has none. */
type RawScore = number | undefined;

/** How boxes of neighbouring slices became one candidate. Members have the network's scores: they are merged first. */
export interface CandidateExplanation {
  readonly boxLps: Box3;
  readonly score: number;
  readonly rawScore?: RawScore;
  readonly label: string;
  /** By slice. `widens` is false of the weak tail, which counts in neither box nor score. */
  readonly members: readonly {
    readonly slice: number;
    readonly box: Box2;
    readonly score: number;
    readonly widens: boolean;
  }[];
  readonly fate: BoxFate<Box3>;
}

export interface PictureExplanation {
  readonly kind: 'picture';
  /** Frame, or slice along k. */
  readonly frame: number;
  readonly point: readonly [number, number];
  /** Detection does not look at this slice: it holds next to no tissue. What follows is what it would have seen. */
  readonly skipped: boolean;
  readonly scoreFloor: number;
  readonly levels: readonly LevelExplanation[];
  /** Kept ones first, then by score; at most 50. */
  readonly boxes: readonly BoxExplanation[];
  /** How many hold the point. */
  readonly boxCount: number;
  /** Those that hold the point, best first; null where the other slices were not asked for. */
  readonly candidates: readonly CandidateExplanation[] | null;
}

export interface VolumeLevelExplanation {
  /** Voxels of the network's grid between neighbouring cells along x, y, z. */
  readonly stride: Vec3;
  readonly rows: number;
  readonly columns: number;
  /** The plane of the maps in the patient: corner of cell (0, 0), then a step along columns and one along rows, mm. */
  readonly plane: { readonly corner: Vec3; readonly columnStep: Vec3; readonly rowStep: Vec3 };
  /** The point's cell x, y, z in the window. */
  readonly cell: Vec3;
  readonly anchors: readonly AnchorExplanation<Box3>[];
  /** Best score of each cell of the plane of the grid's x and y through the point. */
  readonly objectness: ArrayBuffer;
}

export interface VolumeBoxExplanation {
  readonly index: number;
  readonly box: Box3;
  readonly score: number;
  readonly rawScore?: RawScore;
  readonly label: string;
  readonly fate: BoxFate<Box3>;
}

export interface VolumeExplanation {
  readonly kind: 'volume';
  readonly point: Vec3;
  /** The window that answers for the point. */
  readonly window: { readonly boxLps: Box3; readonly spacing: Vec3 };
  /** Detection does not look at this window: it holds nothing but air, or no lung where the model looks at lungs. */
  readonly skipped: boolean;
  readonly scoreFloor: number;
  /**
   * Finest first; none where the network gives boxes and no maps. Of the window alone: a network whose windows are averaged
   * before they are decoded (MONAI's) names no box of its anchors where the whole volume was read.
   */
  readonly levels: readonly VolumeLevelExplanation[];
  readonly boxes: readonly VolumeBoxExplanation[];
  readonly boxCount: number;
}

export type Explanation = PictureExplanation | VolumeExplanation;
