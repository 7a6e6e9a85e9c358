import { averagePrecision, createScratch, precisionRecall } from '../average-precision';
import { bootstrapIntervals, type BootstrapOptions } from '../bootstrap';
import type { Calibration } from '../calibration';
import { froc } from '../froc';
import { once, weighted, type MarkTable } from '../mark-table';
import { chartSvg, colours, type Axis, type Point } from './chart';

export interface DetectionPlotInput {
  /** Stands before the name of each chart: the data set. */
  readonly title: string;
  /** What false positives are counted in. */
  readonly unit: 'image' | 'scan';
  /** Ends and ticks of the FROC's axis, rising; two or more. */
  readonly rates: readonly number[];
  readonly marks: MarkTable;
  /** [I] as in BootstrapOptions. */
  readonly clusterOf?: Int32Array | undefined;
  readonly calibration: Calibration | null;
  /** A figure for the FROC's legend, such as "CPM 0.842". */
  readonly summary?: string;
  readonly bootstrap?: BootstrapOptions;
}

export interface DetectionPlot {
  /** A file's name without ending. */
  readonly name: 'froc' | 'precision-recall' | 'calibration';
  readonly svg: string;
}

/** The charts that the data allow: without lesions no FROC and no precision-recall, without probabilities no calibration. */
export function detectionPlots(input: DetectionPlotInput): DetectionPlot[] {
  const { lesions } = weighted(input.marks, once(input.marks));
  const plots: DetectionPlot[] = [];
  if (lesions > 0) {
    plots.push({ name: 'froc', svg: frocSvg(input, lesions) });
    plots.push({ name: 'precision-recall', svg: precisionRecallSvg(input, lesions) });
  }
  if (input.calibration) plots.push({ name: 'calibration', svg: calibrationSvg(input, input.calibration) });
  return plots;
}

function frocSvg(input: DetectionPlotInput, lesions: number): string {
  const { marks, rates, unit, clusterOf } = input;
  const [min, max] = [rates[0]!, rates[rates.length - 1]!];
  const steps = 120;
  const along = Array.from({ length: steps + 1 }, (_, n) => min * (max / min) ** (n / steps));
  const curve = froc(marks);
  const band = bootstrapIntervals(
    marks.positives.length,
    (weights) => curve.sensitivityAt(along, weights).map((v) => (v < 0 ? NaN : v)),
    { ...input.bootstrap, clusterOf },
  );
  const inBand = along.flatMap((rate, n) => {
    const interval = band[n];
    return interval ? [{ rate, low: interval[0], high: interval[1] }] : [];
  });
  const at = curve.sensitivityAt(rates);
  return chartSvg({
    title: `${input.title}: free-response ROC`,
    x: {
      label: `False positives per ${unit} (logarithmic)`,
      min,
      max,
      log: true,
      ticks: rates.map((rate) => ({ at: rate, label: fraction(rate) })),
    },
    y: shares('Sensitivity'),
    layers: [
      {
        kind: 'band',
        colour: colours.blue,
        legend: `95 % bootstrap interval (${clusterOf ? 'patients' : `${unit}s`})`,
        low: inBand.map(({ rate, low }): Point => [rate, low]),
        high: inBand.map(({ rate, high }): Point => [rate, high]),
      },
      {
        kind: 'line',
        colour: colours.blue,
        legend: `${lesions} lesions, ${marks.positives.length} ${unit}s`,
        points: curve.sensitivityAt(along).map((y, n): Point => [along[n]!, y]),
      },
      { kind: 'dots', colour: colours.blue, points: rates.map((rate, r): Point => [rate, at[r]!]) },
    ],
    notes: input.summary === undefined ? [] : [input.summary],
    legendAt: 'bottom-right',
  });
}

function precisionRecallSvg({ title, marks }: DetectionPlotInput, lesions: number): string {
  const points = precisionRecall(marks);
  const ap = averagePrecision(marks, lesions, once(marks), createScratch(marks.scores.length));
  let best = points[points.length - 1]?.precision ?? 0;
  // The envelope from the right: the highest precision at this recall or beyond, which average precision takes.
  const envelope = [...points]
    .reverse()
    .flatMap(({ recall, precision }): Point[] => {
      const before = best;
      best = Math.max(best, precision);
      return [
        [recall, before],
        [recall, best],
      ];
    })
    .reverse();
  const first = envelope[0];
  return chartSvg({
    title: `${title}: precision and recall`,
    x: shares('Recall'),
    y: shares('Precision'),
    layers: [
      {
        kind: 'line',
        colour: colours.orange,
        width: 1.6,
        dashed: true,
        legend: 'interpolated precision',
        points: first ? [[0, first[1]], ...envelope] : [],
      },
      {
        kind: 'line',
        colour: colours.blue,
        legend: 'precision at each score',
        points: points.map(({ recall, precision }): Point => [recall, precision]),
      },
    ],
    notes: [`Average precision ${ap.toFixed(3)}`],
    legendAt: 'bottom-left',
  });
}

function calibrationSvg(input: DetectionPlotInput, { bins, ...figures }: Calibration): string {
  return chartSvg({
    title: `${input.title}: calibration of scores`,
    x: shares('Mean score of marks'),
    y: shares('Share of marks that hit'),
    layers: [
      {
        kind: 'line',
        colour: colours.grey,
        width: 1.4,
        dashed: true,
        legend: 'perfect calibration',
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        kind: 'errors',
        colour: colours.blue,
        legend: '95 % interval (Wilson)',
        bars: bins.map((bin) => ({ x: bin.meanScore, low: bin.precision95[0], high: bin.precision95[1] })),
      },
      {
        kind: 'line',
        colour: colours.blue,
        width: 1.6,
        points: bins.map((bin): Point => [bin.meanScore, bin.precision]),
      },
      {
        kind: 'dots',
        colour: colours.blue,
        legend: `${bins.length} bins of equal count`,
        points: bins.map((bin): Point => [bin.meanScore, bin.precision]),
      },
    ],
    notes: [
      `Expected calibration error ${figures.expectedCalibrationError.toFixed(3)}`,
      `Brier score ${figures.brier.toFixed(3)}`,
    ],
    legendAt: 'top-left',
  });
}

const shares = (label: string): Axis => ({
  label,
  min: 0,
  max: 1,
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: at.toFixed(1) })),
});

/** 0.125 -> "1/8", as the challenge's figures have it; whole numbers as they are. */
function fraction(rate: number): string {
  const inverse = 1 / rate;
  return rate < 1 && Number.isInteger(inverse) ? `1/${inverse}` : String(rate);
}
