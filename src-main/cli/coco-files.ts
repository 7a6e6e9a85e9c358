import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../core/app-error';
import type { CocoDetection, CocoTruth } from '../core/evaluation/coco-dataset';

const id = z.number().int();
const bbox = z.tuple([z.number(), z.number(), z.number().nonnegative(), z.number().nonnegative()]);

const truthFile = z.object({
  images: z
    .array(
      z.object({ id, file_name: z.string(), width: z.number().optional(), height: z.number().optional() }),
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

const detectionsFile = z.array(z.object({ image_id: id, category_id: id, bbox, score: z.number() }));

/** @throws AppError file.unreadable, file.malformed (with the first field that does not fit) */
export const readCocoTruth = (file: string): CocoTruth => readJson(file, truthFile, 'a COCO annotation file');

/** @throws AppError as {@link readCocoTruth} */
export const readCocoDetections = (file: string): CocoDetection[] =>
  readJson(file, detectionsFile, 'a COCO results file (a list of image_id, category_id, bbox, score)');

function readJson<T>(file: string, schema: z.ZodType<T>, what: string): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('file.unreadable', 'The file cannot be read.', 'Check the path.', { file }, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('file.malformed', 'The file is not JSON.', `Give ${what}.`, { file }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.');
  throw new AppError('file.malformed', `This is not ${what}: ${field}: ${issue.message}`, 'Check the file.', {
    file,
    field,
  });
}
