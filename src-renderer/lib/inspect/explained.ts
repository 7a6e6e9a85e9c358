import type { EndpointOutput } from '../../../src-main/contract/endpoints';
import { inspect } from '../i18n/areas/inspect';
import type { Arguments, Message } from '../i18n/messages';

export type Explained = EndpointOutput<'series.explain'>;
type Explanation = Explained['explanation'];
type Fate = Explanation['boxes'][number]['fate'];
type Translate = <M extends Message>(message: M, ...values: Arguments<M>) => string;

/** The box that answers for the point: the best that was kept (or goes on), else the best at all. */
export function answering({ boxes }: Explanation): Explanation['boxes'][number] | null {
  type AnyBox = Explanation['boxes'][number];
  const best = (of: readonly AnyBox[]): AnyBox | null => [...of].sort((a, b) => b.score - a.score)[0] ?? null;
  return best(boxes.filter((box) => box.fate.outcome !== 'removed')) ?? best([...boxes]);
}

/** Boxes at the point that fell to `index`. */
export function suppressedBy({ boxes }: Explanation, index: number): { count: number; best: number } {
  const fallen = boxes.filter(
    (box) => box.fate.outcome === 'removed' && 'by' in box.fate && box.fate.by === index,
  );
  return { count: fallen.length, best: Math.max(0, ...fallen.map((box) => box.score)) };
}

export function fateText(fate: Fate, floor: number, t: Translate): string {
  if (fate.outcome === 'kept') return t(inspect.kept, { rank: fate.rank });
  if (fate.outcome === 'passed') return t(inspect.passed);
  if ('by' in fate)
    return t(inspect.overlaps, {
      score: fate.byScore.toFixed(2),
      overlap: Math.round(100 * fate.overlap),
    });
  if (fate.rule === 'threshold') return t(inspect.threshold, { floor });
  return t(inspect[fate.rule === 'size' ? 'tooSmall' : fate.rule]);
}

/** Sides of a box, in the explanation's unit. */
export function sidesText(box: readonly number[], unit: 'px' | 'mm'): string {
  const axes = box.length / 2;
  const sides = Array.from({ length: axes }, (_, n) =>
    (box[n + axes]! - box[n]!).toFixed(unit === 'px' ? 0 : 1),
  );
  return `${sides.join(' × ')} ${unit}`;
}

/** Best score of each level's anchors at the point; the map of the level on which it is best is the one worth seeing. */
export function levelScores({ levels }: Explanation): { stride: string; score: number }[] {
  return levels.map(({ stride, anchors }) => ({
    stride: typeof stride === 'number' ? String(stride) : stride.join(' × '),
    score: Math.max(0, ...anchors.map((anchor) => anchor.score)),
  }));
}
