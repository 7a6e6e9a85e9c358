import type { Tensor, Tensorflow } from '../tensorflow';
import { compileGraph, type NativeGraph } from './native-graph';

/**
 * Making a graph costs about as much as five of its runs save (docs/adr/0004): a function that is asked for one
 * picture stays as it is, one that is asked for a volume's slices or windows becomes a graph on the way.
 */
const runsBeforeGraph = 4;
/** Input shapes that keep a graph each. Where there are more, that of the shape asked for longest ago goes. */
const maxGraphs = 4;

interface Shape<T> {
  runs: number;
  graph: NativeGraph | null;
  /** What the function returned when it was recorded: the graph's tensors take their places in it. */
  template: T | null;
}

/** Tensors in arrays and objects, and plain values, which must not depend on the input. */
type Container = object;

/**
 * A function of tensors that runs op by op at first and as a native graph once that pays.
 * Where a graph cannot be made (no room for a temporary file), it goes on op by op; {@link failure} says why.
 */
export class GraphedFunction<T extends Container> {
  private readonly shapes = new Map<string, Shape<T>>();
  private reason: unknown = null;

  /** @param body see recordGraph */
  constructor(
    private readonly tf: Tensorflow,
    private readonly body: (...inputs: Tensor[]) => T,
    private readonly graphAfter = runsBeforeGraph,
  ) {}

  /** Input shapes that run as a graph. */
  get graphCount(): number {
    return [...this.shapes.values()].filter((s) => s.graph).length;
  }

  /** What stood in the way of a graph, or null. */
  get failure(): unknown {
    return this.reason;
  }

  /** @returns what `body` returns; its tensors are the caller's (or the surrounding tf.tidy's) */
  run(...inputs: Tensor[]): T {
    const key = inputs.map((input) => input.shape.join('x')).join(' ');
    const shape = this.shapes.get(key) ?? { runs: 0, graph: null, template: null };
    // Asked for last: the last in the map.
    this.shapes.delete(key);
    this.shapes.set(key, shape);
    if (!shape.graph && shape.runs >= this.graphAfter) this.compile(inputs, shape);
    shape.runs++;
    if (!shape.graph) return this.tf.tidy(() => this.body(...inputs) as never);
    const outputs = shape.graph.run(inputs);
    return replaceTensors(this.tf, shape.template!, () => outputs.shift()!);
  }

  dispose(): void {
    for (const { graph } of this.shapes.values()) graph?.dispose();
    this.shapes.clear();
  }

  /** A shape whose graph goes begins anew, so that shapes in turns do not make a graph at each run. */
  private makeRoom(): void {
    if (this.graphCount <= maxGraphs) return;
    const [oldest] = [...this.shapes].filter(([, { graph }]) => graph !== null);
    oldest![1].graph!.dispose();
    this.shapes.delete(oldest![0]);
  }

  private compile(inputs: readonly Tensor[], shape: Shape<T>): void {
    if (this.reason !== null) return;
    try {
      shape.graph = compileGraph(this.tf, inputs, (given) => {
        shape.template = this.body(...given);
        const tensors: Tensor[] = [];
        replaceTensors(this.tf, shape.template, (t) => (tensors.push(t), t));
        return tensors;
      });
      this.makeRoom();
    } catch (error) {
      this.reason = error;
    }
  }
}

/** A copy of a container with each tensor replaced, in a fixed order. */
function replaceTensors<T>(tf: Tensorflow, value: T, replace: (tensor: Tensor) => Tensor): T {
  if (value instanceof tf.Tensor) return replace(value) as T;
  if (Array.isArray(value)) return value.map((v: unknown) => replaceTensors(tf, v, replace)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]: [string, unknown]) => [key, replaceTensors(tf, v, replace)]),
  ) as T;
}
