import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../scripts/lib/paths.mjs';
import { obtain } from '../../scripts/lib/download.mjs';
import { pins, tensorflowVersion } from '../../scripts/lib/pins.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';

/** Peers are measured against, never shipped: they live in .cache/bench and in no lockfile of ours. */
export const benchCache = join(cache, 'bench');
export const versions = {
  tensorflow: tensorflowVersion,
  numpy: '1.26.4',
  onnx: '1.16.2',
  onnxruntime: '1.30.0',
};

const environment = join(benchCache, 'python');
export const python = join(environment, 'bin', 'python');
export const onnxruntimePath = join(benchCache, 'node_modules', 'onnxruntime-node');

/** A virtual environment of Python 3.11 (set-up's TensorFlow wheel is built for it) with pinned packages. */
export async function setUpPython(note = console.error) {
  const stamp = join(environment, `regio-${Object.values(versions).join('-')}`);
  if (existsSync(stamp)) return;
  note('setting up Python TensorFlow for the comparison');
  const wheel = await obtain(pins.tensorflow);
  mkdirSync(benchCache, { recursive: true });
  await mustRun('making a virtual environment', 'python3.11', ['-m', 'venv', environment], {
    hint: 'The comparison needs Python 3.11: apt-get install -y python3.11-venv',
  });
  await mustRun('installing TensorFlow', python, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wheel],
    ...[`numpy==${versions.numpy}`, `onnx==${versions.onnx}`],
  ]);
  writeFileSync(stamp, '');
}

/** onnxruntime-node carries its CPU library; its install script would fetch CUDA's. */
export async function setUpOnnxruntime(note = console.error) {
  const stamp = join(onnxruntimePath, `regio-${versions.onnxruntime}`);
  if (existsSync(stamp)) return;
  note('setting up onnxruntime-node for the comparison');
  mkdirSync(benchCache, { recursive: true });
  writeFileSync(join(benchCache, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const wanted = `onnxruntime-node@${versions.onnxruntime}`;
  await mustRun(
    'installing onnxruntime-node',
    npm,
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', wanted],
    { cwd: benchCache },
  );
  writeFileSync(stamp, '');
}
