import type { InputSpec } from '../bundle/schema';
import type { VolumeJudgement } from '../detector-types';
import type { SlicePlan } from '../preprocess/slices';
import { render } from './gate-view';
import type { PictureGate } from './picture-gate';

/** Slices that are looked at, evenly spread over the middle half of those that hold tissue: the ends show little. */
const looked = 7;
const tooFew = 3;

/**
 * Judges a volume by its middle slices: it is turned away where most of them are, since single slices of any volume
 * look odd.
 */
export function judgeSlices(gate: PictureGate, plan: SlicePlan, input: InputSpec): VolumeJudgement {
  const count = plan.indices.length;
  if (count < tooFew) {
    return {
      checked: count,
      notAnalysable: {
        reason: 'too-few-slices',
        message: `Only ${count} slices of the volume show anything.`,
      },
    };
  }
  const picked = [
    ...new Set(
      Array.from({ length: looked }, (_, n) => {
        const along = 0.25 + (0.5 * (n + 0.5)) / looked;
        return plan.indices[Math.min(count - 1, Math.floor(along * count))]!;
      }),
    ),
  ];
  const refused = picked.flatMap((index) => {
    const { pixels, toCanvas, range } = plan.view(index);
    const found = gate.checkFeatures(render(pixels, toCanvas, range, input));
    return found ? [found] : [];
  });
  if (2 * refused.length <= picked.length) return { checked: picked.length, notAnalysable: null };
  return {
    checked: picked.length,
    notAnalysable: {
      reason: 'unlike',
      message: 'The slices do not look like those that this model was made for.',
    },
  };
}
