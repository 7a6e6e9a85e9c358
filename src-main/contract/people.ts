import { z } from 'zod';
import { adjudicationWays } from '../core/reading/readers';
import { userRoles } from '../core/reading/roles';
import { readingModes } from '../core/reading/modes';
import { id } from './ids';

const userRole = z.enum(userRoles);
const userName = z.string().trim().min(1).max(128);
/** Typed to prove who one is: whatever its length, it may be wrong. */
const passphrase = z.string().max(1024);
const newPassphrase = passphrase.min(8);

const user = z.object({ userId: id, name: z.string(), role: userRole, disabled: z.boolean() });
export type User = z.infer<typeof user>;

export const sessionState = z.object({
  /** `open`: the store has no users. */
  mode: z.enum(['open', 'users']),
  state: z.enum(['open', 'locked', 'signed-out']),
  /** Who is logged in, also while the screen is locked. */
  user: user.omit({ disabled: true }).nullable(),
});
export type SessionState = z.infer<typeof sessionState>;

const place = z.object({ studyId: id, findingId: id.nullable() });
export type Place = z.infer<typeof place>;

const counts = z.object({
  accepted: z.number().int(),
  rejected: z.number().int(),
  uncertain: z.number().int(),
  pending: z.number().int(),
});

export const readingMode = z.enum(readingModes);

const doublePhase = z.enum(['reading', 'read', 'adjudicating']);

/** What the worklist must know to show each reader what they may see. */
export const summaryReading = z.object({
  mode: readingMode.nullable(),
  /** User ids; '' in a store without users. */
  revealedBy: z.array(z.string()),
  /** Findings that readers added. */
  added: z.number().int(),
  /** Two readers; left out: one, as usual. */
  double: z
    .object({ phase: doublePhase, readers: z.array(z.string()), finished: z.number().int() })
    .optional(),
});

/** How a study is read, and what was said of it as a whole. */
export const studyReading = z.object({
  mode: readingMode,
  /** What the network found is not in the answer: the reader's unaided read is not done. */
  lockedAway: z.boolean(),
  /** When this reader was shown the network's marks; null: not yet, or always (concurrent). */
  revealedAt: z.iso.datetime().nullable(),
  loosened: z.array(z.object({ from: readingMode, to: readingMode, name: z.string(), at: z.iso.datetime() })),
  signature: z.object({ name: z.string(), at: z.iso.datetime(), sha256: z.string() }).nullable(),
  /** False where what the study holds now is not what was signed. */
  signatureHolds: z.boolean(),
  addenda: z.array(z.object({ name: z.string(), at: z.iso.datetime(), text: z.string() })),
  /** Two people read it, blind to each other until both are done; left out: one, as usual. */
  double: z
    .object({
      phase: doublePhase,
      /** First and second. */
      readers: z.array(z.object({ userId: id, name: z.string(), finished: z.boolean(), self: z.boolean() })),
      /** Whether who asks may change findings now. */
      mayChange: z.boolean(),
      /** How who asks may begin to adjudicate; null: they may not, or not now. */
      mayAdjudicate: z.enum(adjudicationWays).nullable(),
      adjudication: z
        .object({ way: z.enum(adjudicationWays), by: z.array(z.string()), at: z.iso.datetime() })
        .nullable(),
    })
    .optional(),
});
export type StudyReading = z.infer<typeof studyReading>;

export const peopleEndpoints = {
  /** Answered whoever asks: who is logged in, and whether the screen is locked. */
  'session.current': { input: z.void(), output: sessionState },
  /** Refused with 'session.refused', and with 'session.wait' for a growing time after several of those. */
  'session.login': { input: z.object({ name: userName, passphrase }), output: sessionState },
  'session.unlock': { input: z.object({ passphrase }), output: sessionState },
  'session.lock': { input: z.void(), output: sessionState },
  'session.logout': { input: z.void(), output: sessionState },
  /** A person is there: keys, mouse. The screen locks when this was not said for the idle time of the settings. */
  'session.touch': { input: z.void(), output: z.void() },

  'users.list': { input: z.void(), output: z.array(user) },
  /** The first one is an admin, and logged in at once; the others are an admin's to make. */
  'users.create': {
    input: z.object({ name: userName, role: userRole, passphrase: newPassphrase }),
    output: user,
  },
  /** One's own, or as an admin anybody's; `own` is the passphrase of who asks. */
  'users.changePassphrase': {
    input: z.object({ userId: id, own: passphrase, passphrase: newPassphrase }),
    output: z.void(),
  },
  'users.disable': { input: z.object({ userId: id, disabled: z.boolean() }), output: z.void() },

  /** The audit chain and the result of its check, for an admin; `folder` as in export.start. */
  'audit.export': {
    input: z.object({ folder: z.string().min(1).nullable() }),
    output: z
      .object({
        folder: z.string(),
        files: z.array(z.string()),
        records: z.number().int(),
        problems: z.array(z.string()),
      })
      .nullable(),
  },

  /** Where the reader was when the program ended without being closed; null: nowhere. */
  'place.get': { input: z.void(), output: place.nullable() },
  'place.set': { input: place.nullable(), output: z.void() },

  /** What was being typed when the screen was locked; taken in then, too. `reader`: the user id of who typed, or ''. */
  'drafts.keep': {
    input: z.object({
      studyId: id,
      key: z.string().min(1).max(200),
      text: z.string().max(8000),
      reader: z.string().max(64),
    }),
    output: z.void(),
  },
  /** This reader's own, once. */
  'drafts.take': {
    input: z.object({ studyId: id }),
    output: z.array(z.object({ key: z.string(), text: z.string() })),
  },

  /** The study is opened for reading: its mode is settled. */
  'reading.begin': { input: z.object({ studyId: id }), output: z.void() },
  /** Before it is opened any; afterwards only a looser one, and that stands in every report. */
  'reading.setMode': { input: z.object({ studyId: id, mode: readingMode }), output: z.void() },
  /** "Unaided read done", or in the mode on request "show me": recorded, once a reader. */
  'reading.reveal': { input: z.object({ studyId: id }), output: z.void() },

  /** What a signature would stand for: counted of the findings that the report shows. */
  'sign.preview': {
    input: z.object({ studyId: id }),
    output: z.object({
      counts,
      /** Series that no model could read to the end. */
      failed: z.number().int(),
      /** Why it cannot be signed now; null where it can. */
      refusal: z.string().nullable(),
    }),
  },
  /**
   * `passphrase` of who signs, where the store has users. Refused with 'review.conflict' while a finding that the report
   * shows is undecided, and where a detection failed unless `withFailed`.
   */
  'sign.sign': {
    input: z.object({ studyId: id, passphrase, withFailed: z.boolean() }),
    output: studyReading,
  },
  /** Text alone: findings are not changed any more. */
  'sign.addendum': {
    input: z.object({ studyId: id, passphrase, text: z.string().trim().min(1).max(8000) }),
    output: studyReading,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
