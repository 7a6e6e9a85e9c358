/* The described network in onnxruntime-node: a child process that computes and times on request (JSON lines). */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ort = createRequire(import.meta.url)(process.env.BENCH_ONNXRUNTIME);
const threads = Number(process.env.BENCH_THREADS || cpus().length);

async function load(folder) {
  const { inputs } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  const bytes = readFileSync(join(folder, 'input.bin'));
  const image = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const session = await ort.InferenceSession.create(join(folder, 'network.onnx'), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const run = async () => {
    const out = await session.run({ input: new ort.Tensor('float32', image, inputs[0].shape) });
    // Reading the data is part of the answer.
    return session.outputNames.map((name) => ({ data: out[name].data, dims: out[name].dims }));
  };
  return run;
}

/** [1, C, ...] as [1, ..., C], for outputs that ONNX leaves channels first. */
function channelsLast({ data, dims }) {
  const channels = dims[1];
  const places = data.length / channels;
  const out = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let n = 0; n < places; n++) out[n * channels + c] = data[c * places + n];
  return out;
}

async function main() {
  const cases = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: what, folder, warmUp, iterations } = JSON.parse(line);
    if (!cases.has(folder)) cases.set(folder, await load(folder));
    const run = cases.get(folder);
    let answer;
    if (what === 'compute') {
      const { channelsFirst } = JSON.parse(readFileSync(join(folder, 'onnx.json'), 'utf8'));
      (await run()).forEach((output, n) => {
        const data = channelsFirst[n] ? channelsLast(output) : output.data;
        writeFileSync(
          join(folder, `onnx-${n}.bin`),
          new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        );
      });
      answer = { version: ort.env.versions.node };
    } else {
      answer = { wall: [], cpu: [] };
      for (let n = 0; n < warmUp + iterations; n++) {
        const start = performance.now();
        const used = process.cpuUsage();
        await run();
        const { user, system } = process.cpuUsage(used);
        if (n < warmUp) continue;
        answer.wall.push(performance.now() - start);
        answer.cpu.push((user + system) / 1e3);
      }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

await main();
