import { z } from 'zod';
import { appError, id } from './entities';
import { caseCounts } from './fine-tuning';

/** Why nothing is learned from a series, or from one of its findings. */
export const leftOutReason = z.enum([
  'volume',
  'not-analysable',
  'detection-open',
  'not-read',
  'not-finished',
  'file-missing',
  'unknown-label',
]);
export type LeftOutReason = z.infer<typeof leftOutReason>;

/** What there is to learn from, before anything is trained. */
export const casesSummary = z.object({
  modelId: z.string(),
  /** Everything that can be learned from. */
  all: caseCounts,
  /** Uncertain findings, and second marks on a lesion: they count neither way. */
  ignored: z.number().int(),
  training: caseCounts,
  /** Patients kept from training, for the comparison. */
  heldBack: caseCounts,
  leftOut: z.array(z.object({ studyId: id, file: z.string(), reason: leftOutReason })),
  /** Why training cannot start, or null. */
  refusal: appError.nullable(),
});
export type CasesSummary = z.infer<typeof casesSummary>;
