import { z } from 'zod';

/**
 * The network as data: which parameters there are and which layers they belong to.
 *
 * Shape shorthand: F: FPN channels, A: anchors a location, L: pyramid levels (level l has stride 2^l), D: attention
 *   channels, P: side of a pooled region, K: classes
 *
 * EfficientNet-Lite0 (Tan & Le 2019; "lite": no squeeze-excite, ReLU6), batch norm folded into its convolutions;
 * feature pyramid (Lin et al. 2017a) with one head shared by all levels, or the plain region-proposal network of the
 * literature on one level (Ren et al. 2015); attention and a second stage where the recipe asks for them.
 */
export const architecture = z
  .object({
    backbone: z.literal('efficientnet-lite0'),
    /** 'none': the plain RPN, whose head reads one feature map of the backbone (finestLevel = coarsestLevel). */
    pyramid: z.enum(['fpn', 'none']).default('fpn'),
    fpnChannels: z.number().int().min(8).max(256),
    /** Finest (P2, stride 4, to P4) and coarsest pyramid level (P5 or P6, stride 64): all of the backbone is used. */
    finestLevel: z.number().int().min(2).max(5),
    coarsestLevel: z.number().int().min(2).max(6),
    /** Channels of the head's 3x3 convolution; left out: `fpnChannels`. Ren et al. use 512 on a VGG map. */
    headChannels: z.number().int().min(8).max(1024).optional(),
    /** Groups of the head's GroupNorm (Wu & He 2018); 0 leaves it out. */
    normGroups: z.number().int().min(0).max(64),
    anchorsPerLocation: z.number().int().min(1).max(32),
    /** Scale-specific feature gate: channels of each level are weighed by what the level holds, before levels merge. */
    levelGate: z.boolean().default(false),
    /** Spatial attention on each level (Woo et al. 2018, CBAM): channel mean and max, 7x7 convolution, sigmoid. */
    spatialAttention: z.boolean().default(false),
    /** Self-attention among the proposals that `proposals.preNmsTopN` picks; its logit is added to the RPN's. */
    proposalAttention: z
      .object({
        channels: z.number().int().min(8).max(512),
        heads: z.number().int().min(1).max(16),
      })
      .nullable()
      .default(null),
    /** RoIAlign (He et al. 2017) and a head that scores the proposals again, by class, and regresses them again. */
    secondStage: z
      .object({
        /** Best proposals (after non-maximum suppression) that go through it. */
        proposals: z.number().int().min(1).max(1000),
        poolSize: z.number().int().min(3).max(14),
        channels: z.number().int().min(8).max(256),
        hidden: z.number().int().min(8).max(1024),
        classes: z.number().int().min(1).max(32),
      })
      .nullable()
      .default(null),
  })
  .refine((a) => (a.pyramid === 'none' ? a.finestLevel === a.coarsestLevel : a.coarsestLevel >= 5), {
    path: ['coarsestLevel'],
    message: 'a pyramid ends at level 5 or 6; without one, finest and coarsest level are the same',
  })
  .refine((a) => a.pyramid === 'fpn' || (a.coarsestLevel <= 5 && !a.levelGate), {
    path: ['pyramid'],
    message: 'without a pyramid the level is one of the backbone (2 to 5) and there is no level gate',
  })
  .refine((a) => !a.proposalAttention || a.proposalAttention.channels % a.proposalAttention.heads === 0, {
    path: ['proposalAttention', 'channels'],
    message: 'channels must be a multiple of heads',
  });
export type Architecture = z.infer<typeof architecture>;

/** Last backbone stage that a level needs: what lies beyond the plain RPN's map is neither kept nor run. */
export const stageOfLevel: Readonly<Record<number, number>> = { 2: 2, 3: 3, 4: 5, 5: 7, 6: 7 };
export const lastStage = (a: Architecture): number => stageOfLevel[a.coarsestLevel]!;

export const headChannels = (a: Architecture): number => a.headChannels ?? a.fpnChannels;

/** Channels of the map that the head reads. */
const headInput = (a: Architecture): number =>
  a.pyramid === 'fpn' ? a.fpnChannels : blocks.find((b) => b.feedsLevel === a.finestLevel)!.outputChannels;

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

  const dense = (name: string, input: number, output: number): void => {
    add(`${name}.kernel`, [input, output], null);
    add(`${name}.bias`, [output], null);
  };
  const norm = (name: string, channels: number): void => {
    add(`${name}.scale`, [channels], null);
    add(`${name}.offset`, [channels], null);
  };

  conv('stem', 3, 3, stemChannels, 0);
  for (const b of blocks) {
    if (b.stage > lastStage(a)) break;
    const expanded = b.inputChannels * b.expansion;
    if (b.expansion !== 1) conv(`blocks.${b.index}.expand`, 1, b.inputChannels, expanded, b.stage);
    add(`blocks.${b.index}.depthwise.kernel`, [b.kernel, b.kernel, expanded, 1], b.stage);
    add(`blocks.${b.index}.depthwise.bias`, [expanded], b.stage);
    conv(`blocks.${b.index}.project`, 1, expanded, b.outputChannels, b.stage);
  }

  const f = a.fpnChannels;
  const levels = pyramidLevels(a);
  if (a.pyramid === 'fpn') {
    for (const b of blocks) {
      if (b.feedsLevel === null || !levels.includes(b.feedsLevel)) continue;
      conv(`fpn.lateral.${b.feedsLevel}`, 1, b.outputChannels, f, null);
      conv(`fpn.output.${b.feedsLevel}`, 3, f, f, null);
    }
    if (a.coarsestLevel === 6) conv('fpn.output.6', 3, f, f, null);
  }

  const hidden = headChannels(a);
  conv('head.conv', 3, headInput(a), hidden, null);
  if (a.normGroups > 0) norm('head.norm', hidden);
  conv('head.objectness', 1, hidden, a.anchorsPerLocation, null);
  conv('head.boxDeltas', 1, hidden, 4 * a.anchorsPerLocation, null);

  // Options come after what every network has.
  if (a.levelGate) for (const l of levels.filter((level) => level <= 5)) dense(`gate.${l}`, f, f);
  if (a.spatialAttention) for (const l of levels) conv(`spatial.${l}`, 7, 2, 1, null);
  if (a.proposalAttention) {
    const d = a.proposalAttention.channels;
    dense('attention.embed', hidden + geometryFeatures, d);
    dense('attention.qkv', d, 3 * d);
    dense('attention.mix', d, d);
    norm('attention.norm.1', d);
    dense('attention.expand', d, 2 * d);
    dense('attention.contract', 2 * d, d);
    norm('attention.norm.2', d);
    dense('attention.logit', d, 1);
  }
  if (a.secondStage) {
    const { poolSize, channels, hidden: units, classes } = a.secondStage;
    conv('roi.conv', 3, headInput(a), channels, null);
    dense('roi.dense', (poolSize - 2) ** 2 * channels, units);
    dense('roi.score', units, classes);
    dense('roi.boxDeltas', units, 4);
  }
  return specs;
}

/** Of a proposal, beside its features: centre x and y, log width and height, logit. */
export const geometryFeatures = 5;
