import * as pb from './protobuf';
import {
  nativeTypes,
  type AttributeValue,
  type ConstantNode,
  type NamedValue,
  type OpNode,
  type RecordedGraph,
  type ValueReference,
  type ValueType,
} from './record';

/**
 * A recorded graph as a TensorFlow SavedModel (saved_model.proto, meta_graph.proto, graph.proto, node_def.proto,
 * attr_value.proto, tensor.proto): the one form in which tfjs-node takes a whole graph. Weights are constants, so the
 * folder is this one file.
 */
/** A GraphDef version that TensorFlow 2.15 knows; older ones would get older ops' meanings. */
const graphVersion = 1395;

export const servingTag = 'serve';
export const signatureName = 'serving_default';
export const outputName = (n: number): string => `output_${n}`;

export function encodeSavedModel(graph: RecordedGraph): Uint8Array {
  const nodes: pb.Message = [
    ...graph.inputs.flatMap((input) => pb.nested(1, placeholder(input))),
    ...graph.constants.flatMap((constant) => pb.nested(1, constantNode(constant))),
    ...graph.nodes.flatMap((node) => pb.nested(1, opNode(node))),
    // An output may be an input or a constant, and may be named twice: an identity of its own gives each one name.
    ...graph.outputs.flatMap((output, n) => pb.nested(1, outputNode(output, n))),
  ];
  const graphDef = [...nodes, ...pb.nested(4, pb.integer(1, graphVersion))];
  const signature = [
    ...graph.inputs.flatMap((input) =>
      pb.entry(1, input.name, tensorInfo(input.name, input.dtype, input.shape)),
    ),
    ...graph.outputs.flatMap(({ dtype, shape }, n) =>
      pb.entry(2, outputName(n), tensorInfo(outputName(n), dtype, shape)),
    ),
    ...pb.text(3, 'tensorflow/serving/predict'),
  ];
  const metaGraph = [
    ...pb.nested(1, pb.text(4, servingTag)),
    ...pb.nested(2, graphDef),
    ...pb.entry(5, signatureName, signature),
  ];
  return Buffer.concat([...pb.integer(1, 1), ...pb.nested(2, metaGraph)]);
}

const shapeMessage = (shape: readonly number[]): pb.Message =>
  shape.flatMap((size) => pb.nested(2, pb.integer(1, size)));

const typeAttribute = (dtype: ValueType['dtype']): pb.Message => pb.integer(6, nativeTypes[dtype]);

function nodeDef(
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: [string, pb.Message][],
): pb.Message {
  return [
    ...pb.text(1, name),
    ...pb.text(2, op),
    ...inputs.flatMap((input) => pb.text(3, input)),
    ...attributes.flatMap(([key, value]) => pb.entry(5, key, value)),
  ];
}

const placeholder = ({ name, dtype, shape }: NamedValue): pb.Message =>
  nodeDef(
    name,
    'Placeholder',
    [],
    [
      ['dtype', typeAttribute(dtype)],
      ['shape', pb.nested(7, shapeMessage(shape))],
    ],
  );

function constantNode({ name, dtype, shape, data }: ConstantNode): pb.Message {
  const tensor = [
    ...pb.integer(1, nativeTypes[dtype]),
    ...pb.nested(2, shapeMessage(shape)),
    ...pb.bytes(4, data),
  ];
  return nodeDef(
    name,
    'Const',
    [],
    [
      ['dtype', typeAttribute(dtype)],
      ['value', pb.nested(8, tensor)],
    ],
  );
}

const inputName = ({ node, output }: ValueReference): string => (output === 0 ? node : `${node}:${output}`);

const opNode = (node: OpNode): pb.Message =>
  nodeDef(
    node.name,
    node.op,
    node.inputs.map(inputName),
    [...node.attributes].map(([name, value]) => [name, attribute(value)]),
  );

function attribute(a: AttributeValue): pb.Message {
  switch (a.kind) {
    case 'type':
      return pb.integer(6, a.value);
    case 'int':
      return pb.integer(3, a.value);
    case 'ints':
      return pb.nested(1, pb.packed(3, a.value));
    case 'float':
      return pb.float(4, a.value);
    case 'bool':
      return pb.integer(5, a.value ? 1 : 0);
    case 'string':
      return pb.text(2, a.value);
  }
}

const outputNode = ({ value, dtype }: RecordedGraph['outputs'][number], n: number): pb.Message =>
  nodeDef(outputName(n), 'Identity', [inputName(value)], [['T', typeAttribute(dtype)]]);

function tensorInfo(name: string, dtype: ValueType['dtype'], shape: readonly number[]): pb.Message {
  return [
    ...pb.text(1, `${name}:0`),
    ...pb.integer(2, nativeTypes[dtype]),
    ...pb.nested(3, shapeMessage(shape)),
  ];
}
