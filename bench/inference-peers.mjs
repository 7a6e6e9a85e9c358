#!/usr/bin/env node
/**
 * Our networks through tfjs-node against Python TensorFlow and onnxruntime-node, on the same graph and weights:
 *   node bench/inference-peers.mjs [--rounds 12] [--iterations 8] [--only NAME] [--threads N] [--json FILE]
 * Peers are set up on first use under .cache/bench. See bench/README.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';
import { bundle } from './lib/bundle.mjs';
import { Child } from './lib/child.mjs';
import {
  benchCache,
  onnxruntimePath,
  python,
  setUpOnnxruntime,
  setUpPython,
  versions,
} from './lib/peers.mjs';
import { ratioOfRounds, spread } from './lib/statistics.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    iterations: { type: 'string', default: '8' },
    only: { type: 'string' },
    /** Threads of every side; default: all cores. One is steadier on a busy machine. */
    threads: { type: 'string', default: String(cpus().length) },
    json: { type: 'string', default: fromRoot('out', 'bench', 'inference-peers.json') },
  },
});
const polyp = fromRoot('models', 'colonoscopy-polyp');
/** The slim 3D network (src-main/inference/network3d): residual, 0.9 M parameters, pyramid of strides 4, 8, 16. */
const slim3d = {
  backbone: 'residual3d',
  stages: [
    { channels: 16, blocks: 1 },
    { channels: 32, blocks: 2 },
    { channels: 48, blocks: 2 },
    { channels: 64, blocks: 2 },
  ],
  fpnChannels: 32,
  finestLevel: 2,
  headNormGroups: 8,
  anchorsPerLocation: 3,
};
const cases = [
  { name: '2D RPN 320x320', kind: '2d', bundle: polyp, size: 320 },
  { name: '2D RPN 512x512', kind: '2d', bundle: polyp, size: 512 },
  { name: '3D RPN 96x96x96', kind: '3d', architecture: slim3d, size: 96 },
].filter(({ name }) => !options.only || name.includes(options.only));
const tolerance = 1e-3;

const floats = (file) => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** The largest difference between two peers' outputs, relative to 1 where values are smaller and to them where larger. */
function difference(folder, a, b, outputs) {
  let worst = 0;
  for (let n = 0; n < outputs; n++) {
    const [x, y] = [floats(join(folder, `${a}-${n}.bin`)), floats(join(folder, `${b}-${n}.bin`))];
    if (x.length !== y.length) throw new Error(`${a} and ${b} differ in size: ${x.length}, ${y.length}`);
    for (let k = 0; k < x.length; k++) {
      const d = Math.abs(x[k] - y[k]) / Math.max(1, Math.abs(y[k]));
      if (!(d <= worst)) worst = d;
    }
  }
  return worst;
}

await setUpPython();
await setUpOnnxruntime();
const oursPath = await bundle('ours', 'peers/ours.ts');
// Every side gets every core and oneDNN, which TensorFlow 2.15 leaves off on AMD processors.
const environment = {
  TF_ENABLE_ONEDNN_OPTS: '1',
  TF_NUM_INTRAOP_THREADS: options.threads,
  BENCH_THREADS: options.threads,
  BENCH_ONNXRUNTIME: onnxruntimePath,
};
const ours = new Child('ours', process.execPath, [oursPath], environment);
const tensorflow = new Child(
  'Python TensorFlow',
  python,
  [fromRoot('bench', 'peers', 'tensorflow_peer.py')],
  environment,
);
const onnx = new Child(
  'onnxruntime-node',
  process.execPath,
  [fromRoot('bench', 'peers', 'onnx-peer.mjs')],
  environment,
);
const contestants = [
  { key: 'ours', label: 'ours (native graph)', child: ours, variant: 'graph' },
  { key: 'python', label: `Python TensorFlow ${versions.tensorflow}`, child: tensorflow },
  { key: 'onnx', label: `onnxruntime-node ${versions.onnxruntime}`, child: onnx },
  { key: 'ops', label: 'ours, op by op', child: ours, variant: 'ops' },
  { key: 'propose', label: 'ours, pixels to boxes', child: ours, variant: 'propose' },
];

async function measure(spec) {
  const folder = join(benchCache, 'cases', spec.name.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const described = await ours.ask({ do: 'describe', spec, folder });
  await mustRun('writing the ONNX model', python, [fromRoot('bench', 'peers', 'make_onnx.py'), folder]);

  // 1. The same outputs first: a comparison of different networks says nothing.
  const { outputs } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  for (const { child, variant, key } of contestants) {
    if (key !== 'propose') await child.ask({ do: 'compute', spec, folder, variant });
  }
  const differences = {};
  for (const other of ['python', 'onnx', 'ops']) {
    differences[other] = difference(folder, 'graph', other, outputs.length);
    if (!(differences[other] <= tolerance)) {
      throw new Error(`${spec.name}: ours and ${other} differ by ${differences[other]}`);
    }
  }

  // 2. Blocks in turn, the order turned round each time, so that no one always follows the same neighbour.
  const wall = Object.fromEntries(contestants.map(({ key }) => [key, []]));
  const cpu = Object.fromEntries(contestants.map(({ key }) => [key, []]));
  const iterations = Number(options.iterations);
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = round % 2 ? [...contestants].reverse() : contestants;
    for (const { key, child, variant } of order) {
      const warmUp = round === 0 ? 5 : 2;
      const answer = await child.ask({ do: 'time', spec, folder, variant, warmUp, iterations });
      wall[key].push(answer.wall);
      cpu[key].push(answer.cpu);
    }
  }
  const result = {
    name: spec.name,
    ...described,
    differences,
    ms: {},
    cpuMs: {},
    ratio: {},
    fastRatio: {},
    cpuRatio: {},
  };
  for (const { key } of contestants) {
    result.ms[key] = spread(wall[key].flat());
    result.cpuMs[key] = spread(cpu[key].flat());
    if (key === 'ours') continue;
    result.ratio[key] = ratioOfRounds(wall.ours, wall[key]);
    result.cpuRatio[key] = ratioOfRounds(cpu.ours, cpu[key]);
    result.fastRatio[key] = result.ms.ours.p10 / result.ms[key].p10;
  }
  return result;
}

function print(result) {
  const cell = (value, width, digits = 1) => value.toFixed(digits).padStart(width);
  console.log(
    `\n${result.name}: ${result.parameters} parameters, ${result.nodes} layers; outputs differ by at most`,
  );
  const said = Object.entries(result.differences).map(([key, d]) => `${d.toExponential(1)} (${key})`);
  console.log(`  ${said.join(', ')}`);
  console.log(
    `  ${''.padEnd(30)}${'ms'.padStart(8)}${'p10'.padStart(8)}${'p90'.padStart(8)}   ours/it (middle half)     p10      CPU`,
  );
  for (const { key, label } of contestants) {
    const t = result.ms[key];
    const r = result.ratio[key];
    const ratio = r
      ? `${cell(r.median, 8, 3)} (${r.p25.toFixed(3)} to ${r.p75.toFixed(3)})${cell(result.fastRatio[key], 8, 3)}${cell(result.cpuRatio[key].median, 9, 3)}`
      : '';
    console.log(`  ${label.padEnd(30)}${cell(t.median, 8)}${cell(t.p10, 8)}${cell(t.p90, 8)}${ratio}`);
  }
}

const started = loadavg();
const results = [];
for (const spec of cases) {
  const result = await measure(spec);
  print(result);
  results.push(result);
}
for (const child of [ours, tensorflow, onnx]) child.end();
const load = (l) => l.map((v) => v.toFixed(1)).join(' ');
const machine = { cores: cpus().length, processor: cpus()[0].model, node: process.version };
console.log(
  `\n${options.threads} threads, ${machine.cores} cores (${machine.processor}), load ${load(started)} at the start, ${load(loadavg())} at the end`,
);
mkdirSync(dirname(options.json), { recursive: true });
const report = {
  date: new Date().toISOString(),
  machine,
  threads: Number(options.threads),
  load: { started, ended: loadavg() },
  versions,
  results,
};
writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
