import { z } from 'zod';

/**
 * The network as data: which parameters there are and which layers they belong to.
 *
 * Shape shorthand: F: FPN channels, A: anchors a location, L: pyramid levels (level l has stride 2^l)
 *
 * EfficientNet-Lite0 (Tan & Le 2019; "lite": no squeeze-excite, ReLU6), batch norm folded into its convolutions;
 * feature pyramid (Lin et al. 2017a) with one head shared by all levels (Ren et al. 2015).
 */
export const architecture = z.object({
  backbone: z.literal('efficientnet-lite0'),
  fpnChannels: z.number().int().min(8).max(256),
  /** Finest (P2, stride 4, to P4) and coarsest pyramid level (P5 or P6, stride 64): all of the backbone is used. */
  finestLevel: z.number().int().min(2).max(4),
  coarsestLevel: z.number().int().min(5).max(6),
  /** Groups of the head's GroupNorm (Wu & He 2018); 0 leaves it out. */
  normGroups: z.number().int().min(0).max(64),
  anchorsPerLocation: z.number().int().min(1).max(32),
});
export type Architecture = z.infer<typeof architecture>;

/** Repeats, kernel, stride of the first, expansion, output channels. */
const stages = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

export interface BlockSpec {
  readonly index: number;
  /** 1-based. */
  readonly stage: number;
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly expansion: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** The block adds its input to its output. */
  readonly residual: boolean;
  /** The block is the last of its resolution: pyramid level it feeds, else null. */
  readonly feedsLevel: number | null;
}

export const stemChannels = 32;

/** The inverted-residual blocks in order. Features of strides 4, 8, 16, 32 leave stages 2, 3, 5, 7. */
export const blocks: readonly BlockSpec[] = (() => {
  const list: BlockSpec[] = [];
  let input = stemChannels;
  stages.forEach(([repeats, kernel, stride, expansion, output], s) => {
    for (let r = 0; r < repeats; r++) {
      const step = r === 0 ? stride : 1;
      const last = r === repeats - 1;
      const feedsLevel = last ? ({ 2: 2, 3: 3, 5: 4, 7: 5 }[s + 1] ?? null) : null;
      list.push({
        index: list.length,
        stage: s + 1,
        kernel,
        stride: step,
        expansion,
        inputChannels: input,
        outputChannels: output,
        residual: step === 1 && input === output,
        feedsLevel,
      });
      input = output;
    }
  });
  return list;
})();

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  /** Backbone stage (0 = stem), or `null` for pyramid and head. */
  readonly stage: number | null;
  /** Weight decay applies to kernels only. */
  readonly decayed: boolean;
}

/** Pyramid levels, finest first. */
export const pyramidLevels = (a: Architecture): number[] =>
  Array.from({ length: a.coarsestLevel - a.finestLevel + 1 }, (_, n) => a.finestLevel + n);

/** Every parameter in the order in which bundles and checkpoints store them. */
export function parameterSpecs(a: Architecture): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  const add = (name: string, shape: number[], stage: number | null): void => {
    const decayed = shape.length > 1;
    specs.push({ name, shape, size: shape.reduce((x, y) => x * y, 1), stage, decayed });
  };
  const conv = (name: string, kernel: number, input: number, output: number, stage: number | null): void => {
    add(`${name}.kernel`, [kernel, kernel, input, output], stage);
    add(`${name}.bias`, [output], stage);
  };

  conv('stem', 3, 3, stemChannels, 0);
  for (const b of blocks) {
    const expanded = b.inputChannels * b.expansion;
    if (b.expansion !== 1) conv(`blocks.${b.index}.expand`, 1, b.inputChannels, expanded, b.stage);
    add(`blocks.${b.index}.depthwise.kernel`, [b.kernel, b.kernel, expanded, 1], b.stage);
    add(`blocks.${b.index}.depthwise.bias`, [expanded], b.stage);
    conv(`blocks.${b.index}.project`, 1, expanded, b.outputChannels, b.stage);
  }

  const f = a.fpnChannels;
  for (const b of blocks) {
    if (b.feedsLevel === null || b.feedsLevel < a.finestLevel || b.feedsLevel > a.coarsestLevel) continue;
    conv(`fpn.lateral.${b.feedsLevel}`, 1, b.outputChannels, f, null);
    conv(`fpn.output.${b.feedsLevel}`, 3, f, f, null);
  }
  if (a.coarsestLevel === 6) conv('fpn.output.6', 3, f, f, null);

  conv('head.conv', 3, f, f, null);
  if (a.normGroups > 0) {
    add('head.norm.scale', [f], null);
    add('head.norm.offset', [f], null);
  }
  conv('head.objectness', 1, f, a.anchorsPerLocation, null);
  conv('head.boxDeltas', 1, f, 4 * a.anchorsPerLocation, null);
  return specs;
}
