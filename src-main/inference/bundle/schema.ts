import { z } from 'zod';
import { architecture } from '../network/architecture';

/** What the network wants to see. */
export const inputSpec = z.object({
  /** Side of the square canvas, px; the picture is letterboxed into it. */
  size: z.number().int().min(64).max(2048),
  /** 1: luma, repeated in the three channels; 3: RGB. */
  channels: z.union([z.literal(1), z.literal(3)]),
  intensity: z.discriminatedUnion('kind', [
    /** 0 .. the bit depth's maximum. */
    z.object({ kind: z.literal('full-scale') }),
    /** Black and white at these fractions of the picture's values. */
    z.object({
      kind: z.literal('percentile'),
      low: z.number().min(0).max(1),
      high: z.number().min(0).max(1),
    }),
  ]),
  /** Of 0..255 values. */
  mean: z.number(),
  deviation: z.number().positive(),
});
export type InputSpec = z.infer<typeof inputSpec>;

export const anchorSpec = z.object({
  /** Side of the smallest square at stride s is `baseScale * s`, times each of `scales`. */
  baseScale: z.number().positive(),
  scales: z.array(z.number().positive()).min(1),
  /** Height over width. */
  aspectRatios: z.array(z.number().positive()).min(1),
});
export type AnchorSpec = z.infer<typeof anchorSpec>;

export const proposalSpec = z.object({
  /** Best anchors of each level that are decoded. */
  preNmsTopN: z.number().int().min(1).max(4000),
  nmsIouThreshold: z.number().min(0).max(1),
  postNmsTopN: z.number().int().min(1).max(1000),
});
export type ProposalSpec = z.infer<typeof proposalSpec>;

const modality = z.enum(['CT', 'MR', 'MG', 'US', 'ES', 'OP', 'OT']);

const metric = z.object({
  value: z.number(),
  /** 95 % bootstrap interval over images, or null where it is undefined. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
});

/** How 2D boxes of neighbouring slices become candidates (core/detection/slice-merging.ts). */
export const volumeSpec = z.object({
  iouThreshold: z.number().min(0).max(1),
  maxGapSlices: z.number().int().min(0),
  /** Share of the foreground's size left around it when a slice is cropped to it. */
  marginFraction: z.number().min(0).max(1),
});

export const shardSpec = z.object({
  file: z.string().regex(/^[\w.-]+$/),
  bytes: z.number().int().positive(),
});

/** `model.json`: the network and where its weights lie. */
export const modelFile = z.object({
  format: z.literal('regio-rpn-1'),
  architecture,
  /** All parameters in the architecture's order, one after the other, little endian. */
  dtype: z.literal('float16'),
  parameterCount: z.number().int().positive(),
  shards: z.array(shardSpec).min(1),
});
export type ModelFile = z.infer<typeof modelFile>;

/** `bundle.json`: what a person and the program must know of a model before it is used. */
export const bundleFile = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  name: z.string().min(1),
  description: z.string(),
  intendedUse: z.string().min(1),
  modalities: z.array(modality).min(1),
  /** DICOM Body Part Examined values it is meant for, upper case. */
  bodyParts: z.array(z.string()),
  labels: z.array(z.string().min(1)).length(1),
  input: inputSpec,
  anchors: anchorSpec,
  proposals: proposalSpec,
  volume: volumeSpec.nullable(),
  thresholds: z.object({
    /** Findings below are not kept. */
    scoreFloor: z.number().min(0).max(1),
    /** Score at or above which findings are shown at first. */
    default: z.number().min(0).max(1),
    /** What the default gave on the validation images. */
    chosenOn: z.string(),
    fpPerImage: z.number().nonnegative(),
    sensitivity: z.number().min(0).max(1),
  }),
  training: z.object({
    recipe: z.string(),
    data: z.array(
      z.object({ name: z.string(), licence: z.string(), images: z.number().int(), boxes: z.number().int() }),
    ),
    images: z.number().int(),
    epochs: z.number(),
    seed: z.number().int(),
    backbone: z.string(),
  }),
  metrics: z.record(z.string(), metric),
  /** sha256 of each file named in CHECKSUMS is checked on load; this names the algorithm only. */
  checksums: z.literal('sha256'),
});
export type BundleFile = z.infer<typeof bundleFile>;

/** A bundle whose files were read and found whole. */
export interface ModelBundle extends BundleFile {
  readonly folder: string;
  /** sha256 of CHECKSUMS, hence of every file it names. */
  readonly modelHash: string;
}
