import { z } from 'zod';
import { profileOptions } from '../core/deidentification/profile';

/** What de-identification is asked for. */
export const deidentifyInput = z.object({
  paths: z.array(z.string()).min(1),
  /** Made where it is missing; neither inside the sources nor around them. */
  outFolder: z.string().min(1),
  options: z.array(z.enum(profileOptions)),
  /** Write pictures that say they show text, too. */
  keepBurnedIn: z.boolean(),
  /** 64 hex digits: the same secret gives the same UIDs, pseudonyms and dates in every run. */
  secret: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whether the secret is kept, so that later runs fit this one: said in the report. */
  secretKept: z.boolean().optional(),
  /** For De-identification Method: program and version. */
  software: z.string(),
});

/** One thing done to one attribute of a file. Values are never named. */
const action = z.object({
  /** (gggg,eeee), nested ones joined by `>`; for pictures and volumes the name of the chunk, segment or field. */
  tag: z.string(),
  name: z.string(),
  action: z.enum(['removed', 'emptied', 'replaced', 'uid-replaced', 'date-shifted', 'cleaned', 'kept']),
  because: z.enum([
    'profile',
    'option',
    'private',
    'graphics',
    'not-in-standard',
    'set-by-profile',
    'metadata',
  ]),
  count: z.number().int(),
});
export type DeidentifyAction = z.infer<typeof action>;

const writtenFile = z.object({
  /** The source's path: of this report alone, never of the one written beside the files. */
  source: z.string(),
  /** Relative to the output folder, with forward slashes. */
  output: z.string(),
  /** TIFF and WebP become PNG. */
  format: z.enum(['dicom', 'png', 'jpeg', 'nifti', 'nrrd', 'metaimage']),
  /** Index into `actionSets`: files of a series mostly share one. */
  actions: z.number().int(),
  /** Pixels outside the ultrasound regions were blanked. */
  masked: z.boolean(),
  /** Text may be left in the pixels; empty: nothing points to it. */
  burnedIn: z.string(),
});

export const deidentifyReport = z.object({
  profile: z.literal('basic'),
  standard: z.string(),
  options: z.array(z.enum(profileOptions)),
  /** `this-run`: made under a secret that is forgotten. `kept`: later runs with the same secret give the same. */
  pseudonyms: z.enum(['this-run', 'kept']),
  files: z.array(writtenFile),
  actionSets: z.array(z.array(action)),
  /** Not written, and why. */
  skipped: z.array(z.object({ file: z.string(), reason: z.string(), field: z.string().optional() })),
});
export type DeidentifyReport = z.infer<typeof deidentifyReport>;

/** The same for people: equal actions of all files together, counted. */
export const deidentifySummary = z.object({
  options: deidentifyReport.shape.options,
  pseudonyms: deidentifyReport.shape.pseudonyms,
  written: z.number().int(),
  /** Files in which pixels outside the ultrasound regions were blanked. */
  masked: z.number().int(),
  /** Files in whose pixels text may be left, by reason. */
  lookAt: z.array(z.object({ why: z.string(), count: z.number().int(), first: z.string() })),
  skippedCount: z.number().int(),
  /** At most some hundreds of them. */
  skipped: deidentifyReport.shape.skipped,
  actions: z.array(action),
});
export type DeidentifySummary = z.infer<typeof deidentifySummary>;
