import { z } from 'zod';
import {
  appError,
  boxLps,
  boxPx,
  findingPlace,
  measurement,
  modelSummary,
  outlineMask,
  scannedSeries,
  scanResult,
  thresholdPoint,
  thumbnail,
  volumeIndex,
} from './entities';
import { qualityReport } from './quality';
import { deidentifyInput, deidentifyReport } from './deidentification';
import { engineStatus } from './engine-status';
import { explainedPoint, explanation } from './explanation';
import { modelComparison } from './fine-tuning';
import { registration } from './registration';

/** What the engine process can be asked. Every method takes an abort and may report progress. */
const proposalOut = z.object({
  label: z.string(),
  score: z.number().min(0).max(1),
  provenance: z.enum(['network', 'selective-search', 'both']),
  place: z.discriminatedUnion('space', [
    z.object({ space: z.literal('lps'), boxLps }),
    z.object({ space: z.literal('px'), boxPx, frame: z.number().int().nonnegative() }),
  ]),
});

const copies = z.object({
  folder: z.string().min(1),
  /** 64 hex digits, kept in the store. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
});

const reviewedCase = z.object({
  series: scannedSeries,
  /** Tells patients apart, and says nothing else of them. */
  patient: z.string(),
  heldBack: z.boolean(),
  pictures: z.array(
    z.object({
      frame: z.number().int().nonnegative(),
      /** `label`: index into the model's. */
      lesions: z.array(z.object({ box: boxPx, label: z.number().int().nonnegative() })),
      rejected: z.array(boxPx),
      ignored: z.array(boxPx),
    }),
  ),
});
export type ReviewedCase = z.infer<typeof reviewedCase>;

const sliceIndices = z.array(z.number().int().nonnegative());
const slices = z.array(z.object({ index: z.number().int(), data: z.instanceof(ArrayBuffer) }));

export const engineMethods = {
  ping: { input: z.object({}), output: z.object({ pid: z.number(), tensors: z.number() }) },
  status: { input: z.object({}), output: engineStatus },
  /** Reads headers (and what else grouping needs) of files and folders; pixels only where a header cannot be trusted. */
  scan: {
    input: z.object({ paths: z.array(z.string()).min(1), volume: volumeIndex.optional() }),
    output: scanResult,
  },
  /** Where copies of imported files lie, and their key; asked before each call that names copies: the engine may be new. */
  openCopies: { input: copies, output: z.object({}) },
  /** Copies the files of series into the store and gives the series back with the copies as their files. */
  copySeries: { input: copies.extend({ series: z.array(scannedSeries) }), output: z.array(scannedSeries) },
  /** Deletes all copies but those of these sets (see core/study/copy-path). */
  pruneCopies: {
    input: copies.extend({ keep: z.array(z.string()) }),
    output: z.object({ deleted: z.number().int() }),
  },
  readSlices: {
    input: z.object({
      series: scannedSeries,
      indices: sliceIndices,
      /** The series can be read by it from now on. */
      key: z.string().min(1).optional(),
    }),
    output: slices,
  },
  /** Of a series that was named before: one of thousands of files is not sent again with each few slices. Null: not known (any more). */
  readKnownSlices: {
    input: z.object({ key: z.string().min(1), indices: sliceIndices }),
    output: slices.nullable(),
  },
  /** Closes a series that was read from, once the last who reads it is done; reading opens it anew. */
  closeSeries: { input: z.object({ series: scannedSeries }), output: z.object({}) },
  /** RGBA crops, window applied, box centred with a margin: thumbnails and report pictures. */
  crops: {
    input: z.object({
      series: scannedSeries,
      places: z.array(proposalOut.shape.place),
      size: z.number().int().min(16).max(1024),
      /** Draw the box into the crop. */
      drawBox: z.boolean(),
    }),
    output: z.array(
      z.object({ width: z.number().int(), height: z.number().int(), rgba: z.instanceof(ArrayBuffer) }),
    ),
  },
  /** A small PNG of the middle slice, or of the first frame of a picture, at most `size` px a side, as the viewer shows it. */
  thumbnail: {
    input: z.object({ series: scannedSeries, size: z.number().int().min(16).max(256) }),
    output: thumbnail,
  },
  /** The lesion in a box (`mask` null), or what a mask drawn by hand measures; null: nothing stands out, or it is empty. */
  outline: {
    input: z.object({ series: scannedSeries, place: findingPlace, mask: outlineMask.nullable() }),
    output: z.object({ mask: outlineMask, measurement }).nullable(),
  },
  /** A box around what stands out at a point; null: nothing does. */
  suggestBox: {
    input: z.object({ series: scannedSeries, point: explainedPoint }),
    output: findingPlace.nullable(),
  },
  /** The rigid movement from one volume of a patient to another; a quality that does not fit is an answer, no error. */
  register: { input: z.object({ fixed: scannedSeries, moving: scannedSeries }), output: registration },
  /** Writes de-identified copies of files (PS3.15 Annex E); docs/deidentification.md. */
  deidentify: { input: deidentifyInput, output: deidentifyReport },
  listModels: { input: z.object({}), output: z.array(modelSummary) },
  detect: {
    input: z.object({
      series: scannedSeries,
      modelId: z.string(),
      /** Let selective search point at places too; left out: as the bundle says. */
      selectiveSearch: z.boolean().optional(),
      /** Score what the model's quality gate turns away, too. */
      ignoreGate: z.boolean().optional(),
    }),
    output: z.object({
      modelId: z.string(),
      modelVersion: z.string(),
      modelHash: z.string(),
      threshold: z.number(),
      operatingPoints: z.array(thresholdPoint).optional(),
      scoreFloor: z.number(),
      durationMs: z.number(),
      findings: z.array(proposalOut),
      /** Left out: the model has no quality gate. */
      quality: qualityReport.optional(),
    }),
  },
  /** Goes on training a model with reviewed cases, and compares the new one with the old on those held back. */
  fineTune: {
    input: z.object({
      /** Whose weights it begins from. */
      baseId: z.string(),
      /** What the new one is compared with. */
      oldId: z.string(),
      /** The new bundle's folder; nothing is left there on failure, and what is made there is not installed yet. */
      outFolder: z.string().min(1),
      modelId: z.string(),
      name: z.string(),
      createdAt: z.iso.datetime(),
      epochs: z.number().positive().optional(),
      minutes: z.number().positive().optional(),
      cases: z.array(reviewedCase).min(1),
    }),
    output: z.object({
      modelHash: z.string(),
      steps: z.number().int(),
      trainingSeconds: z.number(),
      comparison: modelComparison,
      /** Files that could not be read after all. */
      unread: z.array(z.string()),
    }),
  },
  /** Why a model marked a place or did not. */
  explain: {
    input: z.object({
      series: scannedSeries,
      modelId: z.string(),
      point: explainedPoint,
      /** Read the rest of the volume too, as slow as a detection: what became of the boxes beyond their slice or window. */
      whole: z.boolean(),
      selectiveSearch: z.boolean().optional(),
    }),
    output: z.object({
      modelId: z.string(),
      modelVersion: z.string(),
      /** The viewer compares it with the result set's: another version explains nothing of its findings. */
      modelHash: z.string(),
      threshold: z.number(),
      explanation,
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

type EngineMethods = typeof engineMethods;
export type EngineMethod = keyof EngineMethods;
export type EngineInput<M extends EngineMethod> = z.output<EngineMethods[M]['input']>;
export type EngineOutput<M extends EngineMethod> = z.output<EngineMethods[M]['output']>;

export interface EngineCallOptions {
  signal?: AbortSignal;
  /** fraction 0..1 and what is being done now. */
  onProgress?: (fraction: number, step: string) => void;
}

/** The engine as services see it, whatever process it lives in. Errors are AppError. */
export interface Engine {
  call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    options?: EngineCallOptions,
  ): Promise<EngineOutput<M>>;
  close(): Promise<void>;
}

export const engineRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), callId: z.number().int(), method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('abort'), callId: z.number().int() }),
  z.object({ type: z.literal('close') }),
]);
export const engineReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), pid: z.number().int() }),
  z.object({ type: z.literal('progress'), callId: z.number().int(), fraction: z.number(), step: z.string() }),
  z.object({ type: z.literal('result'), callId: z.number().int(), output: z.unknown() }),
  z.object({ type: z.literal('error'), callId: z.number().int(), error: appError }),
]);
export type EngineRequest = z.infer<typeof engineRequest>;
export type EngineReply = z.infer<typeof engineReply>;
