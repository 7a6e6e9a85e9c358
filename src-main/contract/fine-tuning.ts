import { z } from 'zod';

/** How a model goes on learning from a clinic's own reviewed cases. Numbers only: no schema here holds patient data. */
export const caseCounts = z.object({
  pictures: z.number().int(),
  patients: z.number().int(),
  lesions: z.number().int(),
  /** Marks that a reader rejected. */
  rejected: z.number().int(),
});
export type CaseCounts = z.infer<typeof caseCounts>;

const figures = z.object({
  threshold: z.number(),
  ap50: z.number(),
  sensitivity: z.number(),
  fpPerImage: z.number(),
});
const difference = z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() });

/** core/evaluation/compare-models.ts: the new model and the one in use, on the held-back cases. */
export const modelComparison = z.object({
  modelId: z.string(),
  modelVersion: z.string(),
  modelHash: z.string(),
  images: z.number().int(),
  patients: z.number().int(),
  lesions: z.number().int(),
  old: figures,
  new: figures,
  difference: z.object({ ap50: difference, sensitivity: difference, fpPerImage: difference }),
  verdict: z.enum(['better', 'unclear', 'doubtful', 'worse']),
});

/** What a model says that was made from another one here. */
export const fineTuned = z.object({
  baseId: z.string(),
  baseVersion: z.string(),
  baseHash: z.string(),
  createdAt: z.string(),
  trainedOn: caseCounts,
  heldBack: caseCounts,
  trainingSeconds: z.number(),
  compared: modelComparison.nullable(),
});
export type FineTunedModel = z.infer<typeof fineTuned>;
