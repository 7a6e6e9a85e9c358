import { decodeBoxesFlat } from '../../core/detection/box-coder';
import { importanceMap, StitchedMap, type BlendMode } from '../../core/detection/sliding-window';
import { suppressBoxes3, type Suppression3 } from '../../core/detection/suppress-3d';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec, VolumeProposalSpec } from '../bundle/schema';

/**
 * Sliding windows as MONAI's RetinaNetDetector runs them (apps/detection/networks/retinanet_detector.py,
 * utils/predict_utils.py, utils/box_selector.py): the head maps of all windows are averaged into maps of the whole volume,
 * and only these are decoded. A box where windows meet is then one box with one score.
 *
 * Shape shorthand: triples are x, y, z; D, H, W: a level of a window along z, y, x; A: anchors a location; C: classes
 */
export interface WindowMaps {
  /** [D, H, W, A * C] logits. */
  readonly scores: Float32Array;
  /** [D, H, W, A * 6]. */
  readonly deltas: Float32Array;
}

export interface FoundBoxes {
  /** [N, 6] flat, voxels of the volume, half-open; best first. */
  readonly boxes: number[];
  readonly scores: number[];
  readonly classes: number[];
  /** Those that were above the threshold, and which rule took the others away. */
  readonly considered: {
    readonly boxes: number[];
    readonly scores: number[];
    readonly classes: number[];
    readonly suppression: Suppression3;
  };
}

interface Level {
  readonly stride: Vec3;
  readonly shapes: readonly Vec3[];
  readonly windowSize: Vec3;
  readonly weights: Float32Array | undefined;
  readonly scores: StitchedMap;
  readonly deltas: StitchedMap;
}

/** Bytes of the largest array that {@link StitchedBoxes} holds for a volume of `dims` voxels. */
export function stitchedBytes(
  { anchors, labels }: { anchors: VolumeAnchorSpec; labels: readonly string[] },
  dims: Vec3,
): number {
  const places = ({ stride }: VolumeAnchorSpec['levels'][number]): number =>
    dims.reduce((product, side, a) => product * Math.ceil(side / stride[a]!), 1);
  return Math.max(
    ...anchors.levels.map((level) => 4 * places(level) * level.shapes.length * Math.max(6, labels.length)),
  );
}

export class StitchedBoxes {
  private readonly levels: readonly Level[];

  /**
   * @param dims of the volume, padded to what the network divides by
   * @param window its sides
   */
  constructor(
    private readonly anchors: VolumeAnchorSpec,
    private readonly classes: number,
    dims: Vec3,
    window: Vec3,
    mode: BlendMode,
  ) {
    const weights = mode === 'constant' ? null : importanceMap(window, mode);
    this.levels = anchors.levels.map(({ stride, shapes }) => {
      const at = (side: Vec3): Vec3 => [
        Math.ceil(side[0] / stride[0]),
        Math.ceil(side[1] / stride[1]),
        Math.ceil(side[2] / stride[2]),
      ];
      const windowSize = at(window);
      return {
        stride,
        shapes,
        windowSize,
        weights: weights ? nearest(weights, window, windowSize) : undefined,
        scores: new StitchedMap(at(dims), shapes.length * classes),
        deltas: new StitchedMap(at(dims), shapes.length * 6),
      };
    });
  }

  /** Adds what the network says of the window whose lowest corner is `start`. */
  add(maps: readonly WindowMaps[], start: Vec3): void {
    this.levels.forEach((level, l) => {
      // Starts that a stride does not divide are rounded down, as MONAI does.
      const at = start.map((s, a) => Math.floor(s / level.stride[a]!)) as [number, number, number];
      level.scores.add(maps[l]!.scores, level.windowSize, at, level.weights);
      level.deltas.add(maps[l]!.deltas, level.windowSize, at, level.weights);
    });
  }

  /**
   * 1. Of each level, the best anchors above the score threshold. 2. Decode, cut at the volume, drop what is thinner than a
   * voxel. 3. Non-maximum suppression over all levels, class by class. The maps are used up.
   *
   * @param dims of the volume without padding
   */
  select(spec: VolumeProposalSpec, dims: Vec3, minScore: number): FoundBoxes {
    const least = Math.max(minScore, spec.scoreThreshold);
    const all = { boxes: [] as number[], scores: [] as number[], classes: [] as number[] };
    for (const level of this.levels) {
      // Windows of nothing but air are not run: no anchor there is one.
      const logits = level.scores.mean(-Infinity);
      const deltas = level.deltas.mean();
      for (const { index, score } of best(logits, least, spec.preNmsTopN)) {
        const anchor = Math.floor(index / this.classes);
        const box = this.decode(level, anchor, deltas.subarray(anchor * 6, anchor * 6 + 6));
        if (!cut(box, dims)) continue;
        for (const v of box) all.boxes.push(v);
        all.scores.push(score);
        all.classes.push(index % this.classes);
      }
    }
    // MONAI's batched_nms: boxes of different classes do not suppress each other.
    const suppression = suppressBoxes3(all.boxes, all.scores, all.classes, {
      iouThreshold: spec.nmsIouThreshold,
      insideThreshold: null,
      limit: spec.postNmsTopN,
    });
    const { kept } = suppression;
    // MONAI's coordinate 0 is the centre of the first voxel, this program's its edge.
    const shift = this.anchors.origin === 'center' ? 0.5 : 0;
    const boxes = all.boxes.map((v) => v + shift);
    return {
      boxes: kept.flatMap((n) => boxes.slice(n * 6, n * 6 + 6)),
      scores: kept.map((n) => all.scores[n]!),
      classes: kept.map((n) => all.classes[n]!),
      considered: { ...all, boxes, suppression },
    };
  }

  /** @param anchor index into [D, H, W, A] of the whole volume's level */
  private decode({ stride, shapes, scores }: Level, anchor: number, deltas: Float32Array): Float32Array {
    const shape = shapes[anchor % shapes.length]!;
    const location = Math.floor(anchor / shapes.length);
    const [width, height] = scores.size;
    const at = [
      location % width,
      Math.floor(location / width) % height,
      Math.floor(location / width / height),
    ];
    const box = new Float32Array(6);
    for (let a = 0; a < 3; a++) {
      const center = (at[a]! + this.anchors.offset) * stride[a]!;
      box[a] = center - shape[a]! / 2;
      box[a + 3] = center + shape[a]! / 2;
    }
    return decodeBoxesFlat(box, deltas, { dimensions: 3 });
  }
}

/** Scores above `least`, the best `limit` of them, best first. */
function best(logits: Float32Array, least: number, limit: number): { index: number; score: number }[] {
  const found: { index: number; score: number; logit: number }[] = [];
  for (let index = 0; index < logits.length; index++) {
    const logit = logits[index]!;
    if (logit === -Infinity) continue;
    const score = Math.fround(1 / (1 + Math.exp(-logit)));
    if (score > least) found.push({ index, score, logit });
  }
  // By logit: where scores round to 1, the order is still the network's.
  return found.sort((a, b) => b.logit - a.logit || a.index - b.index).slice(0, limit);
}

/** Cuts a box at the volume; false where less than a voxel is left along some axis. */
function cut(box: Float32Array, dims: Vec3): boolean {
  for (let a = 0; a < 3; a++) {
    box[a] = Math.min(Math.max(box[a]!, 0), dims[a]!);
    box[a + 3] = Math.min(Math.max(box[a + 3]!, 0), dims[a]!);
    if (!(box[a + 3]! >= box[a]! + 1)) return false;
  }
  return true;
}

/** [Z, Y, X] of one size to another by nearest neighbour, as PyTorch's interpolate. */
function nearest(values: Float32Array, from: Vec3, to: Vec3): Float32Array {
  const out = new Float32Array(to[0] * to[1] * to[2]);
  const source = (n: number, a: 0 | 1 | 2): number => Math.floor((n * from[a]) / to[a]);
  for (let z = 0, at = 0; z < to[2]; z++)
    for (let y = 0; y < to[1]; y++)
      for (let x = 0; x < to[0]; x++, at++)
        out[at] = values[(source(z, 2) * from[1] + source(y, 1)) * from[0] + source(x, 0)]!;
  return out;
}
