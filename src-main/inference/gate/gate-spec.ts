import { z } from 'zod';
import { statisticNames } from '../../core/quality/picture-statistics';

const bound = z.number().nullable();

/**
 * What a model accepts as one of the pictures it was made for (`bundle.gate`). Without it nothing is turned away.
 * The feature statistics lie in a shard: float32, little endian, mean [D], scale [D], variances [K], directions [K, D].
 */
export const gateSpec = z.object({
  /** By statistic (core/quality/picture-statistics.ts): lowest and highest value that passes. */
  limits: z.partialRecord(z.enum(statisticNames), z.tuple([bound, bound])),
  /** Distance of pooled backbone features from those of the training pictures. */
  features: z.object({
    shard: z.object({ file: z.string().regex(/^[\w.-]+$/), bytes: z.number().int().positive() }),
    /** Pyramid levels whose channels are averaged over the picture, one after the other. */
    levels: z.array(z.number().int().min(2).max(5)).min(1),
    /** D */
    count: z.number().int().min(2),
    /** K */
    kept: z.number().int().min(1),
    /** Variance beyond the kept directions. */
    residual: z.number().positive(),
    /** Distances above are turned away. */
    threshold: z.number().positive(),
  }),
  /** How it was fitted. */
  fitted: z.object({
    /** Training pictures. */
    pictures: z.number().int(),
    /** Held-back pictures, and how many of them are turned away. */
    held: z.number().int(),
    heldFlagged: z.number().int(),
  }),
});
export type GateSpec = z.infer<typeof gateSpec>;

/** What a model of chest CT accepts (core/quality/ct-volume.ts); nothing of it is fitted. */
export const volumeGateSpec = z.object({
  kind: z.literal('chest-ct'),
  leastSlices: z.number().int().min(1).default(12),
  leastExtent: z.number().positive().default(60),
  mostSliceSpacing: z.number().positive().default(6),
  mostPixelSpacing: z.number().positive().default(1.6),
});
