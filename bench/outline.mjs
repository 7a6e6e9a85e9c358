#!/usr/bin/env node
/* Long axes of outlined nodules of LIDC-IDRI against their readers' (bench/README.md). */
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const measure = await bundle('outline', 'outline/measure.ts');
const number = (v, digits = 1) => (v === null || v === undefined ? '-' : v.toFixed(digits)).padStart(8);
console.log(
  'scan            readers subtlety | reference  long axis  error | short  3D long  mm3      HU  ms | error of 8 boxes moved or resized by 1 and 2 mm: median, worst',
);
for (const scan of ['LIDC-IDRI-0002', 'LIDC-IDRI-0003']) {
  const folder = fromRoot('..', 'shared', 'data', 'lung-ct-lidc', scan);
  const output = await mustRun('measuring', process.execPath, [measure, folder, `${folder}.nodules.json`]);
  for (const row of JSON.parse(output.trim().split('\n').pop())) {
    const m = row.measurement;
    const errors = row.shaken.map((v) => (v === null ? Infinity : Math.abs(v))).sort((a, b) => a - b);
    console.log(
      `${scan}  ${row.readers}       ${row.subtlety.join(',').padEnd(8)} |${number(row.longAxisMm)}  ${number(m?.longAxis)} ${number(m && m.longAxis - row.longAxisMm)} |${number(m?.shortAxis)}${number(m?.longest3d)}${number(m?.volume, 0)}${number(m?.meanValue, 0)}${number(row.ms, 0)} |${number(errors[3])}${number(errors[7])}`,
    );
  }
}
