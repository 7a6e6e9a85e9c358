import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { obtain } from './download.mjs';
import { linkFile, moveIntoPlace, readJson, scratch, symlink, writeJson } from './files.mjs';
import { cache, modules, packageVersion } from './paths.mjs';
import { pins, tensorflowVersion } from './pins.mjs';
import { mustRun } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { extractZip } from './zip.mjs';

const tfjsNode = join(modules, '@tensorflow', 'tfjs-node');
const addonInPackage = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');
const kept = join(cache, `libtensorflow-${tensorflowVersion}`);
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const headers = ['tensorflow/c/', 'tensorflow/tsl/', 'tensorflow/core/platform/', 'tsl/'];
const compileArguments = [
  ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-I.', '-I..', '-Ideps/include'],
  ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-Ldeps/lib'],
  ...libraries.map((name) => `-l:${name}`),
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
];

/** The wheel and the one-line compilation serve Linux x64; elsewhere tfjs-node's own installer does the work. */
const ownRoad = process.platform === 'linux' && process.arch === 'x64';

/** The path of one wheel entry below `libtensorflow-<version>/`, or null for what the addon does not need. */
export function wheelEntryTarget(name) {
  if (libraries.some((library) => name === `tensorflow/${library}`))
    return `lib/${name.slice('tensorflow/'.length)}`;
  const header = name.startsWith('tensorflow/include/') ? name.slice('tensorflow/include/'.length) : '';
  return headers.some((folder) => header.startsWith(folder)) ? `include/${header}` : null;
}

/** Names one compiled addon: the same sources, flags and library give the same binary (Node-API: any Node, any Electron). */
function addonKey() {
  const hash = createHash('sha256').update(compileArguments.join(' ')).update(pins.tensorflow.sha256);
  hash.update(packageVersion('node-api-headers'));
  for (const name of readdirSync(join(tfjsNode, 'binding')).sort())
    hash.update(name).update(readFileSync(join(tfjsNode, 'binding', name)));
  return hash.digest('hex').slice(0, 16);
}
const keptAddon = () => join(cache, `tfjs-binding-${addonKey()}`, 'tfjs_binding.node');
const stamp = join(tfjsNode, 'lib', 'regio.json');

export const addonNeedsCompiler = () => ownRoad && !(existsSync(tfjsNode) && existsSync(keptAddon()));
export const tensorflowReady = () => {
  if (!existsSync(addonInPackage)) return false;
  if (!ownRoad) return true;
  return (
    libraries.every((name) => existsSync(join(tfjsNode, 'deps', 'lib', name))) &&
    readJson(stamp)?.addon === addonKey()
  );
};

async function keepLibraries(note) {
  if (existsSync(kept)) return;
  const wheel = await obtain(pins.tensorflow, note);
  note('unpacking');
  const work = scratch('tensorflow');
  try {
    await extractZip(wheel, work, wheelEntryTarget);
    for (const name of libraries) {
      if (!existsSync(join(work, 'lib', name)))
        throw new SetupError(`${pins.tensorflow.file} holds no ${name}`);
      chmodSync(join(work, 'lib', name), 0o755);
    }
    moveIntoPlace(work, kept);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function compileAddon(note) {
  if (existsSync(keptAddon())) return;
  note('compiling the addon');
  const work = scratch('addon');
  try {
    const include = `-I${join(modules, 'node-api-headers', 'include')}`;
    const output = join(work, 'tfjs_binding.node');
    await mustRun('compiling the tfjs-node addon', 'g++', [include, ...compileArguments, '-o', output], {
      cwd: tfjsNode,
    });
    moveIntoPlace(work, join(keptAddon(), '..'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Gives tfjs-node its libtensorflow and its addon. What is large or slow lies in .cache, so `npm ci` costs only links. */
export async function setUpTensorflow(note) {
  if (!ownRoad) {
    await mustRun("tfjs-node's own installer", process.execPath, [join('scripts', 'install.js')], {
      cwd: tfjsNode,
    });
    return;
  }
  await keepLibraries(note);
  const deps = join(tfjsNode, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  for (const name of libraries) linkFile(join(kept, 'lib', name), join(deps, 'lib', name));
  for (const name of ['libtensorflow.so', 'libtensorflow.so.2'])
    symlink('libtensorflow_cc.so.2', join(deps, 'lib', name));
  symlink('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));
  symlink(join(kept, 'include'), join(deps, 'include'));
  await compileAddon(note);
  mkdirSync(join(addonInPackage, '..'), { recursive: true });
  // A copy: Node resolves links before it loads an addon, and $ORIGIN must be this folder.
  rmSync(addonInPackage, { force: true });
  copyFileSync(keptAddon(), addonInPackage);
  await mustRun('loading tfjs-node', process.execPath, ['-e', 'require(process.argv[1])', addonInPackage], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    hint: 'Remove .cache/tfjs-binding-* and run the command again; it compiles the addon anew.',
  });
  writeJson(stamp, { tensorflow: tensorflowVersion, addon: addonKey() });
}
