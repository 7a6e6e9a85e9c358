import { z } from 'zod';

/**
 * `golden.json`: a made input and what the network found in it where the bundle was written. Wherever the bundle is opened
 * it must find the same again: weights that belong to another version, or arithmetic that goes wrong on this machine, are
 * noticed before a patient's image is read. The input is a formula (self-test/golden-input.ts), no image of anyone.
 */
export const goldenFile = z.object({
  format: z.literal('regio-golden-1'),
  input: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('picture'),
      width: z.number().int().min(16).max(4096),
      height: z.number().int().min(16).max(4096),
      channels: z.union([z.literal(1), z.literal(3)]),
      seed: z.number().int(),
    }),
    z.object({
      kind: z.literal('volume'),
      /** Voxels of the network's own grid, x, y, z. */
      dims: z.array(z.number().int().min(8).max(256)).length(3),
      seed: z.number().int(),
    }),
  ]),
  /** Best first. Boxes are px, or mm. */
  proposals: z
    .array(
      z.object({
        label: z.string(),
        score: z.number().min(0).max(1),
        box: z.union([z.array(z.number()).length(4), z.array(z.number()).length(6)]),
      }),
    )
    .min(1),
});
export type GoldenFile = z.infer<typeof goldenFile>;
export type GoldenInput = GoldenFile['input'];

export const goldenName = 'golden.json';
