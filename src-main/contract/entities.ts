import { z } from 'zod';
import { errorCodes } from '../core/app-error';
import { findingPhases } from '../core/reading/modes';
import { identityNoticeCodes } from '../core/study/patient-identity';
import { studyFlags } from '../core/study/study-flags';
import { issueSeverities, seriesIssueCodes } from '../core/volume/series-issues';
import { deidentifySummary } from './deidentification';
import { id } from './ids';
import { readingMode, studyReading, summaryReading } from './people';
import { findingDescription } from './description';
import { qualityReport } from './quality';
import { fineTuned, modelComparison } from './fine-tuning';
import { registration } from './registration';

export { id };

export const modality = z.enum(['CT', 'MR', 'MG', 'US', 'ES', 'OP', 'OT']);
const vec3 = z.tuple([z.number(), z.number(), z.number()]);
/** [x0, y0, z0, x1, y1, z1], LPS mm, half-open. */
export const boxLps = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);
/** [x, y, width, height] in pixels of the image as stored. */
export const boxPx = z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()]);

export const appError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string(),
  details: z.object({ file: z.string().optional(), field: z.string().optional() }).optional(),
});

export const patient = z.object({
  /** As in the file; empty string where it says nothing. DICOM PN with its carets. */
  id: z.string(),
  name: z.string(),
  /** YYYYMMDD or empty. */
  birthDate: z.string(),
  sex: z.enum(['M', 'F', 'O', '']),
  /** DICOM Patient Identity Removed; left out: the file cannot say. */
  identityRemoved: z.boolean().optional(),
});

export const volumeGeometry = z.object({
  dims: vec3,
  spacing: vec3,
  origin: vec3,
  direction: z.tuple([vec3, vec3, vec3]),
});

const voiWindow = z.object({
  center: z.number(),
  width: z.number().positive(),
  shape: z.enum(['linear', 'linear-exact', 'sigmoid']).optional(),
  /** [modality value, grey 0..1], values rising; in place of the window where it is there. */
  curve: z
    .array(z.tuple([z.number(), z.number()]))
    .min(2)
    .optional(),
});

export const voxelType = z.enum(['uint8', 'int16', 'uint16', 'int32', 'float32']);

/**
 * One thing the viewer shows: a volume, or one picture per frame. For `image` series the
 * "slices" are frames of the same size.
 */
export const pixelLayout = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('volume'),
    geometry: volumeGeometry,
    voxelType,
    valueRange: z.tuple([z.number(), z.number()]),
    voi: z.array(voiWindow.extend({ name: z.string() })),
  }),
  z.object({
    kind: z.literal('image'),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    frames: z.number().int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
    voxelType,
    /** [column, row] mm or null = not calibrated: sizes are shown in px. */
    pixelSpacing: z.tuple([z.number(), z.number()]).nullable(),
    valueRange: z.tuple([z.number(), z.number()]),
    voi: z.array(voiWindow.extend({ name: z.string() })),
    /** Ultrasound regions that differ in scale. */
    regions: z.array(z.object({ boxPx, spacing: z.tuple([z.number(), z.number()]) })).optional(),
    /** Milliseconds a frame of a loop. */
    frameMs: z.number().positive().optional(),
  }),
]);

/** What the DICOM exports need of the source; null for NIfTI, NRRD, PNG and JPEG. */
export const dicomSource = z.object({
  frameOfReferenceUid: z.string(),
  /** In slice (or frame) order. */
  instances: z.array(
    z.object({
      sopClassUid: z.string(),
      sopInstanceUid: z.string(),
      frame: z.number().int().positive().nullable(),
    }),
  ),
  studyDate: z.string(),
  studyTime: z.string(),
  studyId: z.string(),
  accessionNumber: z.string(),
  referringPhysician: z.string(),
  seriesNumber: z.number().int().nullable(),
  laterality: z.enum(['L', 'R', 'B']).optional(),
  view: z.string().optional(),
  patientOrientation: z.tuple([z.string(), z.string()]).optional(),
});

/** Which of several volumes of one file, from 0. */
export const volumeIndex = z.number().int().min(0).max(99_999);

export const seriesIssue = z.object({
  code: z.enum(seriesIssueCodes),
  /** `unsafe`: nothing is measured or detected in the series. */
  severity: z.enum(issueSeverities),
  text: z.string(),
});

/** A series as the importer found it on disk, before the store gives it ids. */
export const scannedSeries = z.object({
  format: z.enum(['dicom', 'nifti', 'nrrd', 'metaimage', 'png', 'jpeg', 'tiff', 'webp']),
  patient,
  studyInstanceUid: z.string(),
  studyDescription: z.string(),
  /** YYYYMMDD or empty. */
  studyDate: z.string(),
  seriesInstanceUid: z.string(),
  seriesDescription: z.string(),
  modality,
  /** DICOM Body Part Examined as written, upper case, or a guess of the importer (see `bodyPartGuessed`), or empty. */
  bodyPart: z.string(),
  bodyPartGuessed: z.boolean(),
  /** Absolute paths in slice order; of a header with voxels in a file of their own both, the header first. */
  files: z.array(z.string()).min(1),
  /** Size and mtime of each file at import: a changed file is refused later, never silently reread. */
  fileStamps: z.array(z.object({ size: z.number(), mtimeMs: z.number() })),
  pixels: pixelLayout,
  dicom: dicomSource.nullable(),
  /**
   * Which volume of a file that holds several (time points, directions, echoes) this series shows, from 0: what
   * `import.paths` asked for, else the first. Each chosen volume is a series of its own in the study of its file. Left
   * out where the file holds one volume only.
   */
  volume: z.object({ index: volumeIndex, count: z.number().int().min(2) }).optional(),
  /** Plain sentences for people: irregular slices, missing slices, no calibration ... */
  warnings: z.array(z.string()),
  /** What is wrong with the slices, by name; left out: nothing found, or imported before Regio looked. */
  issues: z.array(seriesIssue).optional(),
  /** False where geometry is too broken to measure or detect in; `warnings` says why. */
  analysable: z.boolean(),
});
export type ScannedSeries = z.infer<typeof scannedSeries>;

export const skippedFile = z.object({ file: z.string(), reason: z.string(), field: z.string().optional() });
export type SkippedFile = z.infer<typeof skippedFile>;

export const scanResult = z.object({ series: z.array(scannedSeries), skipped: z.array(skippedFile) });
export type ScanResult = z.infer<typeof scanResult>;

/** A series in small, for lists. */
export const thumbnail = z.object({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  png: z.instanceof(ArrayBuffer),
});
export type Thumbnail = z.infer<typeof thumbnail>;

const detectionState = z.enum([
  'none',
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'no-model',
  'not-analysable',
]);

export const seriesSummary = z.object({
  seriesId: id,
  studyId: id,
  seriesInstanceUid: z.string(),
  format: scannedSeries.shape.format,
  description: z.string(),
  modality,
  bodyPart: z.string(),
  fileCount: z.number().int(),
  /** The files are copies in the store: the medium that they came from is not needed. Left out: no. */
  copied: z.boolean().optional(),
  pixels: pixelLayout,
  volume: scannedSeries.shape.volume,
  /** As the file states them; left out where it does not. */
  laterality: dicomSource.shape.laterality,
  view: dicomSource.shape.view,
  patientOrientation: dicomSource.shape.patientOrientation,
  /** DICOM's: series that share one lie in one space. Left out: the file names none. */
  frameOfReferenceUid: z.string().optional(),
  warnings: z.array(z.string()),
  issues: scannedSeries.shape.issues,
  analysable: z.boolean(),
  detection: detectionState,
  detectionError: appError.nullable(),
});
export type SeriesSummary = z.infer<typeof seriesSummary>;

export const studyState = z.enum([
  'new',
  'detecting',
  'failed',
  'to-review',
  'in-review',
  'reviewed',
  'awaiting-readers',
  'awaiting-second-reader',
  'to-adjudicate',
  'signed',
  'no-model',
  'not-analysable',
]);

export const identityNotice = z.object({ code: z.enum(identityNoticeCodes), text: z.string() });

export const studyFlag = z.enum(studyFlags);

export const studySummary = z.object({
  studyId: id,
  patient,
  studyInstanceUid: z.string(),
  description: z.string(),
  studyDate: z.string(),
  modalities: z.array(modality),
  bodyParts: z.array(z.string()),
  seriesCount: z.number().int(),
  /** The series whose thumbnail stands for the study; null: it has none. */
  frontSeriesId: id.nullable(),
  state: studyState,
  findingCount: z.number().int(),
  pendingCount: z.number().int(),
  /** Highest score among findings at or above the operating point, or null. */
  topScore: z.number().nullable(),
  /** The same among those nobody has decided on: what triage goes by. */
  topOpenScore: z.number().nullable(),
  /** Of its series, each once; empty where the files say nothing. */
  accessionNumber: z.string(),
  flags: z.array(studyFlag),
  importedAt: z.iso.datetime(),
  lastError: appError.nullable(),
  /** Warnings and worse of all its series, each sentence once, the gravest first. */
  issues: z.array(seriesIssue),
  /** Why no series may be read by a model; null where one may. */
  detectionRefused: z.string().nullable(),
  reading: summaryReading,
  /** Other studies that a reader may take for this one, or this one for: never merged. Reports say it of each series. */
  identity: z.array(identityNotice),
});
export type StudySummary = z.infer<typeof studySummary>;

/** How a finding came to be: who pointed at the place. The network scored all but the reader's own. */
const provenance = z.enum(['network', 'selective-search', 'both', 'reader']);

export const verdict = z.enum(['pending', 'accepted', 'rejected', 'uncertain', 'edited', 'added']);
export type Verdict = z.infer<typeof verdict>;

export const rejectReason = z.enum([
  'normal-anatomy',
  'artefact',
  'benign',
  'duplicate',
  'outside-organ',
  'post-operative',
  'other',
]);
export type RejectReason = z.infer<typeof rejectReason>;

export const decision = z.object({
  verdict,
  reason: rejectReason.nullable(),
  comment: z.string().max(4000),
  reviewer: z.string(),
  decidedAt: z.iso.datetime().nullable(),
});

/** Where a finding lies: mm in the patient, or px in one frame. */
export const findingPlace = z.discriminatedUnion('space', [
  z.object({ space: z.literal('lps'), boxLps }),
  z.object({ space: z.literal('px'), boxPx, frame: z.number().int().nonnegative() }),
]);
export type FindingPlace = z.infer<typeof findingPlace>;

export const findingOrigin = z.union([
  z.object({ how: z.enum(['merged', 'split']), numbers: z.array(z.number().int().positive()) }),
  z.object({
    how: z.literal('suggested'),
    by: z.literal('network'),
    modelId: z.string(),
    modelVersion: z.string(),
    score: z.number(),
  }),
  z.object({ how: z.literal('suggested'), by: z.literal('outline') }),
]);
export type FindingOrigin = z.infer<typeof findingOrigin>;

/** Voxels of the lesion: core/study OutlineMask. */
export const outlineMask = z.object({
  /** Half-open voxel box of the series (of a picture: px, and the frame in the third axis). */
  region: boxLps,
  /** Run lengths, outside first, i fastest. */
  runs: z.array(z.number().int().nonnegative()).max(1_000_000),
});

/** core/study Measurement. */
export const measurement = z.object({
  of: z.enum(['box', 'outline']),
  unit: z.enum(['mm', 'px']),
  longAxis: z.number(),
  shortAxis: z.number(),
  longest3d: z.number().nullable(),
  volume: z.number().nullable(),
  area: z.number().nullable(),
  meanValue: z.number().nullable(),
  sdValue: z.number().nullable(),
  valueUnit: z.enum(['HU', 'grey']).nullable(),
  axes: z.object({ long: z.tuple([vec3, vec3]), short: z.tuple([vec3, vec3]) }).nullable(),
});

/** core/study LesionLink. */
export const lesionLink = z.object({
  history: z
    .array(
      z.object({
        studyId: id,
        studyInstanceUid: z.string(),
        studyDate: z.string(),
        findingId: id,
        number: z.number().int().positive(),
        measurement: measurement.nullable(),
      }),
    )
    .min(1),
  distanceMm: z.number().nonnegative().nullable(),
});

export const finding = z.object({
  findingId: id,
  studyId: id,
  seriesId: id,
  resultSetId: id.nullable(),
  /** 1-based, stable within the study: what people say out loud ("finding 3"). */
  number: z.number().int().positive(),
  label: z.string(),
  /** Objectness 0..1; null for a finding the reader added. */
  score: z.number().min(0).max(1).nullable(),
  provenance,
  phase: z.enum(findingPhases).optional(),
  place: findingPlace,
  decision,
  origin: findingOrigin.optional(),
  outline: outlineMask.optional(),
  measurement: measurement.optional(),
  /** Location, type and looks by list, confidence, category; left out: nobody said any. */
  description: findingDescription.optional(),
  link: lesionLink.optional(),
  refusedLinks: z.array(id).optional(),
});
export type Finding = z.infer<typeof finding>;

/** core/study ThresholdPoint. */
export const thresholdPoint = z.object({
  per: z.enum(['image', 'scan']),
  threshold: z.number(),
  falsePositives: z.number(),
  measured: z.boolean(),
  sensitivity: z.number().nullable(),
  sensitivity95: z.tuple([z.number(), z.number()]).nullable(),
});

/** What one model version at one operating point found in one series. */
export const resultSet = z.object({
  resultSetId: id,
  studyId: id,
  seriesId: id,
  modelId: z.string(),
  modelVersion: z.string(),
  /** sha256 over the bundle's checksums: stands in SR, PDF and audit. */
  modelHash: z.string(),
  /** Findings below this score were not kept. */
  scoreFloor: z.number(),
  /** The default operating point for this series: the review screen's starting score threshold. */
  threshold: z.number(),
  operatingPoints: z.array(thresholdPoint).optional(),
  createdAt: z.iso.datetime(),
  durationMs: z.number(),
  quality: qualityReport.optional(),
});
export type ResultSet = z.infer<typeof resultSet>;

export const studyDetail = z.object({
  study: studySummary,
  series: z.array(seriesSummary),
  resultSets: z.array(resultSet),
  /** Which of them are read, one a series that has any; `chosen`: by whom, where it is not the newest. */
  read: z.array(
    z.object({
      seriesId: id,
      resultSetId: id,
      chosen: z.object({ name: z.string(), at: z.iso.datetime() }).nullable(),
    }),
  ),
  findings: z.array(finding),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
  reading: studyReading,
});
export type StudyDetail = z.infer<typeof studyDetail>;

export const modelSummary = z.object({
  modelId: z.string(),
  version: z.string(),
  name: z.string(),
  description: z.string(),
  modalities: z.array(modality),
  bodyParts: z.array(z.string()),
  labels: z.array(z.string()),
  threshold: z.number(),
  modelHash: z.string(),
  trainingData: z.string(),
  trainingLicence: z.string(),
  metrics: z.record(z.string(), z.number()),
  /** Whether it can go on learning from reviewed cases; left out: no. */
  trainable: z.boolean().optional(),
  /** Made here, from a shipped model and reviewed cases; left out: shipped or imported. */
  fineTuned: fineTuned.optional(),
});
export type ModelSummary = z.infer<typeof modelSummary>;

/** `active`: chosen by itself for what its kind reads. Of a shipped model and those made from it, one is. */
export const installedModel = modelSummary.extend({ active: z.boolean() });
export type InstalledModel = z.infer<typeof installedModel>;

const jobKind = z.enum(['import', 'detection', 'export', 'training', 'deidentification', 'registration']);
const jobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export const job = z.object({
  jobId: id,
  kind: jobKind,
  title: z.string(),
  studyId: id.nullable(),
  state: jobState,
  /** 0..1. */
  progress: z.number().min(0).max(1),
  /** What is being done now, for people. */
  step: z.string(),
  error: appError.nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  result: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('import'), studyIds: z.array(id), skipped: z.array(skippedFile) }),
      z.object({ kind: z.literal('detection'), findingCount: z.number().int() }),
      /** `files` are names in `folder`. */
      z.object({
        kind: z.literal('export'),
        folder: z.string(),
        files: z.array(z.string()),
        preliminary: z.boolean(),
      }),
      /** The new model, compared with the one in use: it is not in use itself yet. */
      z.object({ kind: z.literal('training'), modelId: z.string(), comparison: modelComparison }),
      z.object({ kind: z.literal('deidentification'), folder: z.string(), report: deidentifySummary }),
      z.object({ kind: z.literal('registration'), registration }),
    ])
    .nullable(),
});
export type Job = z.infer<typeof job>;

export const exportFormat = z.enum(['pdf', 'sr', 'csv', 'json']);
export type ExportFormat = z.infer<typeof exportFormat>;

const viewWords = z.array(z.string().max(32)).max(32);
const worklistView = z.object({
  sort: z.string().max(32),
  descending: z.boolean(),
  grouped: z.boolean(),
  modalities: viewWords,
  states: viewWords,
  flags: viewWords,
  /** Days back; null: `from` and `to` (YYYY-MM-DD, or empty) count. */
  days: z.number().int().positive().max(36_500).nullable(),
  from: z.string().max(10),
  to: z.string().max(10),
});

const dragAction = z.enum(['window', 'zoom', 'pan', 'scroll']);
export const mouseMap = z.object({
  left: dragAction,
  middle: dragAction,
  right: dragAction,
  shiftLeft: dragAction,
  wheel: z.enum(['scroll', 'zoom']),
});
export type MouseMap = z.infer<typeof mouseMap>;

export const settings = z.object({
  version: z.literal(1),
  reviewer: z.string().max(128),
  institution: z.string().max(128),
  theme: z.enum(['dark', 'light', 'contrast']),
  /** Percent of the usual size of everything in the window; left out: 100. */
  textSize: z.union([z.literal(100), z.literal(115), z.literal(130), z.literal(150)]).optional(),
  /** Command -> its keys, where the user changed them; an empty list takes all keys away. */
  keys: z.record(z.string().max(64), z.array(z.string().max(32)).max(4)).optional(),
  /** What dragging with a button, and the wheel, do in the viewer; left out: as the field has it. */
  mouse: mouseMap.optional(),
  /** Of the window; left out: the system's, where Regio speaks it. */
  language: z.enum(['en', 'de', 'es', 'fr', 'zh']).optional(),
  /** What draws the planes of volumes; left out: auto, the graphics card where there is a real one that can. */
  drawnBy: z.enum(['auto', 'card', 'processor']).optional(),
  detectOnImport: z.boolean(),
  /** How the worklist was last looked at; the window knows the words. Left out: newest import first, without a filter. */
  worklist: worklistView.optional(),
  /** Copy imported files into the encrypted store; left out: they are read where they lie. */
  copyOnImport: z.boolean().optional(),
  /** De-identify under the secret that the store keeps; left out: under a new one each time. */
  samePseudonyms: z.boolean().optional(),
  /** Without a hand on it the screen locks after so many minutes, where the store has users; 0: never. Left out: 10. */
  lockMinutes: z.number().min(0).max(240).optional(),
  /** How studies of a modality are read that nobody opened yet; left out: concurrent. */
  readingModes: z.partialRecord(modality, readingMode).optional(),
  /** Shipped model -> the one made from it that is used in its place; changed only by models.use, which is audited. */
  activeModels: z.record(z.string(), z.string()).optional(),
});
export type Settings = z.infer<typeof settings>;
