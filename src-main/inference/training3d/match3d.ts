import { matchAnchors } from '../../core/detection/matching';
import { background, ignored, type AnchorLayout, type Matching } from '../../core/detection/matching-rules';
import type { Box3 } from '../../core/geometry/box';
import type { Patch } from './patches';

/**
 * Which anchors of a patch answer for which lesion; those that lie in an ignored region and answer for none count neither
 * way.
 *
 * Shape shorthand: M: anchors [M, 6] flat
 */
export function matchPatch(
  anchors: Float32Array,
  patch: Patch,
  matching: Matching,
  layout: AnchorLayout,
): Int32Array {
  const matches = matchAnchors(anchors, patch.boxes, matching, layout);
  for (const region of patch.ignored) {
    for (let m = 0; m < matches.length; m++) {
      if (matches[m] === background && holdsCenter(region, anchors, m * 6)) matches[m] = ignored;
    }
  }
  return matches;
}

function holdsCenter(region: Box3, anchors: Float32Array, at: number): boolean {
  // The slowest axis first: it tells most of them apart.
  for (let d = 2; d >= 0; d--) {
    const center = (anchors[at + d]! + anchors[at + 3 + d]!) / 2;
    if (center < region[d]! || center > region[d + 3]!) return false;
  }
  return true;
}
