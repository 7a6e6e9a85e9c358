import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapIntervals } from '../../src-main/core/evaluation/bootstrap';
import type { CocoDetection, CocoTruth } from '../../src-main/core/evaluation/coco-dataset';
import { cocoMarks } from '../../src-main/core/evaluation/coco-marks';
import { matchDetections } from '../../src-main/core/evaluation/coco-matching';
import { summarizeCoco } from '../../src-main/core/evaluation/coco-metrics';
import { froc } from '../../src-main/core/evaluation/froc';
import { sets, unions, variants } from './variants';

/**
 * The ablation's table: each figure is the mean over the seeds; the difference from `fpn` has a paired bootstrap interval
 * over images (the same images drawn for both), which is far narrower than that of either figure.
 */
const figures = ['AP50', 'AP', 'sensitivity@1'] as const;

function main(): void {
  const [out, data, seedList] = process.argv.slice(2) as [string, string, string];
  const seeds = seedList.split(',').map(Number);
  const report: object[] = [];
  const lines: string[] = [];
  for (const set of sets) {
    const truth = JSON.parse(readFileSync(join(data, set.folder, 'val.json'), 'utf8')) as CocoTruth;
    const whole = (name: string): boolean =>
      seeds.every((seed) => existsSync(join(out, `${set.id}-${name}-${seed}.json`)));
    const names = [...Object.keys(variants), ...Object.keys(unions)].filter(whole);
    const runs = names.map((name) => seeds.map((seed) => load(out, `${set.id}-${name}-${seed}`, truth)));
    const mean = (run: (typeof runs)[number], weights?: Int32Array): number[] => {
      const each = run.map((evaluate) => evaluate(weights));
      return figures.map((_, f) => each.reduce((sum, values) => sum + values[f]!, 0) / each.length);
    };
    const base = runs[names.indexOf('fpn')]!;
    const intervals = bootstrapIntervals(truth.images.length, (weights) => {
      const reference = mean(base, weights);
      return runs.flatMap((run) => {
        const values = mean(run, weights);
        return [...values, ...values.map((v, f) => v - reference[f]!)];
      });
    });
    const reference = mean(base);
    lines.push(
      `\n${set.folder}, ${truth.images.length} validation images, seeds ${seeds.join(', ')}\n`,
      `| variant | ${figures.flatMap((f) => [f, `${f} less fpn (95 %)`]).join(' | ')} |`,
      `|---${'|---'.repeat(figures.length * 2)}|`,
    );
    names.forEach((name, r) => {
      const values = mean(runs[r]!);
      const cells = values.flatMap((value, f) => {
        const own = intervals[r * 2 * figures.length + f];
        const difference = intervals[r * 2 * figures.length + figures.length + f];
        return [
          `${value.toFixed(3)} (${range(own)})`,
          name === 'fpn' ? '-' : `${signed(value - reference[f]!)} (${range(difference)})`,
        ];
      });
      const { what } = variants[name] ?? unions[name]!;
      lines.push(`| ${name}: ${what} | ${cells.join(' | ')} |`);
      report.push({
        set: set.id,
        variant: name,
        seeds,
        figures: Object.fromEntries(figures.map((f, n) => [f, values[n]])),
      });
    });
  }
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  console.log(lines.join('\n'));
}

function load(out: string, name: string, truth: CocoTruth): (weights?: Int32Array) => number[] {
  const detections = JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8')) as CocoDetection[];
  // Both kinds of lesion count as one: the networks of the ablation tell lesions from none.
  const table = matchDetections(truth, detections, { classAgnostic: true });
  const summary = summarizeCoco(table);
  const curve = froc(cocoMarks(table));
  return (weights) => {
    const { AP50, AP } = summary.metrics(weights);
    return [AP50, AP, ...curve.sensitivityAt([1], weights)];
  };
}

const range = (interval: readonly [number, number] | null | undefined): string =>
  interval ? `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}` : '-';
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;

main();
