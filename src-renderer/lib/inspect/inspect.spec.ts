import { describe, expect, it } from 'vitest';
import type { ImageLayout } from '../../../src-main/core/study/entities';
import { formatMessage } from '../i18n/format';
import type { Arguments, Message } from '../i18n/messages';
import { answering, fateText, levelScores, sidesText, suppressedBy, type Explained } from './explained';
import { heatColours, heatMap } from './heat-map';

const english = <M extends Message>(message: M, ...values: Arguments<M>): string =>
  formatMessage('en', message, ...values);
type Explanation = Extract<Explained['explanation'], { kind: 'picture' }>;
const box = (index: number, score: number, fate: Explanation['boxes'][number]['fate']) => ({
  ...{ index, score, fate, box: [0, 0, 10, 20], firstBox: [0, 0, 10, 20], anchor: [0, 0, 16, 16], stride: 8 },
  ...{ source: 'network', rpnScore: 0.4, firstScore: 0.4, secondScore: 0.8, label: 'polyp' },
});
const removed = (by: number): Explanation['boxes'][number]['fate'] => ({
  outcome: 'removed',
  ...{ stage: 2, rule: 'nms', by, byBox: [0, 0, 1, 1], byScore: 0.7, overlap: 0.61 },
});
const level = (stride: number, scores: number[]) => ({
  ...{ stride, rows: 2, columns: 3, row: 0, column: 0, attention: null },
  // Cells of 8 px, from (-4, 2) on.
  toPicture: [8, 0, -4, 0, 8, 2],
  anchors: scores.map((score) => ({
    score,
    anchor: [0, 0, 1, 1],
    deltas: [],
    box: [0, 0, 1, 1],
    boxIndex: null,
  })),
  objectness: new Float32Array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).buffer,
});
const explanation = {
  ...{ kind: 'picture', frame: 0, point: [4, 4], skipped: false, scoreFloor: 0.05, candidates: null },
  levels: [level(8, [0.2, 0.6]), level(16, [0.3])],
  boxes: [
    box(3, 0.7, { outcome: 'kept', rank: 1, provenance: 'network' }),
    box(5, 0.9, removed(3)),
    box(6, 0.2, removed(3)),
  ],
  boxCount: 3,
} as unknown as Explanation;

describe('what the inspector says', () => {
  it('is of the box that was kept, though one of a higher score fell', () => {
    expect(answering(explanation)?.index).toBe(3);
    expect(answering({ ...explanation, boxes: explanation.boxes.slice(1) })?.index).toBe(5);
    expect(answering({ ...explanation, boxes: [] })).toBeNull();
    expect(suppressedBy(explanation, 3)).toEqual({ count: 2, best: 0.9 });
  });
  it('names the rule that removed a box', () => {
    expect(fateText(explanation.boxes[1]!.fate, 0.05, english)).toBe(
      'Removed: overlaps a better box of score 0.70 by 61 %',
    );
    for (const rule of ['threshold', 'size', 'limit', 'outside', 'window', 'lung'] as const)
      expect(fateText({ outcome: 'removed', stage: 1, rule }, 0.05, english)).toMatch(/^Removed: /);
  });
  it('gives sides in the unit of the pictures and the best score of each level', () => {
    expect(sidesText([1, 2, 11, 22.4], 'px')).toBe('10 × 20 px');
    expect(sidesText([0, 0, 0, 1, 2, 3], 'mm')).toBe('1.0 × 2.0 × 3.0 mm');
    expect(levelScores(explanation)).toEqual([
      { stride: '8', score: 0.6 },
      { stride: '16', score: 0.3 },
    ]);
  });
});

describe('the objectness map', () => {
  const pixels = { kind: 'image', pixelSpacing: [0.5, 0.25] } as unknown as ImageLayout;
  it('is of the level that answered most, and lies where its cells do', () => {
    const map = heatMap(explanation, pixels)!;
    expect([map.rows, map.columns]).toEqual([2, 3]);
    // The middle of the first pixel is the world's origin: px -4 is -4.5 pixels from it.
    expect(map.corner).toEqual([-4.5 * 0.5, 1.5 * 0.25, 0]);
    expect(map.column).toEqual([4, 0, 0]);
    expect(map.row).toEqual([0, 2, 0]);
    expect(heatMap({ ...explanation, levels: [] }, pixels)).toBeNull();
  });
  it('is clear where nothing is and bright where much is', () => {
    const [clear, hot] = [0, 1].map((n) => heatColours(new Float32Array([0, 1])).slice(4 * n, 4 * n + 4));
    expect(clear![3]).toBe(0);
    expect([...hot!]).toEqual([255, 255, 255, 200]);
  });
});
