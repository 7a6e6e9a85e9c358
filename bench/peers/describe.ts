import type { Layers } from '../../src-main/inference/network/layers';
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

export class Describer {
  private readonly names = new Map<object, string>();
  private readonly nodes: LayerNode[] = [];
  private readonly weights: NetworkDescription['weights'] = [];
  private readonly chunks: Float32Array[] = [];
  private size = 0;
  private depth = 0;

  constructor(private readonly tf: Tensorflow) {}

  /** Layers that run as given and are written down as one node each. */
  layers<L extends Layers>(inner: L): L {
    const whole = <A extends unknown[]>(
      op: string,
      run: (...args: A) => Tensor,
      split: (...args: A) => { operands: Tensor[]; attributes: Record<string, unknown> },
    ) => {
      return (...args: A): Tensor => {
        this.depth++;
        const out = run(...args);
        this.depth--;
        const { operands, attributes } = split(...args);
        this.add(op, operands, [out], attributes);
        return out;
      };
    };
    return {
      ...inner,
      conv: whole('conv', inner.conv, (x, kernel, bias, stride, activate) => ({
        operands: [x, kernel, bias],
        attributes: { stride, activation: activate ? 'relu6' : null },
      })),
      depthwise: whole('depthwise', inner.depthwise, (x, kernel, bias, stride) => ({
        operands: [x, kernel, bias],
        attributes: { stride, activation: 'relu6' },
      })),
      groupNorm: whole('groupNorm', inner.groupNorm, (x, scale, offset, groups) => ({
        operands: [x, scale, offset],
        attributes: { groups, epsilon: 1e-5 },
      })),
    };
  }

  /** A function of tensors as one node: for what is one layer but several kernels. */
  asNode(op: string, x: Tensor, attributes: Record<string, unknown>, run: () => Tensor): Tensor {
    this.depth++;
    const out = run();
    this.depth--;
    this.add(op, [x], [out], attributes);
    return out;
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
          nodes: this.nodes,
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
