import { z } from 'zod';
import type { Box3 } from '../core/geometry/box';
import type { VolumeMark, VolumeTruth } from '../core/evaluation/volume-dataset';
import { readJsonFile } from './json-file';

const name = z.string().min(1);
const fieldValue = z.union([z.string(), z.number()]);
const n = z.number();
const box = z
  .tuple([n, n, n, n, n, n])
  .refine((b): b is [...Box3] => [0, 1, 2].every((axis) => b[axis]! < b[axis + 3]!), {
    message: 'a box is [x0, y0, z0, x1, y1, z1] in LPS mm, each low below its high',
  });

const truthFile = z.object({
  series: z
    .array(z.looseObject({ id: name, patient: fieldValue.optional(), site: fieldValue.optional() }))
    .min(1),
  lesions: z.array(
    z.object({
      series: name,
      box,
      size: z.number().positive().optional(),
      ignore: z.boolean().optional(),
    }),
  ),
});

const predictionsFile = z.array(z.object({ series: name, box, score: z.number() }));

/** @throws AppError file.unreadable, file.malformed (with the first field that does not fit) */
export const readVolumeTruth = (file: string): VolumeTruth =>
  readJsonFile(file, truthFile, 'a truth file (docs/evaluation.md)');

/** @throws AppError as {@link readVolumeTruth} */
export const readVolumePredictions = (file: string): VolumeMark[] =>
  readJsonFile(file, predictionsFile, 'a list of predictions (series, box, score)');
