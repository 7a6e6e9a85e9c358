#!/usr/bin/env node
/* Registration of chest CTs: with themselves moved by a known transform, and with what does not fit (bench/README.md). */
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const measure = await bundle('registration', 'registration/measure.ts');
const lidc = (scan) => fromRoot('..', 'shared', 'data', 'lung-ct-lidc', scan);
const demo = (name) => fromRoot('.cache', 'demo', 'pyradiomics', name);
for (const volumes of [
  [lidc('LIDC-IDRI-0002')],
  [lidc('LIDC-IDRI-0002'), lidc('LIDC-IDRI-0003')],
  [demo('lung1_image.nrrd'), demo('lung2_image.nrrd')],
  [demo('brain1_image.nrrd'), demo('brain2_image.nrrd')],
  [demo('lung1_image.nrrd'), demo('brain1_image.nrrd')],
])
  console.log(await mustRun('measuring', process.execPath, [measure, ...volumes]));
