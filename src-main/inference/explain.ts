import { AppError } from '../core/app-error';
import type {
  BoxExplanation,
  BoxFate,
  CandidateExplanation,
  LevelExplanation,
  PictureExplanation,
} from '../core/detection/explanation';
import type { AveragedBox } from '../core/detection/flip-averaging';
import type { MergeTrace } from '../core/detection/slice-merging';
import { boxIjkToLps } from '../core/geometry/affine';
import type { Box2, Box3 } from '../core/geometry/box';
import type { VolumeGeometry } from '../core/volume/volume';
import type { PictureBundle } from './bundle/schema';
import { anchorLevels } from './network/anchor-grid';
import type { CompiledNetwork } from './network/compiled';
import { explainNetwork, type NetworkExplanation, type TracedBox } from './network/explain-network';
import { applyPoint, chain, invert, mapBox, scaling, type Affine2 } from './preprocess/affine2';
import { toSliceBox } from './preprocess/slices';

/**
 * What a network made of one point, in px of the picture or slice that it was given.
 *
 * Shape shorthand: S: canvas side; point and boxes px of the picture
 */
export interface ExplainRequest {
  /** [S, S, 3] normalised. */
  readonly image: Float32Array;
  readonly toCanvas: Affine2;
  readonly width: number;
  readonly height: number;
  readonly point: readonly [number, number];
  readonly minScore: number;
  /** [R, 4] px of the canvas: where selective search points. */
  readonly regions: Float32Array;
  /** Where the picture is read in tiles: what the others made of this one's boxes. */
  readonly merged?: ((place: number) => MergedFate) | undefined;
}

/** Kept with a rank, box and score among those of the whole picture; or why not; null: outside the picture. */
export type MergedFate =
  | { readonly rank: number; readonly box: Box2; readonly score: number }
  | { readonly rule: 'window' | 'limit' | 'threshold' }
  | null;

export const mostBoxes = 50;

/** Those that were kept, then the others, each by score; the first {@link mostBoxes}. */
export function worthFirst<T extends { readonly fate: { readonly outcome: string }; readonly score: number }>(
  boxes: readonly T[],
): T[] {
  const kept = (b: T): number => (b.fate.outcome === 'removed' ? 1 : 0);
  return [...boxes].sort((a, b) => kept(a) - kept(b) || b.score - a.score).slice(0, mostBoxes);
}

/** @throws AppError request.invalid where the point lies outside the picture */
export async function explainPicture(
  network: CompiledNetwork,
  bundle: PictureBundle,
  { image, toCanvas, width, height, point, minScore, regions, merged }: ExplainRequest,
): Promise<Omit<PictureExplanation, 'frame' | 'skipped' | 'candidates'>> {
  if (!(point[0] >= 0 && point[1] >= 0 && point[0] < width && point[1] < height)) {
    throw outside(`The picture is ${width} x ${height} px.`);
  }
  const levels = anchorLevels(network.architecture, bundle.anchors, bundle.input.size);
  const request = { image, point: applyPoint(toCanvas, point), minScore, regions };
  const found = await explainNetwork(network, levels, request);
  const fromCanvas = invert(toCanvas);
  const averaged = await network.average(image, minScore, regions);
  const inside = (box: Box2): Box2 | null => toSliceBox(box, fromCanvas, width, height);
  const afterAll = averaged ? fateAfterAverage(averaged, inside, merged) : merged;
  const boxes = found.boxes.map((b): BoxExplanation => {
    const { classIndex, ...rest } = b;
    const inAll = afterAll && b.fate.outcome === 'kept' ? afterAll(b.fate.rank - 1) : undefined;
    return {
      ...rest,
      box: inside(b.box) ?? mapBox(fromCanvas, b.box),
      ...(inAll && 'rank' in inAll && { box: inAll.box, score: inAll.score }),
      firstBox: mapBox(fromCanvas, b.firstBox),
      anchor: mapBox(fromCanvas, b.anchor),
      label: bundle.labels[classIndex]!,
      fate: inAll === undefined ? fateInPicture(b, found, fromCanvas, width, height) : fateOfMerged(b, inAll),
    };
  });
  return {
    kind: 'picture',
    point,
    scoreFloor: minScore,
    levels: found.levels.map((level): LevelExplanation => ({
      ...level,
      toPicture: chain(scaling(level.stride, level.stride), fromCanvas),
      anchors: level.anchors.map((a) => ({
        ...a,
        anchor: mapBox(fromCanvas, a.anchor),
        box: mapBox(fromCanvas, a.box),
      })),
      objectness: bufferOf(level.objectness),
      attention: level.attention && bufferOf(level.attention),
    })),
    boxes: worthFirst(boxes),
    boxCount: boxes.length,
  };
}

export const outside = (where: string): AppError =>
  new AppError('request.invalid', `This point lies outside. ${where}`, 'Choose a point inside.', {
    field: 'point',
  });

export const bufferOf = (values: Float32Array): ArrayBuffer => {
  const { buffer, byteOffset, byteLength } = values;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
};

/**
 * A canvas read twice: what became of a box of the plain reading.
 * @param merged of a box by its place among those of both readings, where other tiles have a say too
 */
function fateAfterAverage(
  averaged: readonly (AveragedBox & { readonly box: Box2 })[],
  inside: (box: Box2) => Box2 | null,
  merged: ExplainRequest['merged'],
): (place: number) => MergedFate {
  return (place) => {
    const now = averaged.findIndex((b) => b.plain === place);
    if (now < 0) return { rule: 'threshold' };
    if (merged) return merged(now);
    const { box, score } = averaged[now]!;
    const shown = inside(box);
    if (!shown) return null;
    const rank = averaged.slice(0, now + 1).filter((b) => inside(b.box) !== null).length;
    return { rank, box: shown, score };
  };
}

function fateOfMerged({ fate, secondScore }: TracedBox, merged: MergedFate): BoxFate<Box2> {
  if (merged && 'rank' in merged && fate.outcome === 'kept') return { ...fate, rank: merged.rank };
  const rule = merged && 'rule' in merged ? merged.rule : 'outside';
  return { outcome: 'removed', stage: secondScore === null ? 1 : 2, rule };
}

/** Boxes that lie wholly in the canvas's border are no findings, and the others' ranks close up. */
function fateInPicture(
  { fate, secondScore }: TracedBox,
  { kept }: NetworkExplanation,
  fromCanvas: Affine2,
  width: number,
  height: number,
): BoxFate<Box2> {
  const lies = (box: Box2): boolean => toSliceBox(box, fromCanvas, width, height) !== null;
  if (fate.outcome === 'kept') {
    const box = kept[fate.rank - 1]!;
    if (!lies(box)) return { outcome: 'removed', stage: secondScore === null ? 1 : 2, rule: 'outside' };
    return { ...fate, rank: kept.slice(0, fate.rank).filter(lies).length };
  }
  return 'byBox' in fate ? { ...fate, byBox: mapBox(fromCanvas, fate.byBox) } : fate;
}

/** @param ijk fractional voxel of the point @returns candidates that hold it, best first */
export function explainMerging(
  volume: VolumeGeometry,
  traces: readonly MergeTrace[],
  ijk: readonly [number, number, number],
  scoreFloor: number,
): CandidateExplanation[] {
  const lps = (box: Box3): Box3 => boxIjkToLps(volume, box);
  let rank = 0;
  const ranks = traces.map(({ suppressed, candidate }) =>
    suppressed || candidate.score < scoreFloor ? 0 : ++rank,
  );
  const fateOf = ({ suppressed, candidate }: MergeTrace, n: number): BoxFate<Box3> => {
    if (suppressed) {
      const { boxIjk, score } = traces[suppressed.by]!.candidate;
      const { by, overlap } = suppressed;
      return {
        outcome: 'removed',
        stage: 1,
        rule: 'inside',
        by,
        byBox: lps(boxIjk),
        byScore: score,
        overlap: Math.min(1, overlap),
      };
    }
    if (ranks[n] === 0) return { outcome: 'removed', stage: 1, rule: 'threshold' };
    return { outcome: 'kept', rank: ranks[n]!, provenance: candidate.provenance };
  };
  return traces.flatMap((trace, n) => {
    const { boxIjk, score, label } = trace.candidate;
    // Voxel boxes count from edges, indices from centres.
    if (!ijk.every((v, a) => v + 0.5 >= boxIjk[a]! && v + 0.5 < boxIjk[a + 3]!)) return [];
    const members = [...trace.members]
      .sort((a, b) => a.k - b.k)
      .map((m) => ({ slice: m.k, box: m.box.box, score: m.box.score, widens: m.widens }));
    return [{ boxLps: lps(boxIjk), score, label, members, fate: fateOf(trace, n) }];
  });
}
