import { describe, expect, it } from 'vitest';
import { compareParts, lateralityIssues, type SeriesPart } from './compare-parts';

const axial = [
  [1, 0, 0],
  [0, 1, 0],
] as const;
const sagittal = [
  [0, 1, 0],
  [0, 0, -1],
] as const;
const part = (over: Partial<SeriesPart> = {}): SeriesPart => ({
  images: 10,
  size: [512, 512],
  orientation: axial,
  spacing: [0.7, 0.7],
  localiser: false,
  unplaced: 0,
  acquisition: '1||',
  ...over,
});
const codes = (...parts: SeriesPart[]): string[][] => compareParts(parts).map((p) => p.map((i) => i.code));

describe('parts of one series', () => {
  it('says nothing of one part', () => {
    expect(codes(part())).toEqual([[]]);
  });

  it.each([
    ['direction', { orientation: sagittal }, 'mixed-orientation'],
    ['size', { size: [256, 256] as const }, 'mixed-size'],
    ['pixel spacing', { spacing: [0.9, 0.9] as const }, 'mixed-spacing'],
    ['acquisition number', { acquisition: '2||' }, 'several-acquisitions'],
    ['echo time', { acquisition: '1|80|' }, 'several-echoes'],
    ['point in time', { acquisition: '1||3' }, 'several-time-points'],
    ['stack', { acquisition: '1|||2' }, 'several-acquisitions'],
    ['nothing that is known', {}, 'mixed'],
  ])('names a difference in %s on both', (_, over, code) => {
    expect(codes(part(), part(over))).toEqual([[code], [code]]);
  });

  it('tells a stack of the localiser that was taken out of it, and of images without a place', () => {
    const found = compareParts([part(), part({ localiser: true, images: 2, orientation: sagittal })]);
    expect(found.map((p) => p.map((i) => i.code))).toEqual([['localiser-inside'], []]);
    expect(found[0]![0]!.text).toContain('2 localiser images');
    expect(codes(part(), part({ unplaced: 1, images: 1 }))).toEqual([['no-position'], ['mixed']]);
  });
});

describe('sides', () => {
  it.each([
    ['both in one image', [['L', 'R']], '', 'unsafe'],
    ['both in one series', [['L'], ['R']], '', 'warning'],
    ['another in the description', [['L']], 'RIGHT breast', 'warning'],
    ['another in the view', [['R']], 'L-MLO LMLO', 'warning'],
  ])('that contradict each other are named: %s', (_, said, description, severity) => {
    expect(lateralityIssues(said, description)).toMatchObject([{ code: 'contrary-laterality', severity }]);
  });

  it.each([
    ['one side', [['L', 'L'], ['L']], 'left knee'],
    ['both or neither', [['B', 'U']], 'RIGHT'],
    ['nothing said', [[]], 'left'],
    ['words that only begin like a side', [['L']], 'bright leftover'],
    ['both written', [['L']], 'left and right'],
  ])('that agree are not: %s', (_, said, description) => {
    expect(lateralityIssues(said, description)).toEqual([]);
  });
});
