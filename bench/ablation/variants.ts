import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Recipes of the ablation: one change each against `fpn`, everything else alike (base.json: the first polyp recipe). */

export interface AblationSet {
  readonly id: string;
  /** Folder under the data root. */
  readonly folder: string;
  readonly label: string;
  readonly channels: 1 | 3;
  readonly epochs: number;
}

export const sets: readonly AblationSet[] = [
  { id: 'polyp', folder: 'polyp-kvasir-seg', label: 'polyp', channels: 3, epochs: 3 },
  { id: 'breast-us', folder: 'breast-us-busi', label: 'lesion', channels: 1, epochs: 6 },
];

const fpn = {
  backbone: 'efficientnet-lite0',
  fpnChannels: 96,
  finestLevel: 3,
  coarsestLevel: 6,
  normGroups: 16,
  anchorsPerLocation: 6,
};
const fpnAnchors = { baseScale: 3, scales: [1, 1.4142], aspectRatios: [0.6, 1, 1.6] };
const proposals = { preNmsTopN: 200, nmsIouThreshold: 0.5, postNmsTopN: 100 };
const secondStage = { proposals: 64, poolSize: 7, channels: 64, hidden: 128, classes: 1 };
const proposalAttention = { channels: 64, heads: 4 };
/** Shares of the lesions of both training sets by level at 192 px: most are as large as P5's and P6's anchors. */
const quotas = { ...proposals, preNmsTopN: [60, 120, 72, 54] };

export const variants: Readonly<Record<string, { what: string; change: object }>> = {
  fpn: { what: 'FPN-RPN, one stage, no attention', change: {} },
  'plain-rpn': {
    what: 'plain RPN on the stride-16 map (3x3 to 512, 9 anchors)',
    change: {
      architecture: {
        ...fpn,
        pyramid: 'none',
        finestLevel: 4,
        coarsestLevel: 4,
        headChannels: 512,
        normGroups: 0,
        anchorsPerLocation: 9,
      },
      anchors: { baseScale: 2, scales: [1, 2.5, 6], aspectRatios: [0.5, 1, 2] },
      proposals: { ...proposals, preNmsTopN: 800 },
    },
  },
  gate: { what: 'scale-specific feature gate', change: { architecture: { ...fpn, levelGate: true } } },
  'spatial-attention': {
    what: 'spatial attention on each level',
    change: { architecture: { ...fpn, spatialAttention: true } },
  },
  'multi-scale-attention': {
    what: 'gate, spatial attention and per-level quotas',
    change: { architecture: { ...fpn, levelGate: true, spatialAttention: true }, proposals: quotas },
  },
  'proposal-attention': {
    what: 'self-attention among the proposals',
    change: {
      architecture: { ...fpn, proposalAttention },
      proposals: { ...proposals, preNmsTopN: [80, 60, 36, 36] },
    },
  },
  'second-stage': {
    what: 'RoIAlign and a second stage',
    change: {
      architecture: { ...fpn, secondStage },
      proposals: { ...proposals, preNmsTopN: [120, 120, 120, 54] },
    },
  },
};

/** Trained variants that are used with selective search's regions added to the network's own. */
export const unions: Readonly<Record<string, { what: string; of: string }>> = {
  'fpn-union': { what: 'FPN-RPN, union with selective search', of: 'fpn' },
  'second-stage-union': { what: 'second stage, union with selective search', of: 'second-stage' },
};

/** The whole recipe of a variant, as models/recipes/ hold them. */
export function recipeOf(set: AblationSet, variant: string, seed: number, root: string): object {
  const base = JSON.parse(readFileSync(join(root, 'bench', 'ablation', 'base.json'), 'utf8'));
  const source = (part: string) => ({
    name: `${set.folder} (${part})`,
    licence: 'see the data set',
    coco: `${set.folder}/${part}.json`,
    images: `${set.folder}/images`,
  });
  return {
    ...base,
    bundle: { ...base.bundle, id: `${set.id}-${variant}-${seed}`, labels: [set.label] },
    data: { train: [source('train')], validation: [source('val')] },
    architecture: fpn,
    anchors: fpnAnchors,
    proposals,
    input: {
      ...base.input,
      size: 192,
      channels: set.channels,
      ...(set.channels === 1 && { intensity: { kind: 'percentile', low: 0.01, high: 0.995 } }),
    },
    augmentation: {
      ...base.augmentation,
      ...(set.channels === 1 && {
        colour: 0,
        flipVertical: false,
        quarterTurns: false,
        rotationDegrees: 8,
        gamma: 1.6,
      }),
    },
    schedule: { ...base.schedule, epochs: set.epochs, canvasSize: 192 },
    scoreFloor: 0.001,
    seed,
    ...variants[variant]!.change,
  };
}
