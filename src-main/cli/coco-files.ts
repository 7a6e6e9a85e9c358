import { z } from 'zod';
import type { CocoDetection, CocoTruth } from '../core/evaluation/coco-dataset';
import { readJsonFile } from './json-file';

const id = z.number().int();
const fieldValue = z.union([z.string(), z.number()]);
const bbox = z.tuple([z.number(), z.number(), z.number().nonnegative(), z.number().nonnegative()]);

const truthFile = z.object({
  images: z
    .array(
      z.looseObject({
        id,
        file_name: z.string(),
        width: z.number().optional(),
        height: z.number().optional(),
        patient_id: fieldValue.optional(),
        site: fieldValue.optional(),
      }),
    )
    .min(1),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox,
      area: z.number().nonnegative().optional(),
      iscrowd: z.number().int().optional(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })).min(1),
});

const detectionsFile = z.array(
  z.object({
    image_id: id,
    category_id: id,
    bbox,
    score: z.number(),
    class_scores: z.record(z.string().regex(/^-?\d+$/), z.number().nonnegative()).optional(),
  }),
);

/** @throws AppError file.unreadable, file.malformed (with the first field that does not fit) */
export const readCocoTruth = (file: string): CocoTruth =>
  readJsonFile(file, truthFile, 'a COCO annotation file');

/** @throws AppError as {@link readCocoTruth} */
export const readCocoDetections = (file: string): CocoDetection[] =>
  readJsonFile(file, detectionsFile, 'a COCO results file (a list of image_id, category_id, bbox, score)');
