import { z } from 'zod';
import { suppressionKinds } from '../../core/detection/select-proposals';
import { isOrientation } from '../../core/geometry/orientation';
import { falsePositiveTailSpec, measuredFields } from './measured-schema';
import { gateSpec, volumeGateSpec } from '../gate/gate-spec';
import { architecture } from '../network/architecture';
import { architecture3d } from '../network3d/architecture3d';
import { retinanetArchitecture } from '../retinanet3d/retinanet-architecture';
import { fineTunedRecord } from './fine-tuned-record';
import { mappedInputSpec, mappedOutputSpec, mappedSelectionSpec } from '../tfjs/mapped-spec';

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
  /** The canvas is read a second time mirrored, and both readings are averaged (core/detection/flip-averaging.ts). */
  flipAveraging: z.boolean().optional(),
  /** Measuring callipers burnt into the picture are painted over before it is read (preprocess/paint-over.ts). */
  marks: z.literal('painted-over').optional(),
  /**
   * Only this part of the picture is shown to the network, and black and white are its own: the breast (a negative is
   * turned into a positive first) or the disc of the retina (core/volume/foreground.ts).
   */
  foreground: z.enum(['breast', 'retina']).optional(),
  /**
   * The picture (or its foreground) is shown against its own surroundings: halfway from black to white, plus `gain` times
   * the half of that range times its Weber contrast to a Gaussian mean of `sigma` px of the reading
   * (preprocess/local-contrast.ts).
   */
  localContrast: z
    .object({ sigma: z.number().min(2).max(400), gain: z.number().positive().max(20) })
    .optional(),
  /** The picture (or its foreground) is resampled to `longestSide` px and read canvas by canvas. */
  tiles: z
    .object({
      longestSide: z.number().int().min(64).max(8192),
      /** Share of the canvas that neighbouring tiles have in common, at least. */
      overlap: z.number().min(0).max(0.75),
    })
    .optional(),
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
  /**
   * Best anchors of each level that are decoded: one number for all levels, or a quota for each (finest first), as
   * core/detection/level-quotas.ts deals them out by lesion size.
   */
  preNmsTopN: z.union([
    z.number().int().min(1).max(4000),
    z.array(z.number().int().min(1).max(4000)).min(1).max(5),
  ]),
  nmsIouThreshold: z.number().min(0).max(1),
  postNmsTopN: z.number().int().min(1).max(1000),
  /** Boxes narrower or lower than this are dropped, px of the canvas. */
  minSize: z.number().nonnegative().optional(),
  /** Boxes are cut at the canvas before they are suppressed (torchvision does; a lesion may reach beyond the picture). */
  clip: z.boolean().optional(),
  /** Boxes suppress only those of their own level (torchvision). */
  nmsPerLevel: z.boolean().optional(),
  /** What becomes of boxes in one place: core/detection/select-proposals.ts. Left out: `nms`. */
  suppression: z.enum(suppressionKinds).optional(),
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

const vec3 = <T extends z.ZodType>(of: T) => z.tuple([of, of, of]);

/**
 * The grid a volume network reads: resampled to `spacing`, its axes x, y, z parallel to the patient's.
 * Windows are [z][y][x] with x fastest; every triple here is in the order x, y, z.
 */
export const volumeInputSpec = z.object({
  /** mm. */
  spacing: vec3(z.number().positive()),
  /** Where x, y and z grow towards, e.g. LPS (DICOM) or RAS (NIfTI, MONAI). */
  orientation: z.string().refine(isOrientation, 'name three different patient axes, such as LPS or RAS'),
  /** Values (CT: Hounsfield units) that become 0 and 1; what lies beyond is clipped. */
  intensity: z
    .object({ low: z.number(), high: z.number() })
    .refine(({ low, high }) => low < high, 'low must be below high'),
  /** Voxels. */
  window: vec3(z.number().int().min(16).max(1024)),
  /** Share of the window that neighbouring windows have in common. */
  overlap: z.number().min(0).max(0.9),
  /**
   * Each window is read with left and right changed too, and each anchor's logit and deltas are the means of both readings. Of
   * networks of ours whose anchors sit in the middle of their cells.
   */
  flipAveraging: z.boolean().optional(),
});
export type VolumeInputSpec = z.infer<typeof volumeInputSpec>;

export const volumeAnchorSpec = z.object({
  /** Finest level first. */
  levels: z
    .array(
      z.object({
        /** Voxels between neighbouring locations. */
        stride: vec3(z.number().int().positive()),
        /** Sides of the anchors at each location, voxels. */
        shapes: z.array(vec3(z.number().positive())).min(1),
      }),
    )
    .min(1),
  /** Where in its cell a location lies, in strides: 0.5 is the centre; MONAI and torchvision use 0. */
  offset: z.number().min(0).max(1),
  /** Coordinate 0 lies at the first voxel's edge, as in this program, or at its centre, as where MONAI trains. */
  origin: z.enum(['edge', 'center']).default('edge'),
});
export type VolumeAnchorSpec = z.infer<typeof volumeAnchorSpec>;

export const volumeProposalSpec = z.object({
  /** Boxes below are dropped in the graph. */
  scoreThreshold: z.number().min(0).max(1),
  /** Best anchors of each level that are decoded, in each window. */
  preNmsTopN: z.number().int().min(1).max(4000),
  nmsIouThreshold: z.number().min(0).max(1),
  /** Of the whole volume. */
  postNmsTopN: z.number().int().min(1).max(2000),
  /** Share of the smaller of two boxes in the other above which the worse goes; null: only IoU counts. */
  insideThreshold: z.number().min(0).max(1).nullable(),
});
export type VolumeProposalSpec = z.infer<typeof volumeProposalSpec>;

/** Places further from the lungs than this, beyond half a box's shortest side, are no findings (core/volume/lung-mask.ts). */
export const lungMaskSpec = z.object({ marginMm: z.number().min(0).max(40) });

export const shardSpec = z.object({
  file: z.string().regex(/^[\w.-]+$/),
  bytes: z.number().int().positive(),
});

/** How weights lie in the shards: all parameters in order, one after the other, little endian. */
const packedWeights = z.object({
  dtype: z.enum(['float16', 'float32']),
  parameterCount: z.number().int().positive(),
  shards: z.array(shardSpec).min(1),
});

/** `model.json` of a picture bundle: the network and where its weights lie. */
export const pictureModelFile = packedWeights.extend({
  format: z.literal('regio-rpn-1'),
  architecture,
  dtype: z.literal('float16'),
});
export type PictureModelFile = z.infer<typeof pictureModelFile>;

/** `model.json` of a volume bundle. */
export const volumeModelFile = z.discriminatedUnion('format', [
  packedWeights.extend({ format: z.literal('regio-rpn3d-1'), architecture: architecture3d }),
  /** MONAI's RetinaNet, converted when it was imported. */
  packedWeights.extend({
    format: z.literal('monai-retinanet3d-1'),
    architecture: retinanetArchitecture,
  }),
]);
export type VolumeModelFile = z.infer<typeof volumeModelFile>;

/** `model.json` of a mapped bundle: a TensorFlow.js model (its own model.json and weights). */
export const mappedModelFile = z.object({
  format: z.literal('tfjs-1'),
  topology: shardSpec,
  shards: z.array(shardSpec),
});

/** What `bundle.json` says of every model, whatever it reads. */
const bundleHead = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  name: z.string().min(1),
  description: z.string(),
  intendedUse: z.string().min(1),
  modalities: z.array(modality).min(1),
  /** DICOM Body Part Examined values it is meant for, upper case. */
  bodyParts: z.array(z.string()),
  /** One a class. */
  labels: z.array(z.string().min(1)).min(1),
  metrics: z.record(z.string(), metric),
  ...measuredFields,
  /** sha256 of each file named in CHECKSUMS is checked on load; this names the algorithm only. */
  checksums: z.literal('sha256'),
});

const thresholds = z.object({
  /** Findings below are not kept. */
  scoreFloor: z.number().min(0).max(1),
  /** Score at or above which findings are shown at first. */
  default: z.number().min(0).max(1),
  /** Where the default was chosen. */
  chosenOn: z.string(),
});

/** The model whose weights a training began from. */
const initialModel = z.object({ id: z.string(), version: z.string(), modelHash: z.string() });
export type InitialModel = z.infer<typeof initialModel>;

const trainingRecord = z.object({
  recipe: z.string(),
  /** `images`: pictures, or volumes. */
  data: z.array(
    z.object({ name: z.string(), licence: z.string(), images: z.number().int(), boxes: z.number().int() }),
  ),
  /** Pictures, or patches of volumes, drawn in training. */
  images: z.number().int(),
  epochs: z.number(),
  seed: z.number().int(),
  backbone: z.string(),
  /** Left out: ImageNet's backbone and drawn weights. */
  initial: initialModel.optional(),
  /** What it took; left out where nobody wrote it down. */
  seconds: z.number().nonnegative().optional(),
  cores: z.number().int().positive().optional(),
  /** Whether a graphics card computed the network. */
  gpu: z.boolean().optional(),
});

/** A network that reads pictures, and volumes slice by slice. The kind is not spelt in bundles older than the union. */
/** Places that selective search points at beside the network's own (core/proposals). */
export const selectiveSearchSpec = z.object({
  mode: z.enum(['fast', 'quality']),
  /** Best-ranked regions that the network looks at. */
  limit: z.number().int().min(1).max(4000),
});
export type SelectiveSearchSpec = z.infer<typeof selectiveSearchSpec>;

export const pictureBundleFile = bundleHead.extend({
  kind: z.literal('picture').default('picture'),
  labels: z.array(z.string().min(1)).min(1),
  input: inputSpec,
  anchors: anchorSpec,
  proposals: proposalSpec,
  /** Left out: only where it is asked for. */
  selectiveSearch: selectiveSearchSpec.optional(),
  /** Left out: every picture is scored, whatever it shows. */
  gate: gateSpec.optional(),
  volume: volumeSpec.nullable(),
  falsePositiveTail: falsePositiveTailSpec.optional(),
  thresholds: thresholds.extend({
    /** What the default gave on the validation images. */
    fpPerImage: z.number().nonnegative(),
    sensitivity: z.number().min(0).max(1),
  }),
  training: trainingRecord,
  /**
   * What its recipe says beyond the fields here (matching, losses, augmentation, schedule): what fine-tuning goes on with.
   * Kept as it was written; inference/training parses it. Left out: bundles from before it was kept.
   */
  learning: z.record(z.string(), z.unknown()).optional(),
  /** Where it went on learning from a clinic's own reviewed cases. */
  fineTuned: fineTunedRecord.optional(),
});
export type PictureBundleFile = z.infer<typeof pictureBundleFile>;

/** A network that reads volumes window by window in 3D. */
export const volumeBundleFile = bundleHead.extend({
  kind: z.literal('volume'),
  input: volumeInputSpec,
  anchors: volumeAnchorSpec,
  proposals: volumeProposalSpec,
  /** Of chest CT: the model looks at the lungs alone. Left out: at the whole volume. */
  lungMask: lungMaskSpec.optional(),
  /** Left out: every volume is scored. */
  gate: volumeGateSpec.optional(),
  thresholds: thresholds.extend({
    /** What the default gave on the validation volumes; null where nobody measured it. */
    fpPerScan: z.number().nonnegative().nullable(),
    sensitivity: z.number().min(0).max(1).nullable(),
  }),
  /** Null for a model that was trained elsewhere. */
  training: trainingRecord.nullable(),
});
export type VolumeBundleFile = z.infer<typeof volumeBundleFile>;

/** A TensorFlow.js model that reads pictures, imported with a mapping of its inputs and outputs. */
export const mappedBundleFile = bundleHead.extend({
  kind: z.literal('mapped'),
  input: mappedInputSpec,
  outputs: mappedOutputSpec,
  selection: mappedSelectionSpec,
  thresholds,
  training: z.null(),
});
export type MappedBundleFile = z.infer<typeof mappedBundleFile>;

/** `bundle.json`: what a person and the program must know of a model before it is used. */
export const bundleFile = z.preprocess(
  (raw) => (isObject(raw) && raw['kind'] === undefined ? { ...raw, kind: 'picture' } : raw),
  z.discriminatedUnion('kind', [
    pictureBundleFile.extend({ kind: z.literal('picture') }),
    volumeBundleFile,
    mappedBundleFile,
  ]),
);

const isObject = (raw: unknown): raw is Record<string, unknown> => typeof raw === 'object' && raw !== null;

interface WholeBundle {
  readonly folder: string;
  /** sha256 of CHECKSUMS, hence of every file it names. */
  readonly modelHash: string;
}
export type PictureBundle = PictureBundleFile & WholeBundle;
export type VolumeBundle = VolumeBundleFile & WholeBundle;
export type MappedBundle = MappedBundleFile & WholeBundle;
/** A bundle whose files were read and found whole. */
export type ModelBundle = PictureBundle | VolumeBundle | MappedBundle;
