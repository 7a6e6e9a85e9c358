import { z } from 'zod';

const row = z.tuple([z.number(), z.number(), z.number()]);

/** core/registration Registration: from the current examination's LPS mm to the earlier one's. */
export const registration = z.object({
  transform: z.object({ rotation: z.tuple([row, row, row]), translation: row }),
  similarity: z.number(),
  agreement: z.number(),
  overlap: z.number(),
  /** False: they do not show the same part of the same body, and the transform means nothing. */
  fits: z.boolean(),
});
