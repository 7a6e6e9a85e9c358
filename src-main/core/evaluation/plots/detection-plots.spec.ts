import { describe, expect, it } from 'vitest';
import { calibrate } from '../calibration';
import { cpmRates } from '../froc';
import { markTable, type MatchedMarks } from '../mark-table';
import { chartSvg } from './chart';
import { detectionPlots, type DetectionPlotInput } from './detection-plots';

/** 40 scans, a lesion each, every other one found; two false marks a scan. */
const matched: MatchedMarks = {
  images: 40,
  lesions: Array.from({ length: 40 }, (_, image) => ({ image, size: 5 })),
  marks: Array.from({ length: 40 }, (_, image) => [
    ...(image % 2 === 0 ? [{ image, lesion: image, score: 0.95 - image / 100 }] : []),
    { image, lesion: -1, score: 0.6 - image / 100 },
    { image, lesion: -1, score: 0.3 },
  ]).flat(),
};

const input = (of: MatchedMarks, more: Partial<DetectionPlotInput> = {}): DetectionPlotInput => {
  const marks = markTable(of);
  return {
    title: 'Made <data> & more',
    unit: 'scan',
    rates: cpmRates,
    marks,
    calibration: calibrate(marks)?.result ?? null,
    bootstrap: { resamples: 50 },
    ...more,
  };
};
const numbersIn = (svg: string, attribute: string): number[] =>
  [...svg.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map((m) => Number(m[1]));

describe('detectionPlots', () => {
  const plots = detectionPlots(input(matched, { summary: 'CPM 0.5' }));

  it('draws all three, with nothing undefined and all text escaped', () => {
    expect(plots.map((p) => p.name)).toEqual(['froc', 'precision-recall', 'calibration']);
    for (const { svg } of plots) {
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg).toContain('Made &lt;data&gt; &amp; more');
      // Every element is closed: as many opened as closed or empty.
      const opened = svg.match(/<[a-zA-Z]/g)!.length;
      expect(svg.match(/\/>|<\//g)!.length).toBe(opened);
    }
  });

  it('puts the rates at equal steps on the logarithmic axis, and marks the curve there', () => {
    const froc = plots[0]!.svg;
    for (const label of [
      '1/8',
      '1/4',
      '1/2',
      '>1<',
      '>2<',
      '>4<',
      '>8<',
      'CPM 0.5',
      'False positives per scan',
    ])
      expect(froc).toContain(label);
    const x = numbersIn(froc, 'cx');
    expect(x).toHaveLength(7);
    for (const [n, at] of x.entries()) expect(at - x[0]!).toBeCloseTo((n * (x[6]! - x[0]!)) / 6, 1);
    // At 2 false marks a scan half of the lesions are found: half way up the frame of 52 to 488.
    expect(numbersIn(froc, 'cy')[6]).toBeCloseTo(270, 1);
    expect(froc).toContain('40 lesions, 40 scans');
    expect(froc).toContain('bootstrap interval (scans)');
  });

  it('says whom the interval draws', () => {
    const clusterOf = Int32Array.from({ length: 40 }, (_, i) => i >> 1);
    expect(detectionPlots(input(matched, { clusterOf }))[0]!.svg).toContain('interval (patients)');
  });

  it('leaves out what the data cannot show', () => {
    const scores = matched.marks.map((m) => ({ ...m, score: m.score * 10 }));
    expect(detectionPlots(input({ ...matched, marks: scores })).map((p) => p.name)).toEqual([
      'froc',
      'precision-recall',
    ]);
    const none = { images: 1, lesions: [], marks: [{ image: 0, lesion: -1, score: 0.5 }] };
    expect(detectionPlots(input(none)).map((p) => p.name)).toEqual(['calibration']);
    const unmarked = detectionPlots(input({ ...matched, marks: [] }));
    expect(unmarked.map((p) => p.name)).toEqual(['froc', 'precision-recall']);
    for (const { svg } of unmarked) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('chartSvg', () => {
  it('puts the legend where it hides nothing', () => {
    const axis = { label: '', min: 0, max: 1, ticks: [] };
    const legendOf = (points: [number, number][]): [x: number, y: number] => {
      const layers = [{ kind: 'line', colour: '#000', legend: 'a curve', points } as const];
      const svg = chartSvg({ title: '', x: axis, y: axis, legendAt: 'bottom-left', layers });
      const [, x, y] = /<rect x="([^"]*)" y="([^"]*)"[^>]* rx="3"/.exec(svg)!;
      return [Number(x), Number(y)];
    };
    const [left, bottom] = legendOf([[0.5, 0.5]]);
    expect([left < 200, bottom > 300]).toEqual([true, true]);
    // Only the ends of this line are given: it runs through the corners at bottom left and top right.
    const [x, y] = legendOf([
      [0, 0],
      [1, 1],
    ]);
    expect([x < 200, y < 200]).toEqual([true, true]);
  });

  it('thins a curve to what the eye can see, ends kept', () => {
    const axis = { label: '', min: 0, max: 1, ticks: [] };
    const points = Array.from({ length: 100_001 }, (_, i) => [i / 100_000, i / 100_000] as const);
    const svg = chartSvg({
      title: '',
      x: axis,
      y: axis,
      legendAt: 'top-left',
      layers: [{ kind: 'line', colour: '#000', points }],
    });
    const drawn = /points="([^"]*)"/.exec(svg)![1]!.split(' ');
    expect(drawn.length).toBeLessThan(4000);
    expect([drawn[0], drawn[drawn.length - 1]]).toEqual(['84,488', '692,52']);
  });
});
