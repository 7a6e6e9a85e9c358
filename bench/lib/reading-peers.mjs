import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../scripts/lib/run.mjs';
import { benchCache } from './peers.mjs';

const wanted = [
  'pydicom==3.0.2',
  'numpy==1.26.4',
  'pylibjpeg==2.1.0',
  'pylibjpeg-libjpeg==2.2.0',
  'pyjpegls==1.4.0',
  'python-gdcm==3.2.6',
  'SimpleITK==2.5.7',
];
const environment = join(benchCache, 'reading-python');
/** Python with pydicom, its plug-ins and SimpleITK, once {@link setUpReadingPython} is through. */
export const readingPython = join(environment, 'bin', 'python');

export async function setUpReadingPython() {
  mkdirSync(benchCache, { recursive: true });
  if (existsSync(join(environment, 'regio-ready'))) return;
  await mustRun('making a virtual environment', 'python3', ['-m', 'venv', environment], {
    hint: 'It needs python3-venv.',
  });
  await mustRun('installing the peers', readingPython, ['-m', 'pip', 'install', '--quiet', ...wanted]);
  writeFileSync(join(environment, 'regio-ready'), '');
}
