import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import {
  anchorSpec,
  inputSpec,
  pictureBundleFile,
  proposalSpec,
  selectiveSearchSpec,
  volumeSpec,
} from '../bundle/schema';
import { architecture } from '../network/architecture';
import { scannerAugmentation } from './augmentation/options';

/** Pictures with COCO boxes; both paths are relative to the data root. */
const dataSource = z.object({
  name: z.string().min(1),
  licence: z.string().min(1),
  coco: z.string().min(1),
  images: z.string().min(1),
  /** How often a picture of this source is drawn in an epoch. */
  repeat: z.number().int().min(1).default(1),
  /** Names of categories that are neither lesion nor background: another source does not mark them at all. */
  ignore: z.array(z.string()).optional(),
});
export type DataSource = z.infer<typeof dataSource>;

export const augmentation = scannerAugmentation.extend({
  /**
   * Where pictures are read in tiles (`input.tiles`) an example is a crop of one: this share of the crops is drawn about a
   * lesion, the rest anywhere in the foreground. Left out: half.
   */
  crops: z.object({ lesionShare: z.number().min(0).max(1) }).optional(),
  flipHorizontal: z.boolean(),
  flipVertical: z.boolean(),
  /** Quarter turns. */
  quarterTurns: z.boolean(),
  /** Up to this many degrees either way. */
  rotationDegrees: z.number().min(0).max(180),
  scale: z.tuple([z.number().positive(), z.number().positive()]),
  /** Width over height is changed by up to this factor. */
  stretch: z.number().min(1).max(2),
  /** Shift as a share of the canvas. */
  translate: z.number().min(0).max(0.5),
  /** Exponent drawn log-uniformly from 1/gamma .. gamma. */
  gamma: z.number().min(1).max(4),
  brightness: z.number().min(0).max(1),
  contrast: z.number().min(0).max(1),
  /** Gain of each colour channel. */
  colour: z.number().min(0).max(1),
  /** A smooth gain over the picture, as MR receive coils have. */
  biasField: z.number().min(0).max(1),
  /** Standard deviation of added noise, largest drawn, of full scale. */
  noise: z.number().min(0).max(0.5),
});
export type Augmentation = z.infer<typeof augmentation>;

export const matchingSpec = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('top-k'), k: z.number().int().min(1).max(256) }),
  z.object({
    kind: z.literal('iou'),
    foreground: z.number().min(0).max(1),
    background: z.number().min(0).max(1),
    lowQuality: z.boolean(),
  }),
  z.object({
    kind: z.literal('atss'),
    candidates: z.number().int().min(1).max(64),
    centerInBox: z.boolean(),
  }),
  z.object({
    kind: z.literal('nearest'),
    k: z.number().int().min(1).max(256),
    ignoreAbove: z.number().min(0).max(1).optional(),
  }),
]);

/** Which anchors of a picture count for the objectness loss; left out: all. */
export const samplingSpec = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('balanced'),
    batchSize: z.number().int().min(1),
    positiveFraction: z.number().gt(0).lt(1),
  }),
  z.object({
    kind: z.literal('hard-negative'),
    batchSize: z.number().int().min(1),
    positiveFraction: z.number().gt(0).lt(1),
    minNegatives: z.number().int().min(1).optional(),
    poolSize: z.number().min(1).optional(),
  }),
]);

export const lossSpec = z.object({
  /** 'cross-entropy' is Ren et al.'s; it wants `sampling`, since it does not weigh easy negatives down. */
  objectness: z.enum(['quality-focal', 'focal', 'cross-entropy']),
  box: z.enum(['giou', 'smooth-l1']),
  boxWeight: z.number().positive(),
  /**
   * IoU with a lesion at or above which a region lies on it, in the second stage; left out: 0.5. Where references are marks of
   * a few pixels, a box on the very lesion may overlap its mark by less, and would be taught to be background.
   */
  regionIou: z.number().gt(0).max(1).optional(),
});
export type LossSpec = z.infer<typeof lossSpec>;

export const schedule = z.object({
  epochs: z.number().positive(),
  batchSize: z.number().int().min(1).max(64),
  learningRate: z.number().positive(),
  /** Factor on the learning rate of the backbone. */
  backboneRate: z.number().min(0).max(1),
  warmUpSteps: z.number().int().min(0),
  weightDecay: z.number().min(0),
  /** Decay of the moving average of weights. */
  emaDecay: z.number().min(0).max(0.9999),
  gradientClip: z.number().positive(),
  /** In place of `weightDecay`: draws weights back to those training started from, for fine-tuning. */
  pull: z.number().min(0).max(100).optional(),
  /** Stem and stages up to this one keep their ImageNet weights. */
  frozenStages: z.number().int().min(0).max(6),
  /**
   * Canvas side in training where it is not the input's: a network trained on smaller pictures is faster to train and
   * often better on larger ones (Touvron et al. 2019, "Fixing the train-test resolution discrepancy").
   */
  canvasSize: z.number().int().min(64).max(2048).optional(),
});

/** What a recipe says of its bundle; the rest comes of training. */
export const bundleFields = {
  id: true,
  version: true,
  name: true,
  description: true,
  intendedUse: true,
  modalities: true,
  bodyParts: true,
  labels: true,
} as const;

/** `models/recipes/<id>.json`: all that is needed to train a model again. */
export const recipe = z.object({
  bundle: pictureBundleFile.pick(bundleFields),
  limits: z.array(z.string()),
  data: z.object({
    train: z.array(dataSource).min(1),
    validation: z.array(dataSource).min(1),
    /**
     * Boxes of training lesions are grown to this, px of the picture as read (`input.tiles`, `input.foreground`): a point
     * mark of a few pixels is a place, not a size.
     */
    minBox: z.number().nonnegative().optional(),
  }),
  architecture,
  input: inputSpec,
  anchors: anchorSpec,
  matching: matchingSpec,
  sampling: samplingSpec.optional(),
  losses: lossSpec,
  augmentation,
  schedule,
  proposals: proposalSpec,
  /** In place of `proposals.preNmsTopN`: so many proposals, dealt to the levels by the size of the training lesions. */
  quotas: z
    .object({ total: z.number().int().min(8).max(8000), minimum: z.number().int().min(1).max(1000) })
    .optional(),
  selectiveSearch: selectiveSearchSpec.optional(),
  volume: volumeSpec.nullable(),
  scoreFloor: z.number().min(0).max(1),
  /** What a mark must do to count as found in operating points and calibration; average precision is always by IoU. */
  hit: z.enum(['iou', 'centre']).default('iou'),
  seed: z.number().int(),
});
export type Recipe = z.infer<typeof recipe>;

/** What a run may ask for in place of what its recipe says. */
export interface RecipeChanges {
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
}

/** A recipe of either kind with the changes in it. */
export function withChanges<
  T extends { readonly seed: number; readonly schedule: { readonly epochs: number } },
>(recipe: T, { epochs = recipe.schedule.epochs, seed = recipe.seed }: RecipeChanges): T {
  return { ...recipe, seed, schedule: { ...recipe.schedule, epochs } };
}

/** Why a recipe cannot be used, and the field that says so. */
export type RecipeFault = (why: string, field?: string) => AppError;

/**
 * Reads a recipe of either kind.
 * @returns the recipe, and how to refuse it for what its schema cannot check
 * @throws AppError request.invalid when the file cannot be read or does not fit the schema
 */
export async function readRecipeFile<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<{ recipe: T; bad: RecipeFault }> {
  const bad: RecipeFault = (why, field) =>
    new AppError(
      'request.invalid',
      `The recipe cannot be used: ${why}.`,
      'Correct the recipe; models/recipes/ holds examples.',
      { file, field },
    );
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { recipe: parsed.data, bad };
  const issue = parsed.error.issues[0]!;
  throw bad(issue.message, issue.path.join('.'));
}

/** @throws AppError request.invalid when the file cannot be read or does not fit the schema. */
export async function readRecipe(file: string): Promise<Recipe> {
  const { recipe: read, bad } = await readRecipeFile(file, recipe);
  const { architecture: a, anchors } = read;
  if (a.anchorsPerLocation !== anchors.scales.length * anchors.aspectRatios.length) {
    throw bad('anchorsPerLocation is not scales times aspect ratios', 'architecture.anchorsPerLocation');
  }
  if (a.normGroups > 0 && a.fpnChannels % a.normGroups !== 0) {
    throw bad('fpnChannels is not a multiple of normGroups', 'architecture.normGroups');
  }
  const labels = read.bundle.labels.length;
  if (labels !== (a.secondStage?.classes ?? 1)) {
    throw bad('several labels need a second stage with as many classes', 'architecture.secondStage.classes');
  }
  return read;
}
