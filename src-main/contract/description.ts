import { z } from 'zod';
import { guidelineIds } from '../core/guidelines';
import { confidences } from '../core/review/description';
import { numberNames, termNames, termSetNames } from '../core/review/description-terms';

const values = z.array(z.string().min(1).max(48)).min(1).max(16);
const termName = z.enum(termNames);
const numberName = z.enum(numberNames);
const guidelineId = z.enum(guidelineIds);
const confidence = z.enum(confidences);

/** core/review/description Assessment. */
const assessment = z.object({
  category: z.string().max(48),
  suggested: z.string().nullable(),
  rule: z.string().nullable(),
});

/** core/review/description FindingDescription: which values a term has is core's to say. */
export const findingDescription = z.object({
  set: z.enum(termSetNames),
  terms: z.partialRecord(termName, values),
  numbers: z.partialRecord(numberName, z.number()),
  confidence: confidence.optional(),
  assessments: z.partialRecord(guidelineId, assessment),
  describedBy: z.string(),
  describedAt: z.string(),
});

/** What is left out stays; null takes it away. Of a category main finds out what the guideline suggested. */
export const descriptionChange = z.object({
  terms: z.partialRecord(termName, values.nullable()).optional(),
  numbers: z.partialRecord(numberName, z.number().nullable()).optional(),
  confidence: confidence.nullable().optional(),
  categories: z.partialRecord(guidelineId, z.string().max(48).nullable()).optional(),
});
