import type { Layers } from '../../src-main/inference/network/layers';
import type { Layers3d } from '../../src-main/inference/network3d/layers3d';
import type { Tensor, Tensorflow } from '../../src-main/inference/tensorflow';

/**
 * A network's layers, written down for the peers to build the same one in their own way: what is computed (convolution,
 * GroupNorm, upsampling, ...), not how tfjs-node computes it.
 */
export interface LayerNode {
  readonly op: string;
  readonly inputs: string[];
  readonly outputs: string[];
  /** Shape of the first output. */
  readonly shape: number[];
  readonly attributes: Record<string, unknown>;
}
export interface NetworkDescription {
  readonly inputs: { name: string; shape: number[] }[];
  readonly outputs: string[];
  /** Every weight's place (floats) in weights.bin. */
  readonly weights: { name: string; shape: number[]; offset: number }[];
  readonly nodes: LayerNode[];
}

interface Kernel {
  readonly inputs: Record<string, Tensor> | Tensor[];
  readonly attributes: Record<string, unknown>;
}
/** Kernels outside the layers, by tfjs name: operands in order and what of their attributes counts. */
const kernels: Record<string, (k: Kernel) => { op: string; operands: Tensor[]; attributes?: object }> = {
  Add: ({ inputs }) => ({ op: 'add', operands: named(inputs, 'a', 'b') }),
  Relu: ({ inputs }) => ({ op: 'relu', operands: named(inputs, 'x') }),
  Reshape: ({ inputs, attributes }) => ({
    op: 'reshape',
    operands: named(inputs, 'x'),
    attributes: { shape: attributes['shape'] },
  }),
  Concat: ({ inputs, attributes }) => ({
    op: 'concat',
    operands: inputs as Tensor[],
    attributes: { axis: attributes['axis'] },
  }),
  Tile: ({ inputs, attributes }) => ({
    op: 'tile',
    operands: named(inputs, 'x'),
    attributes: { times: attributes['reps'] },
  }),
  ResizeNearestNeighbor: ({ inputs, attributes }) => ({
    op: 'resizeNearest',
    operands: named(inputs, 'images'),
    attributes: { size: attributes['size'] },
  }),
};
const named = (inputs: Kernel['inputs'], ...names: string[]): Tensor[] =>
  names.map((n) => (inputs as Record<string, Tensor>)[n]!);

interface Engine {
  runKernel(name: string, inputs: Kernel['inputs'], attributes?: Record<string, unknown>): Tensor | Tensor[];
}

/** Layers' GroupNorm (inference/network/layers.ts). */
const epsilon = 1e-5;

export class Describer {
  private readonly names = new Map<object, string>();
  private readonly nodes: LayerNode[] = [];
  private readonly weights: NetworkDescription['weights'] = [];
  private readonly chunks: Float32Array[] = [];
  private size = 0;
  private depth = 0;

  constructor(private readonly tf: Tensorflow) {}

  /** Layers that run as given and are written down as one node each. */
  layers(inner: Layers): Layers {
    return {
      ...inner,
      conv: this.whole('conv', inner.conv, (x, kernel, bias, stride, activate) => ({
        operands: [x, kernel, bias],
        attributes: { stride, activation: activate ? 'relu6' : null },
      })),
      depthwise: this.whole('depthwise', inner.depthwise, (x, kernel, bias, stride) => ({
        operands: [x, kernel, bias],
        attributes: { stride, activation: 'relu6' },
      })),
      groupNorm: this.whole('groupNorm', inner.groupNorm, (x, scale, offset, groups) => ({
        operands: [x, scale, offset],
        attributes: { groups, epsilon },
      })),
    };
  }

  /** The same for volumes. */
  layers3d(inner: Layers3d, p: (name: string) => Tensor): Layers3d {
    const weights = (name: string): Tensor[] => [p(`${name}.kernel`), p(`${name}.bias`)];
    return {
      ...inner,
      convNorm: this.whole('conv', inner.convNorm, (x, name, stride, activate) => ({
        operands: [x, ...weights(name)],
        attributes: { stride, activation: activate ? 'relu' : null },
      })),
      conv: this.whole('conv', inner.conv, (x, name) => ({
        operands: [x, ...weights(name)],
        attributes: { stride: 1, activation: null },
      })),
      groupNorm: this.whole('groupNorm', inner.groupNorm, (x, name, groups) => ({
        operands: [x, p(`${name}.scale`), p(`${name}.offset`)],
        attributes: { groups, epsilon },
      })),
    };
  }

  private whole<A extends unknown[]>(
    op: string,
    run: (...args: A) => Tensor,
    split: (...args: A) => { operands: Tensor[]; attributes: Record<string, unknown> },
  ) {
    return (...args: A): Tensor => {
      this.depth++;
      const out = run(...args);
      this.depth--;
      const { operands, attributes } = split(...args);
      this.add(op, operands, [out], attributes);
      return out;
    };
  }

  describe(
    input: Tensor,
    parameters: ReadonlyMap<string, Tensor>,
    body: (input: Tensor) => Record<string, Tensor>,
  ): { description: NetworkDescription; weights: Float32Array } {
    this.names.set(input.dataId, 'input');
    for (const [name, tensor] of parameters) this.addWeight(name, tensor);
    const engine = this.tf.engine() as unknown as Engine;
    const inner = engine.runKernel.bind(engine);
    engine.runKernel = (name, inputs, attributes = {}) => {
      this.depth++;
      const out = inner(name, inputs, attributes);
      this.depth--;
      if (this.depth > 0 || name === 'Identity') return out;
      const known = kernels[name];
      if (!known) throw new Error(`${name} is not an op that the peers know`);
      const node = known({ inputs, attributes });
      this.add(node.op, node.operands, [out].flat(), { ...node.attributes });
      return out;
    };
    try {
      let outputs: string[] = [];
      this.tf.tidy(() => {
        outputs = Object.values(body(input)).map((t) => this.nameOf(t));
      });
      const weights = new Float32Array(this.size);
      this.chunks.forEach((chunk, n) => weights.set(chunk, this.weights[n]!.offset));
      return {
        description: {
          inputs: [{ name: 'input', shape: input.shape }],
          outputs,
          weights: this.weights,
          nodes: joinUpsampling(this.nodes),
        },
        weights,
      };
    } finally {
      // The engine's own method lies on its prototype.
      delete (engine as Partial<Engine>).runKernel;
    }
  }

  private addWeight(name: string, tensor: Tensor): void {
    this.names.set(tensor.dataId, name);
    this.weights.push({ name, shape: tensor.shape, offset: this.size });
    this.chunks.push(tensor.dataSync() as Float32Array);
    this.size += tensor.size;
  }

  private nameOf(tensor: Tensor): string {
    const name = this.names.get(tensor.dataId);
    if (name === undefined)
      throw new Error('a tensor comes from nowhere: neither weight, input nor known op');
    return name;
  }

  private add(op: string, operands: Tensor[], out: Tensor[], attributes: Record<string, unknown>): void {
    const outputs = out.map((_, n) => `${op}_${this.nodes.length}${n ? `_${n}` : ''}`);
    this.nodes.push({
      op,
      inputs: operands.map((t) => this.nameOf(t)),
      outputs,
      shape: out[0]!.shape,
      attributes,
    });
    out.forEach((t, n) => this.names.set(t.dataId, outputs[n]!));
  }
}

const upsampling = ['reshape', 'resizeNearest', 'reshape', 'tile', 'reshape'];

/** tfjs-node has no upsampling of volumes: layers3d.ts makes it of five ops, which are one layer to anybody else. */
function joinUpsampling(nodes: readonly LayerNode[]): LayerNode[] {
  const joined: LayerNode[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const run = nodes.slice(n, n + upsampling.length);
    const last = run[run.length - 1]!;
    const matches =
      run.length === upsampling.length &&
      run.every((node, k) => node.op === upsampling[k]) &&
      run.every((node, k) => k === 0 || node.inputs[0] === run[k - 1]!.outputs[0]) &&
      last.shape.length === 5;
    if (!matches) {
      joined.push(nodes[n]!);
      continue;
    }
    const { inputs } = run[0]!;
    joined.push({
      op: 'upsample3d',
      inputs,
      outputs: last.outputs,
      shape: last.shape,
      attributes: { factor: 2 },
    });
    n += upsampling.length - 1;
  }
  return joined;
}
