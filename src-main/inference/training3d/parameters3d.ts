import {
  hasShortcut,
  parameterSpecs3d,
  residualBlocks,
  type Architecture3d,
  type ParameterSpec3d,
} from '../network3d/architecture3d';
import { createRandom } from '../random';

/**
 * The parameters as they are trained: the backbone's convolutions have batch norm's scale and offset in place of a bias.
 */

/** Convolutions that batch norm follows. */
export function normalizedConvolutions(a: Architecture3d): string[] {
  return [
    'stem',
    ...residualBlocks(a).flatMap((b) => [
      `${b.name}.first`,
      `${b.name}.second`,
      ...(hasShortcut(b) ? [`${b.name}.shortcut`] : []),
    ]),
  ];
}

export function trainedSpecs(a: Architecture3d): ParameterSpec3d[] {
  const normalized = new Set(normalizedConvolutions(a).map((name) => `${name}.bias`));
  return parameterSpecs3d(a).flatMap((s) =>
    normalized.has(s.name)
      ? ['norm.scale', 'norm.offset'].map((part) => ({ ...s, name: s.name.replace(/bias$/, part) }))
      : [s],
  );
}

/** He et al. 2015 for what a ReLU follows; the output convolutions start near 0 and objectness at 0.01. */
export function initialParameters3d(a: Architecture3d, seed: number): Map<string, Float32Array> {
  const random = createRandom(seed);
  const values = new Map<string, Float32Array>();
  for (const spec of trainedSpecs(a)) {
    const data = new Float32Array(spec.size);
    if (spec.name.endsWith('.kernel')) {
      const fanIn = spec.shape.slice(0, 4).reduce((x, y) => x * y, 1);
      const isOutput = spec.name.startsWith('head.objectness') || spec.name.startsWith('head.boxDeltas');
      const deviation = isOutput ? 0.01 : Math.sqrt((spec.name.startsWith('fpn') ? 1 : 2) / fanIn);
      for (let n = 0; n < data.length; n++) data[n] = deviation * random.normal();
    } else if (spec.name.endsWith('norm.scale')) {
      data.fill(1);
    } else if (spec.name === 'head.objectness.bias') {
      // So that the many negatives do not swamp the first steps (Lin et al. 2017b).
      data.fill(-Math.log((1 - 0.01) / 0.01));
    }
    values.set(spec.name, data);
  }
  return values;
}

/** Batch norm's moments of each normalised convolution, [channels]. */
export type Moments = ReadonlyMap<string, { readonly mean: Float32Array; readonly variance: Float32Array }>;

export const batchNormEpsilon = 1e-5;

/**
 * Folds batch norm into the convolutions before it: w' = w g / sqrt(v + e), b' = o - m g / sqrt(v + e).
 * @param values trained parameters by name
 * @returns parameters as inference uses them, by name
 */
export function foldParameters(
  a: Architecture3d,
  values: ReadonlyMap<string, Float32Array>,
  moments: Moments,
): Map<string, Float32Array> {
  const folded = new Map<string, Float32Array>();
  for (const spec of parameterSpecs3d(a)) {
    const own = values.get(spec.name);
    const convolution = spec.name.replace(/\.(kernel|bias)$/, '');
    const measured = moments.get(convolution);
    if (!measured) {
      folded.set(spec.name, own!);
      continue;
    }
    const scale = values.get(`${convolution}.norm.scale`)!;
    const offset = values.get(`${convolution}.norm.offset`)!;
    const factor = scale.map((g, c) => g / Math.sqrt(measured.variance[c]! + batchNormEpsilon));
    folded.set(
      spec.name,
      own
        ? own.map((w, n) => w * factor[n % factor.length]!)
        : offset.map((o, c) => o - measured.mean[c]! * factor[c]!),
    );
  }
  return folded;
}
