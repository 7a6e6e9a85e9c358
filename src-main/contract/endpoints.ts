import { z } from 'zod';
import {
  exportFormat,
  finding,
  findingOrigin,
  findingPlace,
  id,
  identityNotice,
  job,
  installedModel,
  outlineMask,
  rejectReason,
  settings,
  studyDetail,
  studyFlag,
  studySummary,
  thumbnail,
  verdict,
  volumeIndex,
} from './entities';
import { deidentifyInput } from './deidentification';
import { descriptionChange } from './description';
import { casesSummary } from './cases';
import { doubleReadingEndpoints } from './double-reading';
import { engineStatus } from './engine-status';
import { peopleEndpoints, sessionState } from './people';
import { priorsEndpoints } from './priors';
import { measurement } from './measurement';
import { explainedPoint, explanation } from './explanation';

/**
 * Everything the renderer can ask of main. One table: main's handlers, preload's bridge and the
 * renderer's client are all typed by it, so a forgotten channel is a compile error.
 */
export const endpoints = {
  'app.info': {
    input: z.void(),
    output: z.object({
      version: z.string(),
      electron: z.string(),
      dataFolder: z.string(),
      demo: z.boolean(),
      engine: z.enum(['starting', 'ready', 'restarting', 'stopped']),
      /** Study to open at once (demo, tests, file association), or null. */
      openStudyId: id.nullable(),
    }),
  },
  'settings.get': { input: z.void(), output: settings },
  'settings.set': { input: settings.omit({ version: true, activeModels: true }).partial(), output: settings },

  'studies.list': { input: z.void(), output: z.array(studySummary) },
  /**
   * The same for the window, as the JSON of `studySummary[]` without identity notices, which stand beside it: a text crosses
   * the bridge in a fraction of the time that thousands of objects take.
   */
  'studies.listText': {
    input: z.void(),
    output: z.object({ summaries: z.string(), identity: z.record(id, z.array(identityNotice)) }),
  },
  /** The beginning of the same list, for the first look at it, with how many there are and have what the list can be filtered by. */
  'studies.firstText': {
    input: z.object({ count: z.number().int().min(1).max(200) }),
    output: z.object({
      summaries: z.string(),
      identity: z.record(id, z.array(identityNotice)),
      total: z.number().int().nonnegative(),
      states: z.record(z.string(), z.number().int()),
      modalities: z.record(z.string(), z.number().int()),
      flags: z.record(z.string(), z.number().int()),
    }),
  },
  /** Of those that are still there: what to ask after `study.changed`. */
  'studies.summaries': {
    input: z.object({ studyIds: z.array(id).min(1).max(500) }),
    output: z.array(studySummary),
  },
  /** Sets or takes away a flag. Audited in the name of who did. */
  'studies.flag': {
    input: z.object({ studyIds: z.array(id).min(1).max(10_000), flag: studyFlag, on: z.boolean() }),
    output: z.void(),
  },
  'studies.open': { input: z.object({ studyId: id }), output: studyDetail },
  'studies.remove': { input: z.object({ studyId: id }), output: z.void() },

  /** Shows the system's open dialog; null when the person cancels. */
  'import.pick': {
    input: z.object({ what: z.enum(['files', 'folder']) }),
    output: z.object({ jobId: id }).nullable(),
  },
  'import.paths': {
    input: z.object({
      paths: z.array(z.string().min(1)).min(1).max(10_000),
      /** Of files that hold several volumes the one to show, from 0; the first where it is left out. */
      volume: volumeIndex.optional(),
      /** Copy the files into the encrypted store, so that the study opens without them; left out: as the settings say. */
      copy: z.boolean().optional(),
    }),
    output: z.object({ jobId: id }),
  },

  /** Puts another volume of the same file (see `ScannedSeries.volume`) beside the series, as a series of its own. */
  'import.volume': {
    input: z.object({ seriesId: id, volume: volumeIndex }),
    output: z.object({ jobId: id }),
  },

  'engine.status': { input: z.void(), output: engineStatus },

  'jobs.list': { input: z.void(), output: z.array(job) },
  /** Detections that wait and the one that runs. */
  'queue.get': {
    input: z.void(),
    output: z.object({
      paused: z.boolean(),
      running: job.nullable(),
      /** The next hundred, in the order in which they will run. */
      waiting: z.array(job),
      waitingCount: z.number().int(),
    }),
  },
  /** What runs is finished; nothing else is begun while it is paused. */
  'queue.pause': { input: z.object({ paused: z.boolean() }), output: z.void() },
  /** Ends every detection that waits. */
  'queue.clear': { input: z.void(), output: z.void() },
  'jobs.cancel': { input: z.object({ jobId: id }), output: z.void() },

  /** Raw little-endian voxels of each asked slice (or frame), in the order asked. */
  'series.readSlices': {
    input: z.object({ seriesId: id, indices: z.array(z.number().int().nonnegative()).min(1).max(16) }),
    output: z.array(z.object({ index: z.number().int(), data: z.instanceof(ArrayBuffer) })),
  },
  /** Ends what is being read of a series, and closes it in the engine: its viewer is gone. */
  'series.leave': { input: z.object({ seriesId: id }), output: z.void() },
  /** Made in the background the first time that it is asked for, and kept; null: there is nothing to show. */
  'series.thumbnail': { input: z.object({ seriesId: id }), output: thumbnail.nullable() },
  /** What a model made of one point: the inspector. Ask again when the point moves; maps are float32 little-endian. */
  'series.explain': {
    input: z.object({
      studyId: id,
      seriesId: id,
      /** null: the one that read the series last, else the one that fits. */
      modelId: z.string().min(1).nullable(),
      point: explainedPoint,
      /** Read the rest of the volume too; takes as long as a detection. */
      whole: z.boolean(),
    }),
    output: z.object({
      modelId: z.string(),
      modelVersion: z.string(),
      modelHash: z.string(),
      threshold: z.number(),
      explanation,
    }),
  },
  /**
   * All that one result set found, as the network made it and whatever came after: to compare two models, or two thresholds
   * of one. Refused with 'review.locked-away' while the network's marks are not to be seen.
   */
  'results.findings': {
    input: z.object({ studyId: id, resultSetId: id }),
    output: z.array(
      finding
        .pick({ findingId: true, seriesId: true, number: true, label: true, place: true })
        .extend({ score: z.number() }),
    ),
  },
  /**
   * Another result of a series is read from now on. What a reader has said something of stays, whichever result it is of.
   * Refused like 'results.findings'; 'review.signed'; 'review.blind' once one of two blind readers has begun; and
   * 'review.conflict' where the last detection of the series is not done.
   */
  'results.choose': {
    input: z.object({ studyId: id, seriesId: id, resultSetId: id }),
    output: z.void(),
  },
  /** What readers measured in the study, beside the findings. */
  'measurements.list': {
    input: z.object({ studyId: id }),
    output: z.array(z.object({ seriesId: id, measurement })),
  },
  /** A new one, or one that was changed. */
  'measurements.put': { input: z.object({ studyId: id, seriesId: id, measurement }), output: z.void() },
  'measurements.remove': {
    input: z.object({ studyId: id, measurementIds: z.array(id).min(1).max(1000) }),
    output: z.void(),
  },
  /** RGBA crop around each finding for the finding list, at most `size` px a side. */
  'findings.thumbnails': {
    input: z.object({
      studyId: id,
      findingIds: z.array(id).min(1).max(64),
      size: z.number().int().min(16).max(256),
    }),
    output: z.array(
      z.object({
        findingId: id,
        width: z.number().int(),
        height: z.number().int(),
        rgba: z.instanceof(ArrayBuffer),
      }),
    ),
  },

  'models.list': { input: z.void(), output: z.array(installedModel) },
  /** From now on: a model made from a shipped one in its place, or the shipped one again. Audited. */
  'models.use': { input: z.object({ modelId: z.string().min(1) }), output: z.void() },
  /** Deletes a model made here that is not in use. Audited. */
  'models.discard': { input: z.object({ modelId: z.string().min(1) }), output: z.void() },
  /** What there is to learn from: cases that were read to the end after this model. */
  'cases.summary': { input: z.object({ modelId: z.string().min(1) }), output: casesSummary },
  /** Makes a new model of the reviewed cases and compares it with the one in use; uses nothing. */
  'training.start': {
    input: z.object({
      modelId: z.string().min(1),
      epochs: z.number().positive().max(1000).nullable(),
      minutes: z
        .number()
        .positive()
        .max(24 * 60)
        .nullable(),
    }),
    output: z.object({ jobId: id }),
  },
  /** Runs the model that fits (or the one named) on each analysable series of the study. */
  'detection.start': {
    input: z.object({
      studyId: id,
      modelId: z.string().min(1).nullable(),
      /** Score what the quality gate turned away, too. Wants a reviewer name, which audit and report keep. */
      ignoreGate: z.boolean().optional(),
    }),
    output: z.object({ jobId: id }),
  },
  /** One job a study, urgent ones first, else in the order given. What cannot be queued does not keep the others from it. */
  'detection.startMany': {
    input: z.object({ studyIds: z.array(id).min(1).max(10_000) }),
    output: z.object({
      queued: z.number().int(),
      refused: z.array(z.object({ studyId: id, message: z.string() })),
    }),
  },

  /**
   * Answers only after the decision is in the store. `rejected` needs a reason, the others none. Refused with
   * 'request.invalid', field 'reviewer', while settings hold no reviewer name.
   */
  'review.decide': {
    input: z.object({
      studyId: id,
      findingId: id,
      verdict: verdict.extract(['pending', 'accepted', 'rejected', 'uncertain']),
      reason: rejectReason.nullable(),
    }),
    output: finding,
  },
  'review.comment': {
    input: z.object({ studyId: id, findingId: id, comment: z.string().max(4000) }),
    output: finding,
  },
  /** Changes what is said of a finding by list. Refused with the term as field where a value is not in its list. */
  'review.describe': {
    input: z.object({ studyId: id, findingId: id, change: descriptionChange }),
    output: finding,
  },
  /** A lesion the network missed, or the corrected box of one it found. */
  'review.add': {
    input: z.object({
      studyId: id,
      seriesId: id,
      label: z.string().min(1).max(64),
      place: findingPlace,
      /** Left out: drawn. */
      origin: findingOrigin.optional(),
    }),
    output: finding,
  },
  /** Deletes a finding of the reader's own. */
  'review.remove': { input: z.object({ studyId: id, findingId: id }), output: z.void() },
  /** Makes several findings of one series (of one frame) one of the reader's own. */
  'review.merge': {
    input: z.object({ studyId: id, findingIds: z.array(id).min(2).max(16) }),
    output: finding,
  },
  /** Makes a finding two of the reader's own: its box is halved across its longest side. */
  'review.split': {
    input: z.object({ studyId: id, findingId: id }),
    output: z.array(finding).length(2),
  },
  'review.edit': {
    input: z.object({ studyId: id, findingId: id, place: findingPlace }),
    output: finding,
  },
  /**
   * The outline of a finding's lesion: looked for in its box (`mask` null; the newest wish of a study ends the one before),
   * or as a hand has corrected it. Refused with 'request.invalid', field 'outline', where nothing stands out.
   */
  'review.outline': {
    input: z.object({ studyId: id, findingId: id, mask: outlineMask.nullable() }),
    output: finding,
  },
  'review.clearOutline': { input: z.object({ studyId: id, findingId: id }), output: finding },
  /** Ends what is being looked for: an outline or a suggestion. */
  'review.cancelOutline': { input: z.object({ studyId: id }), output: z.void() },
  /** A box for a finding at a point, the network's or around what stands out; null: nothing does. Nothing is stored. */
  'review.suggest': {
    input: z.object({ studyId: id, seriesId: id, point: explainedPoint }),
    output: z.object({ place: findingPlace, origin: findingOrigin }).nullable(),
  },
  /** Takes back the last decision, comment, description, edit or addition of this study; null when there is none. */
  'review.undo': { input: z.object({ studyId: id }), output: z.object({ findingId: id }).nullable() },
  /** Takes back the last undo, while nothing else was done since; null when there is none. */
  'review.redo': { input: z.object({ studyId: id }), output: z.object({ findingId: id }).nullable() },

  /** `folder: null` asks with the system's dialog; null result when the person cancels. */
  'export.start': {
    input: z.object({
      studyId: id,
      formats: z.array(exportFormat).min(1),
      folder: z.string().min(1).nullable(),
    }),
    output: z.object({ jobId: id }).nullable(),
  },
  /** Copies of a study's files without what names anybody; `folder` as in export.start. Shown with export.reveal, too. */
  'deidentify.start': {
    input: z.object({
      studyId: id,
      options: deidentifyInput.shape.options,
      /** Under the secret of this store, which it keeps: a later study of the same patient gets the same pseudonym. */
      samePseudonyms: z.boolean().optional(),
      keepBurnedIn: z.boolean(),
      folder: z.string().min(1).nullable(),
    }),
    output: z.object({ jobId: id }).nullable(),
  },
  'export.reveal': { input: z.object({ jobId: id }), output: z.void() },

  ...priorsEndpoints,

  ...peopleEndpoints,
  ...doubleReadingEndpoints,
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
export type EndpointInput<N extends EndpointName> = z.input<Endpoints[N]['input']>;
export type EndpointOutput<N extends EndpointName> = z.output<Endpoints[N]['output']>;

/** What main implements, one handler an endpoint. */
export type EndpointHandlers = {
  [N in EndpointName]: (
    input: z.output<Endpoints[N]['input']>,
  ) => Promise<EndpointOutput<N>> | EndpointOutput<N>;
};

/** What main tells every window. */
export const events = {
  'job.changed': job,
  'queue.changed': z.object({
    kind: job.shape.kind,
    paused: z.boolean(),
    running: id.nullable(),
    waiting: z.number().int(),
  }),
  /** `byReview`: by what a reader did to its findings, whose answer tells the window that asked all of it. */
  'study.changed': z.object({ studyId: id, byReview: z.literal(true).optional() }),
  'studies.changed': z.object({}),
  'models.changed': z.object({}),
  'session.changed': sessionState,
  'engine.changed': z.object({ state: z.enum(['starting', 'ready', 'restarting', 'stopped']) }),
} as const satisfies Record<string, z.ZodType>;
export type EventName = keyof typeof events;
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>;
