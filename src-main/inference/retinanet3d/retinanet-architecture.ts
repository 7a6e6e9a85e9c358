import { z } from 'zod';
import type { Vec3 } from '../../core/geometry/vec3';

/**
 * MONAI 1.3's 3D RetinaNet (apps/detection/networks/retinanet_network.py, networks/nets/resnet.py,
 * networks/blocks/feature_pyramid_network.py): a ResNet, a feature pyramid over some of its stages and one coarser level
 * by subsampling, and two heads of four convolutions with group norm.
 *
 * Triples are x, y, z (MONAI's tensor axes 2, 3, 4); kernels are stored [z, y, x, in, out] as TensorFlow wants them.
 */
const vec3 = <T extends z.ZodType>(of: T) => z.tuple([of, of, of]);
const channels = z.number().int().min(1).max(4096);

export const retinanetArchitecture = z.object({
  classes: z.number().int().min(1).max(100),
  anchorsPerLocation: z.number().int().min(1).max(100),
  block: z.enum(['basic', 'bottleneck']),
  stem: z.object({
    /** Odd: padded by half on either side. */
    kernel: vec3(
      z
        .number()
        .int()
        .min(1)
        .max(15)
        .refine((k) => k % 2 === 1, 'must be odd'),
    ),
    stride: vec3(z.number().int().min(1).max(4)),
    channels,
    /** 3 x 3 x 3, stride 2, after the convolution. */
    maxPool: z.boolean(),
  }),
  /** Stages layer1, layer2, ...; the first keeps the resolution, the others halve it. */
  stages: z
    .array(z.object({ planes: channels, blocks: z.number().int().min(1).max(100) }))
    .min(1)
    .max(4),
  /** Stages (from 1) that feed the pyramid, rising; the last of them is the last stage. */
  returnedStages: z.array(z.number().int().min(1).max(4)).min(1),
  fpnChannels: channels,
  /** Groups of the heads' group norm: 8 in MONAI. */
  normGroups: z.number().int().min(1),
  sizeDivisible: vec3(z.number().int().min(1).max(256)),
});
export type RetinanetArchitecture = z.infer<typeof retinanetArchitecture>;

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
}

export interface ResidualBlock {
  /** Of its parameters, e.g. stage2.0. */
  readonly name: string;
  readonly stage: number;
  readonly stride: 1 | 2;
  readonly in: number;
  readonly planes: number;
  readonly out: number;
  /** Whether a 1 x 1 x 1 convolution carries the input past the block. */
  readonly shortcut: boolean;
}

export const expansion = (a: Pick<RetinanetArchitecture, 'block'>): 1 | 4 =>
  a.block === 'bottleneck' ? 4 : 1;

export function residualBlocks(a: RetinanetArchitecture): ResidualBlock[] {
  const out: ResidualBlock[] = [];
  let width = a.stem.channels;
  a.stages.forEach(({ planes, blocks }, s) => {
    for (let n = 0; n < blocks; n++) {
      const stride = s > 0 && n === 0 ? 2 : 1;
      const wide = planes * expansion(a);
      const shortcut = n === 0 && (stride === 2 || width !== wide);
      out.push({ name: `stage${s + 1}.${n}`, stage: s + 1, stride, in: width, planes, out: wide, shortcut });
      width = wide;
    }
  });
  return out;
}

/** Convolutions of a block in order: name, sides of the kernel, channels in and out, stride. */
export function blockConvolutions(
  a: RetinanetArchitecture,
  b: ResidualBlock,
): {
  readonly name: string;
  readonly side: 1 | 3;
  readonly in: number;
  readonly out: number;
  readonly stride: 1 | 2;
}[] {
  return a.block === 'bottleneck'
    ? [
        { name: 'conv1', side: 1, in: b.in, out: b.planes, stride: 1 },
        { name: 'conv2', side: 3, in: b.planes, out: b.planes, stride: b.stride },
        { name: 'conv3', side: 1, in: b.planes, out: b.out, stride: 1 },
      ]
    : [
        { name: 'conv1', side: 3, in: b.in, out: b.planes, stride: b.stride },
        { name: 'conv2', side: 3, in: b.planes, out: b.planes, stride: 1 },
      ];
}

/** Every parameter, batch norm folded, in the order a bundle stores them. */
export function retinanetParameters(a: RetinanetArchitecture): ParameterShape[] {
  const out: ParameterShape[] = [];
  const add = (name: string, ...shape: number[]): void => {
    out.push({ name, shape, size: shape.reduce((x, y) => x * y, 1) });
  };
  const conv = (name: string, side: number, from: number, to: number): void => {
    add(`${name}.kernel`, side, side, side, from, to);
    add(`${name}.bias`, to);
  };
  const [kx, ky, kz] = a.stem.kernel;
  add('stem.kernel', kz, ky, kx, 1, a.stem.channels);
  add('stem.bias', a.stem.channels);
  for (const b of residualBlocks(a)) {
    for (const c of blockConvolutions(a, b)) conv(`${b.name}.${c.name}`, c.side, c.in, c.out);
    if (b.shortcut) conv(`${b.name}.shortcut`, 1, b.in, b.out);
  }
  a.returnedStages.forEach((stage, n) => {
    conv(`fpn.inner.${n}`, 1, a.stages[stage - 1]!.planes * expansion(a), a.fpnChannels);
    conv(`fpn.layer.${n}`, 3, a.fpnChannels, a.fpnChannels);
  });
  for (const [head, width] of [
    ['classification', a.classes * a.anchorsPerLocation],
    ['regression', 6 * a.anchorsPerLocation],
  ] as const) {
    for (let n = 0; n < headDepth; n++) {
      conv(`${head}.conv${n}`, 3, a.fpnChannels, a.fpnChannels);
      add(`${head}.norm${n}.scale`, a.fpnChannels);
      add(`${head}.norm${n}.offset`, a.fpnChannels);
    }
    conv(`${head}.out`, 3, a.fpnChannels, width);
  }
  return out;
}

/** Convolutions of a head before its output. */
export const headDepth = 4;

/** Voxels between neighbouring locations of each returned level, finest first; the last is the subsampled one. */
export function levelStrides(a: RetinanetArchitecture): Vec3[] {
  const pool = a.stem.maxPool ? 2 : 1;
  const at = (stage: number): Vec3 => {
    const factor = pool * 2 ** (stage - 1);
    return [a.stem.stride[0] * factor, a.stem.stride[1] * factor, a.stem.stride[2] * factor];
  };
  const strides = a.returnedStages.map(at);
  const [x, y, z] = strides[strides.length - 1]!;
  return [...strides, [2 * x, 2 * y, 2 * z]];
}

/** Bytes of the largest array that a window of this size (voxels) makes in the network. */
export function largestTensorBytes(a: RetinanetArchitecture, [x, y, z]: Vec3): number {
  const { stem, stages, returnedStages, fpnChannels, classes, anchorsPerLocation, block } = a;
  const [sx, sy, sz] = stem.stride;
  // Two more: what is padded before a stride of 2 is an array of its own.
  const out = (side: number, stride: number): number => Math.ceil(side / stride) + 2;
  const stemPlaces = out(x, sx) * out(y, sy) * out(z, sz);
  let largest = Math.max(
    (x + stem.kernel[0]) * (y + stem.kernel[1]) * (z + stem.kernel[2]),
    stemPlaces * stem.channels,
  );
  const pool = stem.maxPool ? 2 : 1;
  stages.forEach(({ planes }, s) => {
    const factor = pool * 2 ** s;
    const places = out(x, sx * factor) * out(y, sy * factor) * out(z, sz * factor);
    const pyramid = returnedStages.includes(s + 1)
      ? Math.max(fpnChannels, anchorsPerLocation * Math.max(6, classes))
      : 0;
    largest = Math.max(largest, places * Math.max(planes * (block === 'bottleneck' ? 4 : 1), pyramid));
  });
  return 4 * largest;
}
