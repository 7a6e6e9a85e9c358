import { describe, expect, it } from 'vitest';
import { drawnParameters } from '../../../test-support/made-pictures';
import { decodeBox } from '../../core/detection/box-coder';
import { boxAt } from '../../core/detection/select-proposals';
import { box2Iou } from '../../core/geometry/box';
import { loadTensorflow } from '../tensorflow';
import { anchorLevels } from './anchor-grid';
import { architecture, type Architecture } from './architecture';
import { CompiledNetwork } from './compiled';
import { explainNetwork, sigmoid } from './explain-network';

const base = {
  backbone: 'efficientnet-lite0',
  fpnChannels: 8,
  finestLevel: 4,
  coarsestLevel: 5,
  normGroups: 0,
  anchorsPerLocation: 3,
} as const;
const anchors = { baseScale: 3, scales: [1], aspectRatios: [0.5, 1, 2] };
const size = 64;
const rules = { preNmsTopN: [30, 12], nmsIouThreshold: 0.4, postNmsTopN: 4, minSize: 8, clip: true };
const image = Float32Array.from({ length: size * size * 3 }, (_, n) => Math.sin(n * n));
const regions = Float32Array.of(10, 10, 40, 40);
const point = [30, 27] as const;

async function explained(a: Architecture, minScore: number) {
  const tf = await loadTensorflow();
  const before = tf.memory().numTensors;
  const network = new CompiledNetwork(tf, a, anchors, { size }, rules, drawnParameters(a, 3));
  const held = tf.memory().numTensors;
  const levels = anchorLevels(a, anchors, size);
  const found = await explainNetwork(network, levels, { image, point, minScore, regions });
  expect(tf.memory().numTensors).toBe(held);
  const trace = await network.trace(image, minScore, regions);
  const proposed = await network.propose(image, minScore, regions);
  const { output, pyramid } = network.forward(image);
  const raw = {
    logits: output.objectness.dataSync(),
    deltas: output.boxDeltas.dataSync(),
    attention: pyramid.attention.map((t) => t.dataSync()),
  };
  network.release({ output, pyramid });
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { found, trace, proposed, raw, anchors: network.anchors };
}

const full = architecture.parse({
  ...base,
  spatialAttention: true,
  proposalAttention: { channels: 8, heads: 2 },
  secondStage: { proposals: 12, poolSize: 5, channels: 8, hidden: 8, classes: 2 },
});

describe('what a network made of a point', () => {
  it('is, by level, what its raw outputs say at the cell of the point', async () => {
    const { found, raw, anchors: all } = await explained(full, 0.1);
    expect(found.levels.map((l) => [l.stride, l.rows, l.columns, l.row, l.column])).toEqual([
      [16, 4, 4, 1, 1],
      [32, 2, 2, 0, 0],
    ]);
    const [fine, coarse] = found.levels;
    // Cell (1, 1) of four columns, three anchors each; the coarse level comes after 4 x 4 x 3.
    [15, 48].forEach((first, l) => {
      found.levels[l]!.anchors.forEach((a, n) => {
        const m = first + n;
        expect(a.anchor).toEqual(boxAt(all, m));
        expect(a.score).toBeCloseTo(sigmoid(raw.logits[m]!), 6);
        expect(a.deltas).toEqual(boxAt(raw.deltas, m));
        expect(a.box).toEqual(decodeBox(boxAt(all, m), boxAt(raw.deltas, m)));
      });
    });
    const best = (cell: number, from: number): number =>
      sigmoid(Math.max(...[0, 1, 2].map((n) => raw.logits[from + cell * 3 + n]!)));
    fine!.objectness.forEach((v, cell) => expect(v).toBeCloseTo(best(cell, 0), 6));
    coarse!.objectness.forEach((v, cell) => expect(v).toBeCloseTo(best(cell, 48), 6));
    expect(found.levels.map((l) => [...l.attention!])).toEqual(raw.attention.map((m) => [...m]));
  });

  it.each([
    ['one stage', architecture.parse(base)],
    ['attention and two stages', full],
  ])('has a fate for each box that agrees with the proposals: %s', async (_, a) => {
    const scores = (await explained(a, 0)).proposed.map((p) => p.score);
    // A floor that some kept boxes pass and others do not.
    const minScore = scores[Math.floor(scores.length / 2)]!;
    const { found, trace, proposed } = await explained(a, minScore);
    expect(found.kept).toEqual(proposed.map((p) => p.box));
    const inside = proposed.filter(
      ({ box: b }) => point[0] >= b[0] && point[0] < b[2] && point[1] >= b[1] && point[1] < b[3],
    );
    const kept = found.boxes.filter((b) => b.fate.outcome === 'kept');
    expect(kept.length).toBeGreaterThanOrEqual(inside.length);
    for (const { box, score, fate } of kept) {
      if (fate.outcome !== 'kept') throw new Error('not kept');
      expect(proposed[fate.rank - 1]).toMatchObject({ box, score, provenance: fate.provenance });
    }
    const rulesSeen = new Set<string>();
    for (const { fate, index, score, secondScore } of found.boxes) {
      if (fate.outcome !== 'removed') continue;
      rulesSeen.add(fate.rule);
      const first = fate.stage === 1;
      expect(secondScore === null).toBe(first);
      if (fate.rule === 'threshold') expect(score).toBeLessThan(minScore);
      if (!('by' in fate)) continue;
      const given = first ? trace.first : trace.second!;
      const row = (n: number): number => (first ? n : trace.second!.from.indexOf(n));
      const selection = first ? trace.firstSelection : trace.finalSelection;
      // The box that took its place was itself not suppressed, is better, and overlaps by more than the rule allows.
      expect(selection.removals[row(fate.by)]?.rule).not.toBe('nms');
      expect(fate.byBox).toEqual(boxAt(given.boxes, row(fate.by)));
      expect(fate.byScore).toBeGreaterThanOrEqual(given.scores[row(index)]!);
      const overlap = box2Iou(boxAt(given.boxes, row(index)), fate.byBox);
      expect(fate.overlap).toBeCloseTo(overlap, 6);
      expect(overlap).toBeGreaterThan(first && trace.second ? 0.7 : rules.nmsIouThreshold);
    }
    expect(rulesSeen).toContain('nms');
    expect(rulesSeen).toContain('threshold');
  });

  it('names the boxes that its anchors became, and says where selective search points', async () => {
    const { found, trace } = await explained(full, 0);
    const named = found.levels.flatMap((l) => l.anchors).filter((a) => a.boxIndex !== null);
    expect(named.length).toBeGreaterThan(0);
    for (const { boxIndex, anchor } of named) {
      expect(boxAt(trace.first.boxes, boxIndex!)).toHaveLength(4);
      const listed = found.boxes.find((b) => b.index === boxIndex);
      if (listed) expect(listed.anchor).toEqual(anchor);
    }
    const sources = found.boxes.map((b) => b.source);
    expect(sources.filter((s) => s === 'selective-search').length).toBeLessThanOrEqual(1);
    expect(trace.first.sources.filter((s) => s === 'selective-search')).toHaveLength(1);
  });
});
