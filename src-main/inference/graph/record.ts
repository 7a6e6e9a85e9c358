import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * What a function of tensors asks of TensorFlow, written down: every native op in order, with its attributes.
 */
export type AttributeValue =
  | { readonly kind: 'type' | 'int' | 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string };

/** Output number `output` of node `node`. */
export interface ValueReference {
  readonly node: string;
  readonly output: number;
}

export interface OpNode {
  readonly name: string;
  readonly op: string;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly inputs: readonly ValueReference[];
}

export interface ValueType {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
}
export interface NamedValue extends ValueType {
  readonly name: string;
}
export interface ConstantNode extends NamedValue {
  /** Little-endian, as TensorFlow lays it out. */
  readonly data: Uint8Array;
}

export interface RecordedGraph {
  readonly inputs: readonly NamedValue[];
  readonly constants: readonly ConstantNode[];
  readonly nodes: readonly OpNode[];
  readonly outputs: readonly (ValueType & { readonly value: ValueReference })[];
}

/** DataType of TensorFlow's types.proto. */
export const nativeTypes = { float32: 1, int32: 3, bool: 10 } as const;

interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}
/** The parts of tfjs-node's backend through which every native op passes. */
export interface NativeBackend {
  executeSingleOutput(op: string, attributes: NativeAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: NativeAttribute[],
    inputs: Tensor[],
    count: number,
  ): Tensor[];
  readonly binding: Readonly<
    Record<'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE', number>
  >;
}

/**
 * Runs `body` once on `inputs` and records it. What it computes must depend on their shapes only: a value read back
 * into JavaScript while recording is not in the graph. Tensors that are neither inputs nor made by a recorded op
 * (weights, axes, shapes) become constants.
 *
 * @throws Error on an op that cannot be written down (an attribute of an unknown type, a string tensor)
 */
export function recordGraph(
  tf: Tensorflow,
  inputs: readonly Tensor[],
  body: (inputs: readonly Tensor[]) => readonly Tensor[],
): RecordedGraph {
  const backend = tf.backend() as unknown as NativeBackend;
  // By data, not by tensor: clones and same-shape reshapes share it.
  const values = new Map<object, ValueReference>();
  const constants: ConstantNode[] = [];
  const nodes: OpNode[] = [];
  const named = inputs.map((tensor, n) => {
    values.set(tensor.dataId, { node: `input_${n}`, output: 0 });
    return { name: `input_${n}`, dtype: plainType(tensor), shape: tensor.shape.slice() };
  });

  const reference = (tensor: Tensor): ValueReference => {
    const known = values.get(tensor.dataId);
    if (known) return known;
    const constant = readConstant(tf, tensor, `constant_${constants.length}`);
    constants.push(constant);
    const made = { node: constant.name, output: 0 };
    values.set(tensor.dataId, made);
    return made;
  };
  const add = (op: string, attributes: NativeAttribute[], operands: Tensor[], results: Tensor[]): void => {
    const name = `${op}_${nodes.length}`;
    const written = new Map(attributes.map((a) => [a.name, readAttribute(backend, op, a)]));
    // The one op whose type tfjs-node leaves for TensorFlow's eager mode to infer; a graph must state it.
    if (op === 'ExpandDims') written.set('T', { kind: 'type', value: nativeTypes[plainType(operands[0]!)] });
    nodes.push({
      name,
      op,
      attributes: written,
      inputs: operands.map(reference),
    });
    results.forEach((tensor, output) => values.set(tensor.dataId, { node: name, output }));
  };

  const single = backend.executeSingleOutput;
  const multiple = backend.executeMultipleOutputs;
  backend.executeSingleOutput = (op, attributes, operands) => {
    const result = single.call(backend, op, attributes, operands);
    add(op, attributes, operands, [result]);
    return result;
  };
  backend.executeMultipleOutputs = (op, attributes, operands, count) => {
    const results = multiple.call(backend, op, attributes, operands, count);
    add(op, attributes, operands, results);
    return results;
  };
  try {
    let outputs: RecordedGraph['outputs'] = [];
    tf.tidy(() => {
      outputs = body(inputs).map((tensor) => ({
        value: reference(tensor),
        dtype: plainType(tensor),
        shape: tensor.shape.slice(),
      }));
    });
    return { inputs: named, constants, nodes, outputs };
  } finally {
    backend.executeSingleOutput = single;
    backend.executeMultipleOutputs = multiple;
  }
}

function plainType(tensor: Tensor): ValueType['dtype'] {
  const { dtype } = tensor;
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`a graph cannot hold a ${dtype} tensor`);
}

function readConstant(tf: Tensorflow, tensor: Tensor, name: string): ConstantNode {
  const dtype = plainType(tensor);
  const data = tf.backend().readSync(tensor.dataId) as Float32Array | Int32Array | Uint8Array;
  // Copied: the caller may dispose the tensor before the graph is written.
  const copy = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return { name, dtype, shape: tensor.shape.slice(), data: copy };
}

function readAttribute({ binding }: NativeBackend, op: string, a: NativeAttribute): AttributeValue {
  const { type, value } = a;
  if (type === binding.TF_ATTR_TYPE && typeof value === 'number') return { kind: 'type', value };
  if (type === binding.TF_ATTR_INT && typeof value === 'number') return { kind: 'int', value };
  if (type === binding.TF_ATTR_INT && Array.isArray(value)) return { kind: 'ints', value: value as number[] };
  if (type === binding.TF_ATTR_FLOAT && typeof value === 'number') return { kind: 'float', value };
  if (type === binding.TF_ATTR_BOOL) return { kind: 'bool', value: Boolean(value) };
  if (type === binding.TF_ATTR_STRING && typeof value === 'string') return { kind: 'string', value };
  throw new Error(`attribute ${a.name} of ${op} cannot be written down`);
}
