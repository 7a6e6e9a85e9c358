import type { Modality } from '../volume/volume';
import type { Block } from './block';
import { evenBlock, onBlock } from './even-block';
import { fittingShare, liesInLung, outlineNodule } from './outline-nodule';
import { outlineByWalk } from './outline-walk';

/** To choose a threshold by, and to outline with: 0.2 s of work each. */
const coarseVoxels = 40_000;
const fineVoxels = 300_000;

/**
 * The lesion in a box, on the voxels of the block around it: by density in the lung, else by a random walk.
 *
 * @returns 1 inside; all 0 where nothing stands out
 */
export function outlineLesion(block: Block, modality: Modality): Uint8Array {
  const flat = block.dims[2] === 1;
  if (modality === 'CT' && !flat && block.channels === 1) {
    const coarse = evenBlock(block, coarseVoxels);
    if (liesInLung(coarse)) {
      const fine = evenBlock(block, fineVoxels);
      return onBlock(outlineNodule(fine, fittingShare(coarse)), fine, block);
    }
  }
  return outlineByWalk(block, flat);
}
