import type { Vec3 } from '../../core/geometry/vec3';
import { refuse } from '../import/refuse';
import type { StoredTensor } from '../import/torch-checkpoint';
import {
  blockConvolutions,
  headDepth,
  residualBlocks,
  retinanetParameters,
  type RetinanetArchitecture,
} from './retinanet-architecture';

/** What a state dict does not say of a RetinaNet. */
export interface RetinanetSettings {
  readonly classes: number;
  readonly stemStride: Vec3;
  readonly maxPool: boolean;
  readonly returnedStages: readonly number[];
  readonly sizeDivisible: Vec3;
}

type State = ReadonlyMap<string, StoredTensor>;

/** MONAI names its modules so; a prefix of wrapping modules was cut off before. */
const body = 'feature_extractor.body';

/** torch.nn.BatchNorm3d's eps. */
const epsilon = 1e-5;

/** The tensors without the prefix that DataParallel and detectors put before every name. */
export function withoutPrefix(state: State): State {
  for (const prefix of ['module.', 'network.', 'network.module.']) {
    const cut = [...state].filter(([name]) => name.startsWith(prefix));
    if (cut.some(([name]) => name === `${prefix}${body}.conv1.weight`))
      return new Map(cut.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  }
  return state;
}

/** Reads widths and depths off the tensors' names and shapes. @throws AppError model.invalid */
export function inferArchitecture(
  state: State,
  settings: RetinanetSettings,
  file: string,
): RetinanetArchitecture {
  const shape = (name: string, rank = 5): readonly number[] => {
    const tensor = state.get(name);
    if (!tensor)
      throw refuse(file, name, 'the checkpoint does not hold it; this is not a RetinaNet of MONAI');
    if (tensor.shape.length !== rank)
      throw refuse(file, name, `it has ${tensor.shape.length} axes and not ${rank}`);
    return tensor.shape;
  };
  const stem = shape(`${body}.conv1.weight`);
  if (stem[1] !== 1) throw refuse(file, `${body}.conv1.weight`, `it reads ${stem[1]} channels and not 1`);
  const block = state.has(`${body}.layer1.0.conv3.weight`) ? 'bottleneck' : 'basic';
  const stages = Array.from({ length: Math.max(...settings.returnedStages) }, (_, s) => {
    let blocks = 0;
    while (state.has(`${body}.layer${s + 1}.${blocks}.conv1.weight`)) blocks++;
    return { planes: shape(`${body}.layer${s + 1}.0.conv1.weight`)[0]!, blocks };
  });
  const outputs = shape('classification_head.cls_logits.weight');
  const perLocation = shape('regression_head.bbox_reg.weight')[0]! / 6;
  if (outputs[0] !== perLocation * settings.classes) {
    throw refuse(
      file,
      'classification_head.cls_logits.weight',
      `${outputs[0]} outputs are not ${settings.classes} classes of ${perLocation} anchors`,
    );
  }
  return {
    classes: settings.classes,
    anchorsPerLocation: perLocation,
    block,
    stem: {
      kernel: [stem[2]!, stem[3]!, stem[4]!],
      stride: [...settings.stemStride],
      channels: stem[0]!,
      maxPool: settings.maxPool,
    },
    stages,
    returnedStages: [...settings.returnedStages],
    fpnChannels: outputs[1]!,
    normGroups: 8,
    sizeDivisible: [...settings.sizeDivisible],
  };
}

/**
 * Every parameter of the network out of MONAI's state dict: kernels turned from [out, in, x, y, z] to [z, y, x, in, out],
 * batch norm folded into the convolution before it.
 *
 * @throws AppError model.invalid where a tensor is missing, has another shape or is not finite, or one is left over
 */
export function convertRetinanet(
  state: State,
  a: RetinanetArchitecture,
  file: string,
): Map<string, Float32Array> {
  const out = new Map<string, Float32Array>();
  const used = new Set<string>();
  const specs = new Map(retinanetParameters(a).map((s) => [s.name, s]));
  const read = (name: string, shape: readonly number[]): Float32Array => {
    const tensor = state.get(name);
    if (!tensor) throw refuse(file, name, 'the checkpoint does not hold it');
    if (tensor.shape.join() !== shape.join())
      throw refuse(file, name, `its shape is [${tensor.shape.join(', ')}] and not [${shape.join(', ')}]`);
    used.add(name);
    const values = tensor.values();
    if (!values.every(Number.isFinite)) throw refuse(file, name, 'it holds values that are not finite');
    return values;
  };
  const kernelShape = (name: string): [number, number, number, number, number] =>
    specs.get(`${name}.kernel`)!.shape as [number, number, number, number, number];
  const conv = (name: string, from: string, norm: string | null): void => {
    const [kz, ky, kx, inputs, outputs] = kernelShape(name);
    const kernel = turnKernel(read(`${from}.weight`, [outputs, inputs, kx, ky, kz]), [
      kz,
      ky,
      kx,
      inputs,
      outputs,
    ]);
    const hasBias = norm === null || state.has(`${from}.bias`);
    const bias = hasBias ? Float32Array.from(read(`${from}.bias`, [outputs])) : new Float32Array(outputs);
    if (norm !== null) {
      const [weight, shift, mean, variance] = (
        ['weight', 'bias', 'running_mean', 'running_var'] as const
      ).map((part) => read(`${norm}.${part}`, [outputs])) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      for (let c = 0; c < outputs; c++) {
        const factor = weight[c]! / Math.sqrt(variance[c]! + epsilon);
        for (let n = c; n < kernel.length; n += outputs) kernel[n]! *= factor;
        bias[c] = (bias[c]! - mean[c]!) * factor + shift[c]!;
      }
    }
    out.set(`${name}.kernel`, kernel);
    out.set(`${name}.bias`, bias);
  };

  conv('stem', `${body}.conv1`, `${body}.bn1`);
  for (const b of residualBlocks(a)) {
    const from = `${body}.${b.name.replace('stage', 'layer')}`;
    for (const { name } of blockConvolutions(a, b))
      conv(`${b.name}.${name}`, `${from}.${name}`, `${from}.${name.replace('conv', 'bn')}`);
    if (b.shortcut) conv(`${b.name}.shortcut`, `${from}.downsample.0`, `${from}.downsample.1`);
  }
  a.returnedStages.forEach((_, n) => {
    for (const part of ['inner', 'layer'] as const)
      conv(`fpn.${part}.${n}`, `feature_extractor.fpn.${part}_blocks.${n}`, null);
  });
  for (const [head, last] of [
    ['classification', 'cls_logits'],
    ['regression', 'bbox_reg'],
  ] as const) {
    for (let n = 0; n < headDepth; n++) {
      conv(`${head}.conv${n}`, `${head}_head.conv.${3 * n}`, null);
      out.set(`${head}.norm${n}.scale`, read(`${head}_head.conv.${3 * n + 1}.weight`, [a.fpnChannels]));
      out.set(`${head}.norm${n}.offset`, read(`${head}_head.conv.${3 * n + 1}.bias`, [a.fpnChannels]));
    }
    conv(`${head}.out`, `${head}_head.${last}`, null);
  }
  for (const name of state.keys()) {
    if (!used.has(name) && !isUnneeded(name, a))
      throw refuse(file, name, 'a RetinaNet of MONAI has no such tensor');
  }
  return out;
}

/** Counters of training, the classifier of the ResNet, and stages behind the last one that is returned. */
function isUnneeded(name: string, a: RetinanetArchitecture): boolean {
  if (name.endsWith('.num_batches_tracked') || name.startsWith(`${body}.fc.`)) return true;
  const stage = /^feature_extractor\.body\.layer(\d)\./.exec(name)?.[1];
  return stage !== undefined && Number(stage) > a.stages.length;
}

/** [E, C, kx, ky, kz] -> [kz, ky, kx, C, E] */
function turnKernel(
  values: Float32Array,
  [kz, ky, kx, inputs, outputs]: readonly [number, number, number, number, number],
): Float32Array {
  const out = new Float32Array(values.length);
  let from = 0;
  for (let e = 0; e < outputs; e++)
    for (let c = 0; c < inputs; c++)
      for (let x = 0; x < kx; x++)
        for (let y = 0; y < ky; y++)
          for (let z = 0; z < kz; z++, from++)
            out[(((z * ky + y) * kx + x) * inputs + c) * outputs + e] = values[from]!;
  return out;
}
