import { AppError } from '../../core/app-error';
import { createRandom, type Random } from '../random';
import { blocks, parameterSpecs, type Architecture, type ParameterSpec } from './architecture';
import type { NamedArray } from './safetensors';

/** Batch norm's epsilon in EfficientNet-Lite. */
const batchNormEpsilon = 1e-3;

/**
 * Parameter values by name before training: backbone from ImageNet with batch norm folded in, pyramid and head drawn.
 * @param imagenet tensors of an EfficientNet-Lite0 checkpoint by their original names
 */
export function initialParameters(
  a: Architecture,
  imagenet: ReadonlyMap<string, NamedArray>,
  seed: number,
): Map<string, Float32Array> {
  const values = foldBackbone(imagenet);
  const random = createRandom(seed);
  for (const spec of parameterSpecs(a)) {
    if (spec.stage !== null) continue;
    const data = new Float32Array(spec.size);
    if (spec.name.endsWith('.kernel')) drawKernel(a, spec, data, random);
    else if (spec.name.endsWith('.scale')) data.fill(1);
    // Every anchor and region starts at probability 0.01, so that the many negatives do not swamp the first steps
    // (Lin 2017b); the plain RPN samples its negatives and starts where Ren et al. do.
    else if (spec.name === 'head.objectness.bias' || spec.name === 'roi.score.bias')
      data.fill(a.pyramid === 'none' && spec.name.startsWith('head') ? 0 : -Math.log((1 - 0.01) / 0.01));
    values.set(spec.name, data);
  }
  return values;
}

function drawKernel(a: Architecture, spec: ParameterSpec, data: Float32Array, random: Random): void {
  const { name } = spec;
  const fanIn = spec.size / spec.shape[spec.shape.length - 1]!;
  const normal = (deviation: number): void => {
    for (let n = 0; n < data.length; n++) data[n] = deviation * random.normal();
  };
  if (a.pyramid === 'none' && name.startsWith('head.')) {
    // The plain RPN: normal, uniform and zero, with Keras' default widths (its initializers 'normal' and 'uniform').
    if (name === 'head.conv.kernel') normal(0.05);
    else if (name === 'head.objectness.kernel')
      for (let n = 0; n < data.length; n++) data[n] = random.between(-0.05, 0.05);
  } else if (name === 'attention.logit.kernel' || name.startsWith('spatial.')) {
    // Zero: the network starts as the one without attention.
  } else if (/^(head|roi)\.(objectness|score|boxDeltas)/.test(name)) normal(0.01);
  else if (/^(fpn|gate|attention)\./.test(name))
    normal(Math.sqrt((name.startsWith('gate') ? 0.01 : 1) / fanIn));
  // He et al. 2015 for what a ReLU follows; the output convolutions above start near 0 (detectron2's 0.01).
  else normal(Math.sqrt(2 / fanIn));
}

/** Backbone kernels and biases with batch norm folded: w' = w g / sqrt(v + e), b' = b - m g / sqrt(v + e). */
export function foldBackbone(imagenet: ReadonlyMap<string, NamedArray>): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  const take = (name: string): NamedArray => {
    const found = imagenet.get(name);
    if (!found) {
      throw new AppError(
        'model.invalid',
        `The backbone weights lack ${name}.`,
        'Use EfficientNet-Lite0 weights.',
      );
    }
    return found;
  };
  const fold = (conv: string, norm: string, name: string, depthwise = false): void => {
    const kernel = take(`${conv}.weight`);
    const gain = take(`${norm}.weight`).data;
    const offset = take(`${norm}.bias`).data;
    const mean = take(`${norm}.running_mean`).data;
    const variance = take(`${norm}.running_var`).data;
    const channels = gain.length;
    const factor = gain.map((g, c) => g / Math.sqrt(variance[c]! + batchNormEpsilon));
    const folded = new Float32Array(kernel.data.length);
    // Output channel is the last axis, or the last but one of a depthwise kernel [k, k, C, 1]: either way n mod C.
    for (let n = 0; n < folded.length; n++) folded[n] = kernel.data[n]! * factor[n % channels]!;
    if (kernel.shape[depthwise ? 2 : 3] !== channels) {
      throw new AppError('model.invalid', `${conv} has another shape.`, 'Use EfficientNet-Lite0 weights.');
    }
    values.set(`${name}.kernel`, folded);
    values.set(
      `${name}.bias`,
      offset.map((b, c) => b - mean[c]! * factor[c]!),
    );
  };

  fold('_conv_stem', '_bn0', 'stem');
  for (const b of blocks) {
    const from = `_blocks.${b.index}`;
    const to = `blocks.${b.index}`;
    if (b.expansion !== 1) fold(`${from}._expand_conv`, `${from}._bn0`, `${to}.expand`);
    fold(`${from}._depthwise_conv`, `${from}._bn1`, `${to}.depthwise`, true);
    fold(`${from}._project_conv`, `${from}._bn2`, `${to}.project`);
  }
  return values;
}
