import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readBundle } from '../../src-main/inference/bundle/read';
import type { VolumeAnchorSpec, VolumeProposalSpec } from '../../src-main/inference/bundle/schema';
import { compileGraph } from '../../src-main/inference/graph/native-graph';
import { parameterSpecs } from '../../src-main/inference/network/architecture';
import { CompiledNetwork } from '../../src-main/inference/network/compiled';
import { inferenceLayers, type Layers } from '../../src-main/inference/network/layers';
import { runNetwork } from '../../src-main/inference/network/network';
import {
  parameterSpecs3d,
  pyramidLevels3d,
  type Architecture3d,
} from '../../src-main/inference/network3d/architecture3d';
import { CompiledNetwork3d } from '../../src-main/inference/network3d/compiled3d';
import { inferenceLayers3d } from '../../src-main/inference/network3d/layers3d';
import { runNetwork3d } from '../../src-main/inference/network3d/network3d';
import { proposeInWindow } from '../../src-main/inference/network3d/window-proposals';
import { createRandom } from '../../src-main/inference/random';
import { loadTensorflow, type Tensor, type Tensorflow } from '../../src-main/inference/tensorflow';
import { Describer } from './describe';

/**
 * Our own network: a child process that writes it down for the peers, computes and times on request (JSON lines).
 */
type CaseSpec = { readonly name: string } & (
  | {
      readonly kind: '2d';
      /** A shipped bundle's folder. */
      readonly bundle: string;
      /** Side of the square input, px. */
      readonly size: number;
    }
  | {
      readonly kind: '3d';
      readonly architecture: Architecture3d;
      /** Side of the cubic window, voxels. */
      readonly size: number;
    }
);
interface Request {
  readonly do: 'describe' | 'compute' | 'time';
  readonly spec: CaseSpec;
  readonly folder: string;
  /** `graph` is what detection uses, `ops` the same network op by op, `propose` detection from pixels to boxes. */
  readonly variant: 'graph' | 'ops' | 'propose';
  readonly warmUp: number;
  readonly iterations: number;
}

/** A network with its weights on the device: image in, named outputs. */
interface Network {
  readonly inputShape: number[];
  readonly parameters: ReadonlyMap<string, Tensor>;
  run(image: Tensor, describer?: Describer): Record<string, Tensor>;
  propose(image: Float32Array): Promise<unknown>;
}

async function load2d(tf: Tensorflow, spec: CaseSpec & { kind: '2d' }): Promise<Network> {
  const opened = await readBundle(spec.bundle);
  if (opened.kind !== 'picture') throw new Error(`${spec.bundle} is not a bundle for pictures`);
  const values = opened.parameters();
  const specs = parameterSpecs(opened.architecture);
  const parameters = new Map(specs.map((s) => [s.name, tf.tensor(values.get(s.name)!, s.shape as number[])]));
  const { anchors, input, proposals, thresholds } = opened.bundle;
  const compiled = new CompiledNetwork(
    tf,
    opened.architecture,
    anchors,
    { ...input, size: spec.size },
    proposals,
    values,
  );
  return {
    inputShape: [1, spec.size, spec.size, 3],
    parameters,
    run(image, describer) {
      const plain = inferenceLayers(tf);
      const layers: Layers = describer ? describer.layers(plain) : plain;
      const { output } = runNetwork(tf, layers, (n) => parameters.get(n)!, opened.architecture, image);
      return { objectness: output.objectness, boxDeltas: output.boxDeltas };
    },
    propose: (image) => compiled.propose(image, thresholds.scoreFloor),
  };
}

/** Cubes of 1.5, 2 and 3 strides: what is timed does not depend on their sizes. */
const anchors3d = (a: Architecture3d): VolumeAnchorSpec => ({
  levels: pyramidLevels3d(a).map((level) => {
    const stride = 2 ** level;
    const cube = (strides: number): [number, number, number] => [
      stride * strides,
      stride * strides,
      stride * strides,
    ];
    return { stride: cube(1), shapes: [cube(1.5), cube(2), cube(3)] };
  }),
  offset: 0.5,
  origin: 'edge',
});
const proposals3d: VolumeProposalSpec = {
  scoreThreshold: 0.05,
  preNmsTopN: 300,
  nmsIouThreshold: 0.2,
  postNmsTopN: 100,
  insideThreshold: null,
};

/** He et al. 2015 for kernels: features stay near 1, as a trained network's do. */
function drawnParameters(a: Architecture3d): Map<string, Float32Array> {
  const random = createRandom(11);
  return new Map(
    parameterSpecs3d(a).map(({ name, shape, size }) => {
      const isKernel = name.endsWith('.kernel');
      const deviation = isKernel ? Math.sqrt((2 * shape[shape.length - 1]!) / size) : 0.1;
      const center = name.endsWith('.scale') ? 1 : 0;
      return [name, Float32Array.from({ length: size }, () => center + deviation * random.normal())];
    }),
  );
}

function load3d(tf: Tensorflow, { architecture, size }: CaseSpec & { kind: '3d' }): Network {
  const values = drawnParameters(architecture);
  const specs = parameterSpecs3d(architecture);
  const parameters = new Map(specs.map((s) => [s.name, tf.tensor(values.get(s.name)!, s.shape as number[])]));
  const p = (name: string): Tensor => parameters.get(name)!;
  const compiled = new CompiledNetwork3d(tf, architecture, values);
  return {
    inputShape: [1, size, size, size, 1],
    parameters,
    run(image, describer) {
      const plain = inferenceLayers3d(tf, p);
      const layers = describer ? describer.layers3d(plain, p) : plain;
      const maps = runNetwork3d(tf, layers, architecture, image);
      return Object.fromEntries(
        maps.flatMap(({ objectness, boxDeltas }, l) => [
          [`objectness_${l}`, objectness],
          [`boxDeltas_${l}`, boxDeltas],
        ]),
      );
    },
    propose: (window) =>
      proposeInWindow(tf, compiled, anchors3d(architecture), proposals3d, window, [size, size, size], 0.05),
  };
}

type Run = () => Promise<Float32Array[]>;

async function prepare(
  tf: Tensorflow,
  network: Network,
  folder: string,
  variant: Request['variant'],
): Promise<Run> {
  const bytes = readFileSync(join(folder, 'input.bin'));
  const image = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (variant === 'propose') {
    return async () => {
      await network.propose(image);
      return [];
    };
  }
  const forward = (x: Tensor): Tensor[] => Object.values(network.run(x));
  const example = tf.tensor(image, network.inputShape);
  const graph = variant === 'graph' ? compileGraph(tf, [example], ([x]) => forward(x!)) : null;
  return async () => {
    const x = tf.tensor(image, network.inputShape);
    const outputs = graph ? graph.run([x]) : tf.tidy(() => forward(x));
    const data = outputs.map((t) => t.dataSync() as Float32Array);
    tf.dispose([x, ...outputs]);
    return data;
  };
}

function describe(tf: Tensorflow, network: Network, folder: string): object {
  const { inputShape, parameters } = network;
  const random = createRandom(5);
  const count = inputShape.reduce((a, b) => a * b, 1);
  const image = Float32Array.from({ length: count }, () => random.normal());
  const x = tf.tensor(image, inputShape);
  const describer = new Describer(tf);
  const { description, weights } = describer.describe(x, parameters, (given) =>
    network.run(given, describer),
  );
  x.dispose();
  writeFileSync(join(folder, 'network.json'), JSON.stringify(description));
  writeFileSync(join(folder, 'weights.bin'), new Uint8Array(weights.buffer));
  writeFileSync(join(folder, 'input.bin'), new Uint8Array(image.buffer));
  return { parameters: weights.length, nodes: description.nodes.length };
}

async function load(tf: Tensorflow, spec: CaseSpec): Promise<Network> {
  return spec.kind === '2d' ? load2d(tf, spec) : load3d(tf, spec);
}

async function time(run: Run, { warmUp, iterations }: Request): Promise<object> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let n = 0; n < warmUp + iterations; n++) {
    const start = performance.now();
    const used = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(used);
    if (n < warmUp) continue;
    wall.push(performance.now() - start);
    cpu.push((user + system) / 1e3);
  }
  return { wall, cpu };
}

async function main(): Promise<void> {
  const tf = await loadTensorflow();
  const networks = new Map<string, Promise<Network>>();
  const runs = new Map<string, Promise<Run>>();
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    const { spec, folder, variant } = request;
    if (!networks.has(spec.name)) networks.set(spec.name, load(tf, spec));
    const network = await networks.get(spec.name)!;
    let answer: object;
    if (request.do === 'describe') answer = describe(tf, network, folder);
    else {
      const key = `${spec.name} ${variant}`;
      if (!runs.has(key)) runs.set(key, prepare(tf, network, folder, variant));
      const run = await runs.get(key)!;
      if (request.do === 'time') answer = await time(run, request);
      else {
        (await run()).forEach((data, n) =>
          writeFileSync(
            join(folder, `${variant}-${n}.bin`),
            new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          ),
        );
        answer = { version: tf.version['tfjs-core'] };
      }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void main();
