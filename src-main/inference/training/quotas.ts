import { quotasByLesionSize } from '../../core/detection/level-quotas';
import { anchorLevels } from '../network/anchor-grid';
import { identity2, letterbox, mapBox } from '../preprocess/affine2';
import type { Sample } from './dataset';
import type { Recipe } from './recipe';

/** The recipe with its quotas dealt out by the size of the training lesions; as it is where it asks for none. */
export function dealQuotas(recipe: Recipe, samples: readonly Sample[]): Recipe {
  if (!recipe.quotas) return recipe;
  const { size } = recipe.input;
  const levels = anchorLevels(recipe.architecture, recipe.anchors, size);
  const middle = levels.map(({ sizes }) => sizes.reduce((sum, s) => sum + s, 0) / sizes.length);
  // Repeats count once: a quota is about how large lesions are, not how often they are drawn.
  const boxes = [...new Set(samples)].flatMap(({ pixels, boxes: own, reading }) => {
    const toCanvas = reading?.cropped ? identity2 : letterbox(pixels.width, pixels.height, size);
    return own.map((box) => mapBox(toCanvas, box));
  });
  const preNmsTopN = quotasByLesionSize(middle, boxes, recipe.quotas);
  return { ...recipe, proposals: { ...recipe.proposals, preNmsTopN } };
}
