import type { Vec3 } from '../geometry/vec3';
import { labelComponents } from '../volume/components';

/** The part of a mask that hangs together (through faces) and holds most of the voxels that count; all 0 where none does. */
export function keepPart(mask: Uint8Array, dims: Vec3, counts: (n: number) => boolean): Uint8Array {
  const { labels, sizes } = labelComponents(mask, dims);
  const votes = new Array<number>(sizes.length).fill(0);
  labels.forEach((label, n) => {
    if (label > 0 && counts(n)) votes[label - 1]!++;
  });
  const best = votes.indexOf(Math.max(...votes));
  if (best < 0 || votes[best] === 0) return new Uint8Array(mask.length);
  return Uint8Array.from(labels, (label) => Number(label === best + 1));
}

/** Sets what the mask encloses: what does not hang together with the block's border. In place. */
export function fillEnclosed(mask: Uint8Array, dims: Vec3, flat: boolean): void {
  const outside = Uint8Array.from(mask, (v) => 1 - v);
  const { labels, boxes } = labelComponents(outside, dims);
  const open = boxes.map((box) =>
    [0, 1, 2].some((a) => (!flat || a < 2) && (box[a] === 0 || box[a + 3] === dims[a])),
  );
  labels.forEach((label, n) => {
    if (label > 0 && !open[label - 1]) mask[n] = 1;
  });
}
