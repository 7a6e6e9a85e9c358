import type { EngineOutput } from '../contract/engine-protocol';
import type { AnchorExplanation, BoxFate } from '../core/detection/explanation';
import { table, type Cell } from './output';

type Explained = EngineOutput<'explain'>;
type Explanation = Explained['explanation'];

const three = (value: number): string => value.toFixed(3);
const raw = ({ rawScore }: { rawScore?: number | undefined }): string | null =>
  rawScore === undefined ? null : three(rawScore);
const one = (values: readonly number[]): string => values.map((v) => v.toFixed(1)).join(', ');

/** What a person reads of it: anchors by level, boxes and what became of each, candidates of a volume. */
export function explanationText(path: string, { modelId, modelVersion, explanation }: Explained): string {
  const e = explanation;
  const unit = e.kind === 'picture' ? 'px' : 'mm';
  const where = e.kind === 'picture' ? `frame or slice ${e.frame}, point ${one(e.point)} px` : one(e.point);
  const parts = [
    `${path}: ${where}${e.kind === 'volume' ? ' mm (LPS)' : ''}, by ${modelId} ${modelVersion}\n`,
  ];
  if (e.skipped) {
    parts.push(
      `Detection leaves this ${e.kind === 'picture' ? 'slice' : 'window'} out: it holds ${e.kind === 'picture' ? 'next to no tissue' : 'next to no tissue, or no lung for a model that looks at lungs'}.\n`,
    );
  }
  parts.push(`\nAnchors at the point, by level (boxes ${unit}: lows, then highs):\n`, anchorTable(e));
  parts.push(`\nBoxes that hold the point: ${e.boxCount}`);
  parts.push(e.boxes.length < e.boxCount ? `, of which ${e.boxes.length} are shown\n` : '\n');
  if (e.boxes.length > 0) parts.push(boxTable(e));
  if (e.kind === 'picture' && e.candidates) {
    parts.push(`\nCandidates of neighbouring slices that hold the point: ${e.candidates.length}\n`);
    if (e.candidates.length > 0) parts.push(candidateTable(e.candidates, e.scoreFloor));
  }
  return parts.join('');
}

function anchorTable(e: Explanation): string {
  const row = (stride: string, cell: string, a: AnchorExplanation<readonly number[]>): Cell[] => [
    stride,
    cell,
    one(a.anchor),
    three(a.score),
    a.deltas.map((d) => d.toFixed(2)).join(', '),
    one(a.box),
    a.boxIndex === null ? 'not among the best of its level' : `box ${a.boxIndex}`,
  ];
  const rows =
    e.kind === 'picture'
      ? e.levels.flatMap((l) => l.anchors.map((a) => row(String(l.stride), `${l.row}, ${l.column}`, a)))
      : e.levels.flatMap((l) => l.anchors.map((a) => row(l.stride.join(' '), l.cell.join(', '), a)));
  const cell = e.kind === 'picture' ? 'row, column' : 'cell x, y, z';
  return table(['stride', cell, 'anchor', 'score', 'deltas', 'decoded', 'became'], rows);
}

function boxTable(e: Explanation): string {
  if (e.kind === 'volume') {
    const rows = e.boxes.map((b): Cell[] => [
      b.index,
      three(b.score),
      raw(b),
      one(b.box),
      fateText(b.fate, e.scoreFloor),
    ]);
    return table(['box', 'score', 'before calibration', 'place', 'what became of it'], rows);
  }
  const rows = e.boxes.map((b): Cell[] => [
    b.index,
    three(b.score),
    raw(b),
    three(b.rpnScore),
    three(b.firstScore),
    b.secondScore === null ? null : three(b.secondScore),
    b.source,
    one(b.box),
    fateText(b.fate, e.scoreFloor),
  ]);
  const head = [
    'box',
    'score',
    'before calibration',
    'rpn',
    'with attention',
    'second stage',
    'source',
    'place',
    'what became of it',
  ];
  return table(head, rows);
}

type Candidates = NonNullable<Extract<Explanation, { kind: 'picture' }>['candidates']>;

function candidateTable(candidates: Candidates, scoreFloor: number): string {
  const rows = candidates.map((c): Cell[] => {
    const slices = c.members.map(({ slice, score, widens }) =>
      widens ? `${slice} (${three(score)})` : `[${slice} (${three(score)})]`,
    );
    return [three(c.score), raw(c), one(c.boxLps), slices.join(' '), fateText(c.fate, scoreFloor)];
  });
  return table(
    [
      'score',
      'before calibration',
      'place, mm',
      'slices (score before calibration); [weak tail]',
      'what became of it',
    ],
    rows,
  );
}

function fateText(fate: BoxFate<unknown>, scoreFloor: number): string {
  if (fate.outcome === 'kept') return `kept, number ${fate.rank} (${fate.provenance})`;
  if (fate.outcome === 'passed') return 'passed on to the rest of the volume';
  const stage = fate.stage === 2 ? ' in the second stage' : '';
  if ('by' in fate) {
    const measure = fate.rule === 'nms' ? 'IoU' : 'share of the smaller';
    const better = `box ${fate.by} (score ${three(fate.byScore)}, ${measure} ${fate.overlap.toFixed(2)})`;
    return `removed${stage}: overlaps the better ${better}`;
  }
  return `removed${stage}: ${reasons(scoreFloor)[fate.rule]}`;
}

const reasons = (scoreFloor: number) => ({
  threshold: `below the score floor ${scoreFloor}`,
  size: 'smaller than the model allows',
  limit: 'beyond the number of boxes the model allows',
  outside: 'outside the picture',
  window: 'a neighbouring window answers for its place',
  lung: 'outside the lungs, which this model looks at',
});
