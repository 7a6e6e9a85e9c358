import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateVolumes } from '../../src-main/core/evaluation/evaluate-volumes';
import type { VolumeLesion, VolumeMark } from '../../src-main/core/evaluation/volume-dataset';

/** What the folds found, together: `node summary.cjs FOLDER NAME...` reads FOLDER/NAME.json of each, prints JSON. */
interface Fold {
  readonly without: string;
  readonly lesions: VolumeLesion[];
  readonly marks: VolumeMark[];
  readonly trainingSeconds: number;
  readonly secondsPerScan: number[];
  readonly peakMegabytes: number;
}

const [folder, ...names] = process.argv.slice(2) as [string, ...string[]];
const folds = names.map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Fold);

const evaluate = (which: RegExp, from: readonly Fold[] = folds) => {
  const lesions = from.flatMap((f) => f.lesions).filter((l) => which.test(l.series));
  const marks = from.flatMap((f) => f.marks).filter((m) => which.test(m.series));
  const ids = [...new Set([...lesions.map((l) => l.series), ...marks.map((m) => m.series)])];
  const series = ids.map((id) => ({ id, patient: id.split('/')[0]! }));
  const found = evaluateVolumes({ series, lesions }, marks, {
    hit: { kind: 'centre' },
    doubleHits: 'ignore',
  });
  return {
    scans: ids.length,
    lesions: lesions.filter((l) => l.ignore !== true).length,
    cpm: found.cpm,
    interval: found.intervals95['cpm'],
    sensitivityAtFpPerScan: found.sensitivityAtFpPerScan,
    perSize: found.perSize,
  };
};

/** Of each real lesion: the best mark on it, and how many false marks of its scan are above. */
const real = folds.map((fold) => {
  const marks = fold.marks.filter((m) => m.series.endsWith('/real'));
  const lesions = fold.lesions.filter((l) => l.series.endsWith('/real'));
  const hits = (m: VolumeMark, l: VolumeLesion): boolean => {
    const size = l.size ?? Math.max(...[0, 1, 2].map((a) => l.box[a + 3]! - l.box[a]!));
    return (
      Math.hypot(...[0, 1, 2].map((a) => (m.box[a]! + m.box[a + 3]! - l.box[a]! - l.box[a + 3]!) / 2)) <
      size / 2
    );
  };
  const wrong = marks.filter((m) => !lesions.some((l) => hits(m, l))).map((m) => m.score);
  return {
    without: fold.without,
    lesions: lesions
      .filter((l) => l.ignore !== true)
      .map((l) => {
        const score = Math.max(0, ...marks.filter((m) => hits(m, l)).map((m) => m.score));
        return { score, falseMarksAbove: score > 0 ? wrong.filter((s) => s > score).length : null };
      }),
    trainingSeconds: fold.trainingSeconds,
    secondsPerScan: fold.secondsPerScan,
    peakMegabytes: fold.peakMegabytes,
  };
});

const summary = {
  real: { ...evaluate(/\/real$/), folds: real },
  made: evaluate(/\/made-/),
  madePerScan: Object.fromEntries(folds.map((f) => [f.without, evaluate(/\/made-/, [f])])),
};
writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
/** What a model of the same recipe that sees all scans is said to find: marks of models that did not see the scan. */
const kept = 40;
const series = [...new Set(folds.flatMap((f) => f.lesions.map((l) => l.series)))];
const heldOut = {
  series: series.map((id) => ({ id, patient: id.split('/')[0] })),
  lesions: folds.flatMap((f) => f.lesions),
  marks: folds.flatMap((f) =>
    series.flatMap((id) =>
      f.marks
        .filter((m) => m.series === id)
        .sort((a, b) => b.score - a.score)
        .slice(0, kept),
    ),
  ),
  secondsPerVolume: Math.max(...folds.flatMap((f) => f.secondsPerScan)),
};
writeFileSync(join(folder, 'held-out.json'), `${JSON.stringify(heldOut)}\n`);
process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
