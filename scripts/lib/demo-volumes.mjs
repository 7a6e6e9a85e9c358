import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { obtain } from './download.mjs';
import { moveIntoPlace, scratch } from './files.mjs';
import { cache } from './paths.mjs';
import { pins } from './pins.mjs';
import { mustRun } from './run.mjs';
import { extractZip } from './zip.mjs';

const folder = join(cache, 'demo', 'pyradiomics');
const names = ['brain1', 'brain2', 'lung1', 'lung2'].flatMap((name) => [
  `${name}_image.nrrd`,
  `${name}_label.nrrd`,
]);

export const demoVolumesReady = () => names.every((name) => existsSync(join(folder, name)));

/**
 * pip runs setup.py even to download a source distribution, and that one wants setuptools, wheel, versioneer and numpy.
 * The first three are unpacked beside it; of numpy it asks one function, whose answer matters only to a compiler that never runs.
 */
async function pythonPathForMetadata(note) {
  const work = scratch('python');
  for (const pin of [pins.setuptools, pins.wheel, pins.versioneer])
    await extractZip(await obtain(pin, note), work, (name) => name);
  mkdirSync(join(work, 'numpy'));
  writeFileSync(join(work, 'numpy', '__init__.py'), 'def get_include():\n    return ""\n');
  return work;
}

/** The two chest CTs and two brain MRs with their masks, out of pyradiomics' source distribution. */
export async function setUpDemoVolumes(note) {
  const pythonPath = await pythonPathForMetadata(note);
  const work = scratch('demo');
  try {
    const archive = await obtain(pins.demoVolumes, note, { env: { PYTHONPATH: pythonPath } });
    note('unpacking');
    const inside = (name) => `pyradiomics-3.0.1/${name}`;
    const members = [...names.map((name) => inside(`data/${name}`)), inside('LICENSE.txt')];
    await mustRun('unpacking the demo volumes', 'tar', [
      '-xzf',
      archive,
      '-C',
      work,
      '--no-same-owner',
      ...members,
    ]);
    const data = join(work, 'pyradiomics-3.0.1', 'data');
    moveIntoPlace(join(work, 'pyradiomics-3.0.1', 'LICENSE.txt'), join(data, 'LICENSE.txt'));
    moveIntoPlace(data, folder);
  } finally {
    for (const left of [pythonPath, work]) rmSync(left, { recursive: true, force: true });
  }
}
