import { box2Iou, type Box2 } from '../geometry/box';

/**
 * Which anchor answers for which annotated box.
 *
 * Shape shorthand: M: anchors [M, 4] flat; G: annotated boxes
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

export type Matching = TopKMatching | IouMatching;

export function matchAnchors(anchors: Float32Array, boxes: readonly Box2[], matching: Matching): Int32Array {
  return matching.kind === 'iou'
    ? matchByIou(anchors, boxes, matching)
    : matchTopK(anchors, boxes, matching.k);
}

export function matchByIou(anchors: Float32Array, boxes: readonly Box2[], options: IouMatching): Int32Array {
  const count = anchors.length / 4;
  const result = new Int32Array(count).fill(background);
  if (boxes.length === 0) return result;
  const best = new Int32Array(count);
  const bestIou = new Float64Array(count).fill(-1);
  const highest = new Float64Array(boxes.length);
  const ious = boxes.map((box) => iousOf(anchors, box));
  ious.forEach((row, g) => {
    for (let m = 0; m < count; m++) {
      if (row[m]! > bestIou[m]!) {
        bestIou[m] = row[m]!;
        best[m] = g;
      }
      if (row[m]! > highest[g]!) highest[g] = row[m]!;
    }
  });
  for (let m = 0; m < count; m++) {
    if (bestIou[m]! >= options.foreground) result[m] = best[m]!;
    else if (bestIou[m]! >= options.background) result[m] = ignored;
  }
  if (options.lowQuality) {
    // As torchvision's Matcher: the anchor joins its own best box, which need not be the one that asked for it.
    ious.forEach((row, g) => {
      for (let m = 0; m < count; m++) if (highest[g]! > 0 && row[m] === highest[g]) result[m] = best[m]!;
    });
  }
  return result;
}

export function matchTopK(anchors: Float32Array, boxes: readonly Box2[], k: number): Int32Array {
  const count = anchors.length / 4;
  const result = new Int32Array(count).fill(background);
  const claimed = new Float64Array(count);
  boxes.forEach((box, g) => {
    const row = iousOf(anchors, box);
    for (const m of largest(row, k)) {
      if (row[m]! <= claimed[m]!) continue;
      claimed[m] = row[m]!;
      result[m] = g;
    }
  });
  return result;
}

function iousOf(anchors: Float32Array, box: Box2): Float64Array {
  const out = new Float64Array(anchors.length / 4);
  for (let m = 0; m < out.length; m++) {
    const at = m * 4;
    out[m] = box2Iou([anchors[at]!, anchors[at + 1]!, anchors[at + 2]!, anchors[at + 3]!], box);
  }
  return out;
}

/** Indices of the k largest positive values, largest first; the lower index first among equals. */
function largest(values: Float64Array, k: number): number[] {
  const top: number[] = [];
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (value <= 0 || (top.length === k && value <= values[top[k - 1]!]!)) continue;
    let place = top.length;
    while (place > 0 && values[top[place - 1]!]! < value) place--;
    top.splice(place, 0, n);
    if (top.length > k) top.pop();
  }
  return top;
}
