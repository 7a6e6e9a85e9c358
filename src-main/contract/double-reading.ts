import { z } from 'zod';
import { adjudicationWays } from '../core/reading/readers';
import { finding } from './entities';
import { id } from './ids';

const kappa = z.object({
  count: z.number().int(),
  /** Share. */
  agreed: z.number(),
  kappa: z.number().nullable(),
  standardError: z.number().nullable(),
  interval95: z.tuple([z.number(), z.number()]).nullable(),
});

/** core/review/agreement.ts, with what was made of each item since. */
const agreement = z.object({
  items: z.array(
    z.object({
      findingId: id,
      first: finding.nullable(),
      second: finding.nullable(),
      disagreed: z.boolean(),
      /** Which of the two holds; `own`: the adjudication says another thing; null: open, or nobody had to say. */
      resolved: z.enum(['first', 'second', 'own']).nullable(),
    }),
  ),
  both: z.number().int(),
  onlyFirst: z.number().int(),
  onlySecond: z.number().int(),
  table: z.array(z.array(z.number().int())),
  candidates: kappa.nullable(),
});
export type ShownAgreement = z.infer<typeof agreement>;

export const doubleReadingEndpoints = {
  /**
   * Two people read the study, blind to each other. An admin says who, or one of the two before anything was said of it;
   * once it is begun only an admin puts others in their place. Admins are none of the two: they may take the chain out.
   */
  'double.assign': {
    input: z.object({ studyIds: z.array(id).min(1).max(500), readers: z.tuple([id, id]) }),
    output: z.void(),
  },
  /** One reader is done: their reading stays as it is. Refused while a finding is undecided. */
  'double.finish': { input: z.object({ studyId: id }), output: z.void() },
  /** Not done after all; refused once both are. */
  'double.reopen': { input: z.object({ studyId: id }), output: z.void() },
  /** Both readings compared; null until both are done. */
  'double.agreement': { input: z.object({ studyId: id }), output: agreement.nullable() },
  /**
   * Begins to say which of the two holds: an adjudicator who is none of the readers, or one of the readers with the
   * passphrase of the other, who agrees to a consensus.
   */
  'double.adjudicate': {
    input: z.object({ studyId: id, way: z.enum(adjudicationWays), passphrase: z.string().max(1024) }),
    output: z.void(),
  },
  /** Of a disagreement one side holds. Saying another thing is deciding, editing ... as of any finding. */
  'double.resolve': {
    input: z.object({ studyId: id, findingId: id, take: z.enum(['first', 'second']) }),
    output: finding,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
