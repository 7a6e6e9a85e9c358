import { z } from 'zod';
import { measurementKinds, pointCount } from '../core/measure/measurement';

const coordinate = z.number().min(-1e6).max(1e6);

/** core/measure Measurement: what a person drew to measure. */
export const measurement = z
  .object({
    measurementId: z.string().min(1).max(64),
    kind: z.enum(measurementKinds),
    place: z.discriminatedUnion('space', [
      z.object({ space: z.literal('lps'), axis: z.union([z.literal(0), z.literal(1), z.literal(2)]) }),
      z.object({ space: z.literal('px'), frame: z.number().int().nonnegative() }),
    ]),
    points: z.array(z.tuple([coordinate, coordinate, coordinate])).max(4),
  })
  .refine(({ kind, points }) => points.length === pointCount[kind], { path: ['points'] });
