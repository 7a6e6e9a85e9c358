import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  lungMaskSpec,
  volumeAnchorSpec,
  volumeBundleFile,
  volumeInputSpec,
  volumeProposalSpec,
} from '../bundle/schema';
import { volumeGateSpec } from '../gate/gate-spec';
import { architecture3d, sizeDivisor } from '../network3d/architecture3d';
import { syntheticSpec } from './synthetic/synthetic-spec';
import { bundleFields, lossSpec, matchingSpec, readRecipeFile } from '../training/recipe';

const volumeBox = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);

/**
 * Volumes with boxes; paths are relative to the data root, or after `package:` to what set-up takes out of packages
 * (`package:pyradiomics/lung1_image.nrrd`).
 */
const volumeSource = z.object({
  name: z.string().min(1),
  licence: z.string().min(1),
  volumes: z
    .array(
      z.object({
        /** A NRRD or NIfTI file, or the folder of a DICOM series. */
        series: z.string().min(1),
        /** JSON: {"nodules": [{"boxLpsMm": [x0, y0, z0, x1, y1, z1], "readers": 3}]}. */
        boxes: z.string().min(1).optional(),
        /**
         * In place of the file: LPS mm, lows then highs. Neither: nobody marked this volume, and places that look like
         * nodules count neither way.
         */
        boxesLpsMm: z.array(volumeBox).optional(),
      }),
    )
    .min(1),
  /** Boxes that fewer readers drew count neither way; a box without a number of readers counts. */
  minReaders: z.number().int().min(1).default(1),
});
export type VolumeSource = z.infer<typeof volumeSource>;

const volumeAugmentation = z.object({
  /** Mirror along x, y, z. */
  flip: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
  scale: z.tuple([z.number().positive(), z.number().positive()]),
  /** Gain drawn from 1 - contrast .. 1 + contrast, then an offset from -brightness .. brightness, of full scale. */
  contrast: z.number().min(0).max(1),
  brightness: z.number().min(0).max(1),
  /** Standard deviation of added noise, largest drawn, of full scale. */
  noise: z.number().min(0).max(0.5),
  /** Turned about z by up to `axialDegrees` either way, then tilted about x and y. */
  rotation: z
    .object({ axialDegrees: z.number().min(0).max(180), tiltDegrees: z.number().min(0).max(45) })
    .optional(),
  /** Lowest and highest share of a voxel's difference from its neighbours that is added: a softer or sharper kernel. */
  kernel: z.tuple([z.number().min(-1).max(0), z.number().min(0).max(3)]).optional(),
});
export type VolumeAugmentation = z.infer<typeof volumeAugmentation>;

const volumeSchedule = z.object({
  epochs: z.number().positive(),
  /** Patches drawn from each volume in an epoch. */
  patchesPerVolume: z.number().int().min(1),
  /** Sides of a patch, voxels. */
  patch: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  /** Share of patches that hold a lesion on purpose. */
  positiveShare: z.number().min(0).max(1),
  batchSize: z.number().int().min(1).max(64),
  learningRate: z.number().positive(),
  warmUpSteps: z.number().int().min(0),
  weightDecay: z.number().min(0),
  emaDecay: z.number().min(0).max(0.9999),
  gradientClip: z.number().positive(),
  /** Batches from which batch norm's moments are measured at the end, for the averaged weights. */
  calibrationBatches: z.number().int().min(1).max(1000),
});

/** A recipe for a 3D network: all that is needed to train a volume bundle again. */
export const volumeRecipe = z.object({
  kind: z.literal('volume'),
  bundle: volumeBundleFile.pick(bundleFields),
  limits: z.array(z.string()),
  data: z.object({
    train: z.array(volumeSource).min(1),
    validation: z.array(volumeSource),
    /**
     * Longest side of a box in training, mm; larger ones count neither way. A mass as large as a patch would teach that any
     * soft tissue is a lesion.
     */
    largestMm: z.number().positive().optional(),
    /**
     * In place of validation volumes: a file beside the recipe with the marks of models of the same recipe, each on scans
     * that were left out of its training (bench/lung-folds.mjs).
     */
    heldOut: z.string().min(1).optional(),
  }),
  architecture: architecture3d,
  input: volumeInputSpec,
  anchors: volumeAnchorSpec,
  matching: matchingSpec,
  losses: lossSpec,
  augmentation: volumeAugmentation,
  schedule: volumeSchedule,
  /** Chest CT: patches come from the lungs, and the bundle looks at these alone. */
  lungMask: lungMaskSpec.optional(),
  /** What the model turns away. */
  gate: volumeGateSpec.optional(),
  /** Nodules made while training; wants `lungMask`. */
  synthetic: syntheticSpec.optional(),
  proposals: volumeProposalSpec,
  scoreFloor: z.number().min(0).max(1),
  seed: z.number().int(),
});
export type VolumeRecipe = z.infer<typeof volumeRecipe>;

/** Whether a recipe file is one for volumes; a file that cannot be read is not, and the picture recipe's reader says why. */
export async function isVolumeRecipe(file: string): Promise<boolean> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { kind?: unknown }).kind === 'volume';
  } catch {
    return false;
  }
}

/** @throws AppError request.invalid when the file cannot be read or does not fit the schema. */
export async function readVolumeRecipe(file: string): Promise<VolumeRecipe> {
  const { recipe, bad } = await readRecipeFile(file, volumeRecipe);
  const { architecture: a, anchors, schedule, bundle } = recipe;
  const levels = a.stages.length - a.finestLevel + 1;
  if (anchors.levels.length !== levels) throw bad(`the network has ${levels} levels`, 'anchors.levels');
  anchors.levels.forEach((l, n) => {
    if (l.shapes.length !== a.anchorsPerLocation)
      throw bad('each level has anchorsPerLocation shapes', `anchors.levels.${n}.shapes`);
    if (l.stride.some((s) => s !== 2 ** (a.finestLevel + n)))
      throw bad(`the stride of this level is ${2 ** (a.finestLevel + n)}`, `anchors.levels.${n}.stride`);
  });
  if (schedule.patch.some((s) => s < 1 || s % sizeDivisor(a) !== 0))
    throw bad(`sides are multiples of ${sizeDivisor(a)}`, 'schedule.patch');
  if (a.headNormGroups > 0 && a.fpnChannels % a.headNormGroups !== 0)
    throw bad('fpnChannels is not a multiple of headNormGroups', 'architecture.headNormGroups');
  if (recipe.data.validation.length > 0 === (recipe.data.heldOut !== undefined))
    throw bad('there are either validation volumes or marks on what was left out', 'data.validation');
  if (recipe.data.validation.some((s) => s.volumes.some((v) => !v.boxes && !v.boxesLpsMm)))
    throw bad('nobody marked one of these volumes', 'data.validation');
  if (recipe.synthetic && !recipe.lungMask) throw bad('made nodules need a lung mask', 'lungMask');
  if (recipe.augmentation.rotation && new Set(recipe.input.spacing).size > 1)
    throw bad('patches are turned on a grid of equal spacing only', 'augmentation.rotation');
  if (bundle.labels.length !== 1) throw bad('the network tells one class', 'bundle.labels');
  return recipe;
}
