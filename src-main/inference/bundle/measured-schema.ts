import { z } from 'zod';

/**
 * What measuring a model on its validation data adds to bundle.json, at the end of a training or by `regio models measure`.
 * All of it is optional: bundles that nobody measured so, or older ones, load as they are.
 */
const interval = z.tuple([z.number(), z.number()]).nullable();

/** Platt scaling (core/evaluation/platt.ts); every score and threshold in the bundle is a calibrated one. */
export const calibrationSpec = z.object({
  method: z.literal('platt'),
  slope: z.number().positive(),
  intercept: z.number(),
  /** Marks on the validation data, and how many of them lay on a lesion. */
  marks: z.number().int(),
  hits: z.number().int(),
  /** In ten bins of equal count; `after` of marks on images that the fit never saw (five folds). */
  expectedCalibrationError: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
});

/** A row of core/evaluation/operating-points.ts. */
export const operatingPointSpec = z.object({
  per: z.enum(['image', 'scan']),
  falsePositives: z.number().positive(),
  threshold: z.number().min(0).max(1),
  measuredFalsePositives: z.number().nonnegative(),
  falsePositives95: interval,
  sensitivity: z.number().min(0).max(1),
  sensitivity95: interval,
});
export type OperatingPointSpec = z.infer<typeof operatingPointSpec>;

/** Scores that so many false marks an image reach, rising rates: for volumes read slice by slice (volume-estimate.ts). */
export const falsePositiveTailSpec = z.array(
  z.object({ threshold: z.number().min(0).max(1), rate: z.number().positive() }),
);

/** px [x, y, width, height], or LPS mm [x0, y0, z0, x1, y1, z1]. */
const place = z.union([z.array(z.number()).length(4), z.array(z.number()).length(6)]);
const named = z.object({ image: z.string(), place });

/** At the default threshold. Images and scans are named as in their data set: no picture of a patient is kept. */
export const validationSpec = z.object({
  images: z.number().int(),
  boxes: z.number().int(),
  /** Of which no lesion is marked in. */
  imagesWithoutLesion: z.number().int(),
  /** An image (fastest tenth), or scan (mean), on the machine that measured. */
  milliseconds: z.number().nonnegative(),
  /** Drawn at random with this seed, to be looked at: docs/models.md. */
  sample: z.object({
    seed: z.number().int(),
    images: z.array(
      z.object({
        image: z.string(),
        hits: z.number().int(),
        misses: z.number().int(),
        falseAlarms: z.number().int(),
      }),
    ),
  }),
  /** Largest first. */
  worstMisses: z.array(named),
  /** Best scored first. */
  worstFalseAlarms: z.array(named.extend({ score: z.number() })),
});
export type ValidationRecord = z.infer<typeof validationSpec>;

export const measuredFields = {
  calibration: calibrationSpec.optional(),
  operatingPoints: z.array(operatingPointSpec).optional(),
  /** What a mark had to do to count as found; left out: IoU of 0.5 in pictures, the centre within half the size in volumes. */
  hit: z.literal('centre').optional(),
  validation: validationSpec.optional(),
  /** golden.json must be there (golden-file.ts). */
  selfTest: z.literal('golden.json').optional(),
  /** What is known not to work; the card lists it. */
  limits: z.array(z.string()).optional(),
};
