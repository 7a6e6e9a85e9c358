import { z } from 'zod';
import { boxLps } from './entities';

/** core/detection/explanation.ts as schemas: what a network made of one point. */
const vec3 = z.tuple([z.number(), z.number(), z.number()]);
/** [x0, y0, x1, y1] px. */
const box2 = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const score = z.number().min(0).max(1);
const index = z.number().int().nonnegative();
const map = z.instanceof(ArrayBuffer);

const fateOf = <B extends z.ZodType>(box: B) =>
  z.union([
    z.object({
      outcome: z.literal('kept'),
      rank: z.number().int().positive(),
      provenance: z.enum(['network', 'selective-search', 'both']),
    }),
    z.object({ outcome: z.literal('passed') }),
    z.object({
      outcome: z.literal('removed'),
      stage: z.union([z.literal(1), z.literal(2)]),
      rule: z.enum(['threshold', 'size', 'limit', 'outside', 'window', 'lung']),
    }),
    z.object({
      outcome: z.literal('removed'),
      stage: z.union([z.literal(1), z.literal(2)]),
      rule: z.enum(['nms', 'inside']),
      by: index,
      byBox: box,
      byScore: score,
      overlap: z.number().min(0).max(1),
    }),
  ]);

const anchorOf = <B extends z.ZodType>(box: B) =>
  z.object({ anchor: box, score, deltas: z.array(z.number()), box, boxIndex: index.nullable() });

const level = z.object({
  stride: z.number().positive(),
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  toPicture: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
  row: index,
  column: index,
  anchors: z.array(anchorOf(box2)),
  objectness: map,
  attention: map.nullable(),
});

const boxExplanation = z.object({
  index,
  box: box2,
  firstBox: box2,
  anchor: box2,
  stride: z.number().positive(),
  source: z.enum(['network', 'selective-search']),
  rpnScore: score,
  firstScore: score,
  secondScore: score.nullable(),
  score,
  rawScore: score.optional(),
  label: z.string(),
  fate: fateOf(box2),
});

const candidate = z.object({
  boxLps,
  score,
  rawScore: score.optional(),
  label: z.string(),
  members: z.array(z.object({ slice: index, box: box2, score, widens: z.boolean() })),
  fate: fateOf(boxLps),
});

const pictureExplanation = z.object({
  kind: z.literal('picture'),
  frame: index,
  point: z.tuple([z.number(), z.number()]),
  skipped: z.boolean(),
  scoreFloor: score,
  levels: z.array(level),
  boxes: z.array(boxExplanation),
  boxCount: index,
  candidates: z.array(candidate).nullable(),
});

const volumeExplanation = z.object({
  kind: z.literal('volume'),
  point: vec3,
  window: z.object({ boxLps, spacing: vec3 }),
  skipped: z.boolean(),
  scoreFloor: score,
  levels: z.array(
    z.object({
      stride: vec3,
      rows: z.number().int().positive(),
      columns: z.number().int().positive(),
      plane: z.object({ corner: vec3, columnStep: vec3, rowStep: vec3 }),
      cell: vec3,
      anchors: z.array(anchorOf(boxLps)),
      objectness: map,
    }),
  ),
  boxes: z.array(
    z.object({
      index,
      box: boxLps,
      score,
      rawScore: score.optional(),
      label: z.string(),
      fate: fateOf(boxLps),
    }),
  ),
  boxCount: index,
});

export const explanation = z.discriminatedUnion('kind', [pictureExplanation, volumeExplanation]);

/** What is asked about. */
export const explainedPoint = z.discriminatedUnion('space', [
  z.object({
    space: z.literal('px'),
    frame: index,
    point: z.tuple([z.number(), z.number()]),
  }),
  z.object({ space: z.literal('lps'), point: vec3 }),
]);
