import { z } from 'zod';
import { notAnalysableReasons } from '../core/quality/verdict';

/** What a model's quality gate made of a series; see core/quality/verdict.ts. */
export const qualityReport = z.object({
  /** Frames or slices that were judged. */
  checked: z.number().int().nonnegative(),
  flagged: z.array(
    z.object({
      reason: z.enum(notAnalysableReasons),
      message: z.string(),
      /** From 0; null: the series as a whole. */
      frame: z.number().int().nonnegative().nullable(),
    }),
  ),
  analysable: z.boolean(),
  /** Someone asked to look anyway. */
  ignored: z.boolean(),
  ignoredBy: z.string().optional(),
});
