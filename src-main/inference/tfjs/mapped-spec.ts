import { z } from 'zod';

/** How a picture becomes the input of a TensorFlow.js model, and its outputs boxes. */
export const mappedInputSpec = z.object({
  width: z.number().int().min(16).max(2048),
  height: z.number().int().min(16).max(2048),
  channels: z.union([z.literal(1), z.literal(3)]),
  order: z.enum(['rgb', 'bgr']),
  /** letterbox keeps proportions; stretch fills. */
  fit: z.enum(['letterbox', 'stretch']),
  /** Of 0..255 values: one, or one a channel. */
  mean: z.array(z.number()).min(1).max(3),
  deviation: z.array(z.number().positive()).min(1).max(3),
});
export type MappedInputSpec = z.infer<typeof mappedInputSpec>;

export const mappedOutputSpec = z.object({
  /** Names (or numbers, in the model's order) of the outputs: boxes [1, N, 4], scores [1, N] or [1, N, C]. */
  boxes: z.union([z.string().min(1), z.number().int().nonnegative()]),
  scores: z.union([z.string().min(1), z.number().int().nonnegative()]),
  /** Corners (x, y or y, x first), lowest corner and size, or centre and size. */
  boxFormat: z.enum(['xyxy', 'yxyx', 'xywh', 'cxcywh']),
  /** Of the input's sides, or px of it. */
  boxUnit: z.enum(['fraction', 'px']),
  scoreKind: z.enum(['probability', 'logit']),
  /** Columns of the scores before the first label, such as one for the background. */
  skipClasses: z.number().int().min(0).max(10),
});
export type MappedOutputSpec = z.infer<typeof mappedOutputSpec>;

export const mappedSelectionSpec = z.object({
  nmsIouThreshold: z.number().min(0).max(1),
  maxDetections: z.number().int().min(1).max(1000),
});
