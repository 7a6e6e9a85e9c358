import { z } from 'zod';

/**
 * The slim 3D network as data: which parameters there are and in which order they are stored.
 *
 * Shape shorthand: F: FPN channels, A: anchors a location; level l has stride 2^l
 *
 * Residual backbone (He et al. 2016) without pooling: a stem of stride 2 and then one stage a level, each but the first
 * starting with a block of stride 2. Feature pyramid (Lin et al. 2017a); one head shared by all its levels (Ren et al.
 * 2015). In training batch norm follows every backbone convolution; a bundle holds it folded into them, so that at
 * inference there are convolutions, biases, additions and ReLU only, all of which tfjs-node runs in 3D.
 */
export const architecture3d = z
  .object({
    backbone: z.literal('residual3d'),
    /** Channels and residual blocks of the stages at level 1 (stride 2), 2, 3, ... */
    stages: z
      .array(z.object({ channels: z.number().int().min(4).max(512), blocks: z.number().int().min(1).max(8) }))
      .min(2)
      .max(5),
    fpnChannels: z.number().int().min(4).max(256),
    /** Finest level of the pyramid: 1 (stride 2) finds lesions of 3 voxels, 2 (stride 4) is four times faster. */
    finestLevel: z.number().int().min(1).max(3),
    /** Groups of the head's GroupNorm (Wu & He 2018); 0 leaves it out. */
    headNormGroups: z.number().int().min(0).max(64),
    anchorsPerLocation: z.number().int().min(1).max(32),
  })
  .refine((a) => a.finestLevel <= a.stages.length, 'there is no stage at the finest level');
export type Architecture3d = z.infer<typeof architecture3d>;

export interface ParameterSpec3d {
  readonly name: string;
  /** Kernels [kd, kh, kw, in, out]; biases [out]. */
  readonly shape: readonly number[];
  readonly size: number;
  /** Always null: nothing is pre-trained, so one learning rate serves all (training/optimizer.ts). */
  readonly stage: null;
  /** Weight decay applies to kernels only. */
  readonly decayed: boolean;
}

/** Pyramid levels, finest first; the coarsest is the backbone's last. */
export const pyramidLevels3d = (a: Architecture3d): number[] =>
  Array.from({ length: a.stages.length - a.finestLevel + 1 }, (_, n) => a.finestLevel + n);

/** A window's sides must be multiples of this: halving and doubling must come out even. */
export const sizeDivisor = (a: Architecture3d): number => 2 ** a.stages.length;

export interface ResidualBlock {
  readonly name: string;
  readonly level: number;
  readonly stride: 1 | 2;
  readonly inputChannels: number;
  readonly channels: number;
}

/** The backbone's blocks in order; the stem (stride 2) comes before them. */
export function residualBlocks(a: Architecture3d): ResidualBlock[] {
  const blocks: ResidualBlock[] = [];
  let inputChannels = a.stages[0]!.channels;
  a.stages.forEach(({ channels, blocks: count }, s) => {
    for (let b = 0; b < count; b++) {
      const stride = s > 0 && b === 0 ? 2 : 1;
      blocks.push({ name: `stages.${s + 1}.${b}`, level: s + 1, stride, inputChannels, channels });
      inputChannels = channels;
    }
  });
  return blocks;
}

/** A block whose input has another shape than its output brings it there with a 1x1x1 convolution. */
export const hasShortcut = (b: ResidualBlock): boolean => b.stride !== 1 || b.inputChannels !== b.channels;

/** Every parameter as inference uses it, in the order in which bundles store them. */
export function parameterSpecs3d(a: Architecture3d): ParameterSpec3d[] {
  const specs: ParameterSpec3d[] = [];
  const add = (name: string, shape: number[]): void => {
    specs.push({
      name,
      shape,
      size: shape.reduce((x, y) => x * y, 1),
      stage: null,
      decayed: shape.length > 1,
    });
  };
  const conv = (name: string, kernel: number, input: number, output: number): void => {
    add(`${name}.kernel`, [kernel, kernel, kernel, input, output]);
    add(`${name}.bias`, [output]);
  };
  conv('stem', 3, 1, a.stages[0]!.channels);
  for (const b of residualBlocks(a)) {
    conv(`${b.name}.first`, 3, b.inputChannels, b.channels);
    conv(`${b.name}.second`, 3, b.channels, b.channels);
    if (hasShortcut(b)) conv(`${b.name}.shortcut`, 1, b.inputChannels, b.channels);
  }
  const f = a.fpnChannels;
  for (const level of pyramidLevels3d(a)) {
    conv(`fpn.lateral.${level}`, 1, a.stages[level - 1]!.channels, f);
    conv(`fpn.output.${level}`, 3, f, f);
  }
  conv('head.conv', 3, f, f);
  if (a.headNormGroups > 0) {
    add('head.norm.scale', [f]);
    add('head.norm.offset', [f]);
  }
  conv('head.objectness', 1, f, a.anchorsPerLocation);
  conv('head.boxDeltas', 1, f, 6 * a.anchorsPerLocation);
  return specs;
}
