import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readBundle } from '../../src-main/inference/bundle/read';
import { compileGraph } from '../../src-main/inference/graph/native-graph';
import { parameterSpecs } from '../../src-main/inference/network/architecture';
import { CompiledNetwork } from '../../src-main/inference/network/compiled';
import { inferenceLayers, type Layers } from '../../src-main/inference/network/layers';
import { runNetwork } from '../../src-main/inference/network/network';
import { createRandom } from '../../src-main/inference/random';
import { loadTensorflow, type Tensor, type Tensorflow } from '../../src-main/inference/tensorflow';
import { Describer } from './describe';

/**
 * Our own network: a child process that writes it down for the peers, computes and times on request (JSON lines).
 */
export interface CaseSpec {
  readonly name: string;
  readonly kind: '2d';
  /** A shipped bundle's folder. */
  readonly bundle: string;
  /** Side of the square input, px. */
  readonly size: number;
}
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

async function load2d(tf: Tensorflow, spec: CaseSpec): Promise<Network> {
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
    if (!networks.has(spec.name)) networks.set(spec.name, load2d(tf, spec));
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
