#!/usr/bin/env node
/* Registration of two examinations: with the same patient's, made anew, and with what must not fit (bench/README.md). */
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const measure = await bundle('registration', 'registration/measure.ts');
const shared = (...path) => fromRoot('..', 'shared', 'data', ...path);
const demo = (name) => fromRoot('.cache', 'demo', 'pyradiomics', name);
for (const [again, ...volumes] of [
  ['2', demo('brain1_image.nrrd'), demo('brain2_image.nrrd')],
  [
    '2',
    demo('lung1_image.nrrd'),
    demo('lung2_image.nrrd'),
    shared('lung-ct-lidc', 'LIDC-IDRI-0002'),
    shared('lung-ct-lidc', 'LIDC-IDRI-0003'),
    shared('lung-ct-unlabelled'),
  ],
])
  console.log(
    await mustRun('measuring', process.execPath, ['--max-old-space-size=8192', measure, again, ...volumes]),
  );
