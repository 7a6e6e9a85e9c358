import { z } from 'zod';

const counts = z.object({
  pictures: z.number().int(),
  patients: z.number().int(),
  lesions: z.number().int(),
  rejected: z.number().int(),
});
const figures = z.object({
  threshold: z.number(),
  ap50: z.number(),
  sensitivity: z.number(),
  fpPerImage: z.number(),
});
const difference = z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() });

/** With the model that was in use then (core/evaluation/compare-models.ts). */
const compared = z.object({
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
export type Compared = z.infer<typeof compared>;

/** What bundle.json says of a model that went on learning from reviewed cases: numbers only, nothing of a patient. */
export const fineTunedRecord = z.object({
  baseId: z.string(),
  baseVersion: z.string(),
  baseHash: z.string(),
  createdAt: z.string(),
  trainedOn: counts,
  heldBack: counts,
  trainingSeconds: z.number(),
  /** Null: not compared, and not to be used. */
  compared: compared.nullable(),
});
