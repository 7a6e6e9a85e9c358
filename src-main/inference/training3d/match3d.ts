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
  if (patch.ignored.length === 0) return matches;
  for (let m = 0; m < matches.length; m++) {
    if (matches[m] === background && patch.ignored.some((r) => holdsCenter(r, anchors, m)))
      matches[m] = ignored;
  }
  return matches;
}

function holdsCenter(region: Box3, anchors: Float32Array, m: number): boolean {
  for (let d = 0; d < 3; d++) {
    const center = (anchors[m * 6 + d]! + anchors[m * 6 + 3 + d]!) / 2;
    if (center < region[d]! || center > region[d + 3]!) return false;
  }
  return true;
}
