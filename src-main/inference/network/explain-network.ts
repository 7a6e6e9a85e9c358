import type { AnchorLevel } from '../../core/detection/anchors';
import { decodeBox } from '../../core/detection/box-coder';
import type { AnchorExplanation, BoxExplanation, BoxFate } from '../../core/detection/explanation';
import { boxAt } from '../../core/detection/select-proposals';
import { box2Iou, type Box2 } from '../../core/geometry/box';
import type { CompiledNetwork, NetworkTrace, RawOutput } from './compiled';

/**
 * What a picture network made of one point of its canvas: at each level, and of each box that holds the point.
 *
 * Shape shorthand: A: anchors a location, M: anchors of all levels, K: boxes decoded; all boxes px of the canvas
 */
export interface LevelAtPoint {
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly row: number;
  readonly column: number;
  readonly anchors: readonly AnchorExplanation<Box2>[];
  /** [rows, columns] */
  readonly objectness: Float32Array;
  readonly attention: Float32Array | null;
}

/** A box of the explanation before its label is known. */
export interface TracedBox extends Omit<BoxExplanation, 'label'> {
  readonly classIndex: number;
}

export interface NetworkExplanation {
  readonly levels: readonly LevelAtPoint[];
  /** Those that hold the point. */
  readonly boxes: readonly TracedBox[];
  /** As propose() returns them. */
  readonly kept: readonly Box2[];
}

export interface PointOnCanvas {
  /** [S, S, 3] normalised. */
  readonly image: Float32Array;
  readonly point: readonly [number, number];
  readonly minScore: number;
  /** [R, 4] places that selective search points at. */
  readonly regions: Float32Array;
}

/** One pass of the network. @param levels where its anchors lie, as anchorLevels() has them */
export async function explainNetwork(
  network: CompiledNetwork,
  levels: readonly AnchorLevel[],
  { image, point, minScore, regions }: PointOnCanvas,
): Promise<NetworkExplanation> {
  const raw = network.forward(image);
  try {
    const trace = await network.follow(raw, minScore, regions);
    return {
      levels: await readLevels(network, levels, raw, point, trace),
      boxes: tracedBoxes(network, trace, point),
      kept: trace.finalSelection.boxes,
    };
  } finally {
    network.release(raw);
  }
}

async function readLevels(
  network: CompiledNetwork,
  levels: readonly AnchorLevel[],
  { output, pyramid }: RawOutput,
  point: readonly [number, number],
  trace: NetworkTrace,
): Promise<LevelAtPoint[]> {
  const logits = (await output.objectness.data()) as Float32Array;
  const deltas = (await output.boxDeltas.data()) as Float32Array;
  const perCell = network.architecture.anchorsPerLocation;
  // Where selective search points at an anchor that the network chose too, the network's own box comes first.
  const decoded = new Map<number, number>();
  trace.first.anchors.forEach((anchor, n) => {
    if (!decoded.has(anchor)) decoded.set(anchor, n);
  });
  const out: LevelAtPoint[] = [];
  let from = 0;
  for (const [l, { stride, rows, columns }] of levels.entries()) {
    const column = cellOf(point[0], stride, columns);
    const row = cellOf(point[1], stride, rows);
    const first = from + (row * columns + column) * perCell;
    const anchors = Array.from({ length: perCell }, (_, a): AnchorExplanation<Box2> => {
      const m = first + a;
      const anchor = boxAt(network.anchors, m);
      const shift = boxAt(deltas, m);
      return {
        anchor,
        score: sigmoid(logits[m]!),
        deltas: shift,
        box: decodeBox(anchor, shift),
        boxIndex: decoded.get(m) ?? null,
      };
    });
    const objectness = new Float32Array(rows * columns);
    for (let cell = 0; cell < objectness.length; cell++) {
      const own = logits.subarray(from + cell * perCell, from + (cell + 1) * perCell);
      objectness[cell] = sigmoid(Math.max(...own));
    }
    const map = pyramid.attention[l];
    const attention = map ? Float32Array.from((await map.data()) as Float32Array) : null;
    out.push({ stride, rows, columns, row, column, anchors, objectness, attention });
    from += rows * columns * perCell;
  }
  return out;
}

const cellOf = (at: number, stride: number, cells: number): number =>
  Math.min(cells - 1, Math.max(0, Math.floor(at / stride)));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function tracedBoxes(
  network: CompiledNetwork,
  trace: NetworkTrace,
  point: readonly [number, number],
): TracedBox[] {
  const { first, second } = trace;
  const regionOf = new Map(second?.from.map((n, r) => [n, r]));
  const found: TracedBox[] = [];
  for (let n = 0; n < first.scores.length; n++) {
    const firstBox = boxAt(first.boxes, n);
    const region = regionOf.get(n);
    const refined = second && region !== undefined;
    const box = refined ? boxAt(second.boxes, region) : firstBox;
    if (!holds(firstBox, point) && !holds(box, point)) continue;
    found.push({
      index: n,
      box,
      firstBox,
      anchor: boxAt(network.anchors, first.anchors[n]!),
      stride: 2 ** first.levels[n]!,
      source: first.sources[n]!,
      rpnScore: first.rpnScores[n]!,
      firstScore: first.scores[n]!,
      secondScore: refined ? second.ownScores[region]! : null,
      score: refined ? second.scores[region]! : first.scores[n]!,
      classIndex: refined ? second.classIndices[region]! : 0,
      fate: fateOf(trace, n, region),
    });
  }
  return found;
}

const holds = (box: Box2, [x, y]: readonly [number, number]): boolean =>
  x >= box[0] && x < box[2] && y >= box[1] && y < box[3];

function fateOf(trace: NetworkTrace, n: number, region: number | undefined): BoxFate<Box2> {
  const { first, firstSelection, second, finalSelection } = trace;
  const early = firstSelection.removals[n]!;
  const [stage, at, given, selection] =
    second && !early && region !== undefined
      ? ([2, region, second, finalSelection] as const)
      : ([1, n, first, firstSelection] as const);
  const removal = selection.removals[at]!;
  if (!removal) {
    const place = selection.kept.indexOf(at);
    return { outcome: 'kept', rank: place + 1, provenance: selection.provenance[place]! };
  }
  if (removal.rule !== 'nms') return { outcome: 'removed', stage, rule: removal.rule };
  const byBox = boxAt(given.boxes, removal.by);
  return {
    outcome: 'removed',
    stage,
    rule: 'nms',
    // Boxes are named by their place in the first stage throughout.
    by: stage === 2 ? second!.from[removal.by]! : removal.by,
    byBox,
    byScore: given.scores[removal.by]!,
    overlap: Math.min(1, box2Iou(boxAt(given.boxes, at), byBox)),
  };
}
