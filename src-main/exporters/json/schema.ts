import { z } from 'zod';
import { adjudicationWays } from '../../core/reading/readers';
import { findingPhases, readingModes } from '../../core/reading/modes';
import { issueSeverities, seriesIssueCodes } from '../../core/volume/series-issues';

/**
 * The JSON report, version 1. Every number is in the unit its name says; `...Lps` is DICOM's patient space in mm
 * (left, posterior, superior positive), `...Px` pixels of the image as stored, boxes half-open. Fields may be
 * added within a version; none changes its meaning or goes.
 */
const point3 = z.tuple([z.number(), z.number(), z.number()]);
const pair = z.tuple([z.number(), z.number()]);
const pairOfNames = z.tuple([z.string(), z.string()]);

const place = z.discriminatedUnion('space', [
  z.object({
    space: z.literal('lps'),
    boxLps: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
    centerLps: point3,
    /** Null where the series is unsafe to measure in (see its issues). */
    sizeMm: point3.nullable(),
    longAxisMm: z.number().nullable(),
    /** 1-based. */
    slice: z.number().int(),
    sliceCount: z.number().int(),
  }),
  z.object({
    space: z.literal('px'),
    /** [x, y, width, height]. */
    boxPx: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    centerPx: pair,
    sizePx: pair,
    longAxisPx: z.number(),
    /** Null where no scale holds for the box. */
    sizeMm: pair.nullable(),
    longAxisMm: z.number().nullable(),
    /** Why there is none; null where there is. */
    unscaled: z.enum(['uncalibrated', 'outside-regions', 'across-regions', 'unsafe']).nullable(),
    /** 1-based. */
    frame: z.number().int(),
    frameCount: z.number().int(),
  }),
]);

/** What a reader said by list. `terms` hold ids of the program's lists, `numbers` have their unit in the name. */
const description = z.object({
  terms: z.record(z.string(), z.array(z.string())),
  numbers: z.record(z.string(), z.number()),
  confidence: z.enum(['low', 'moderate', 'high']).nullable(),
  /** Categories that the reader chose, with what the guideline suggested at that moment. */
  categories: z.array(
    z.object({
      guideline: z.string(),
      title: z.string(),
      source: z.string(),
      category: z.string(),
      wording: z.string(),
      /** Null where the guideline suggested nothing. */
      suggested: z.string().nullable(),
      rule: z.string().nullable(),
      agrees: z.boolean().nullable(),
    }),
  ),
  describedBy: z.string(),
  describedAt: z.string(),
});

/** By the outline (`of`), else by the box of a finding; axes in `unit`, in the axial plane or the picture. */
const measured = z.object({
  of: z.enum(['box', 'outline']),
  unit: z.enum(['mm', 'px']),
  longAxis: z.number(),
  shortAxis: z.number(),
  longest3dMm: z.number().nullable(),
  volumeMm3: z.number().nullable(),
  /** mm2, or a count of pixels. */
  area: z.number().nullable(),
  meanValue: z.number().nullable(),
  sdValue: z.number().nullable(),
  valueUnit: z.enum(['HU', 'grey']).nullable(),
});

const change = z.object({ before: z.number(), now: z.number(), by: z.number(), percent: z.number() });

/** The same lesion in earlier studies, as the reader linked it. */
const history = z.object({
  /** mm between the centres once registered; null: not registered. */
  distanceMm: z.number().nullable(),
  /** The newest first. */
  dates: z.array(
    z.object({
      studyInstanceUid: z.string(),
      /** YYYYMMDD. */
      studyDate: z.string(),
      findingNumber: z.number().int(),
      measured: measured.nullable(),
    }),
  ),
  /** Since the newest of them; null where `noChange` says why there is none. */
  change: z
    .object({
      days: z.number().int(),
      longAxisMm: change,
      shortAxisMm: change,
      meanDiameterMm: change,
      volumeMm3: change.nullable(),
      /** Negative: it halves in so many; null: no volumes, or the same. */
      doublingTimeDays: z.number().nullable(),
      /** More than 1.5 mm of mean diameter within 12 months; null: in more than 12. */
      grownByLungRads: z.boolean().nullable(),
      /** Both by their outlines, or both by their boxes. */
      alike: z.boolean(),
    })
    .nullable(),
  noChange: z.enum(['no-date', 'not-later', 'not-measured', 'no-scale']).nullable(),
});

const finding = z.object({
  findingId: z.string(),
  number: z.number().int(),
  seriesInstanceUid: z.string(),
  label: z.string(),
  /** Objectness 0..1, null for a finding the reader added. */
  score: z.number().nullable(),
  provenance: z.enum(['network', 'selective-search', 'both', 'reader']),
  /** Of a reader's own: before or after they were shown what the network marked; null where the mode does not tell. */
  phase: z.enum(findingPhases).nullable(),
  place,
  decision: z.object({
    verdict: z.enum(['pending', 'accepted', 'rejected', 'uncertain', 'edited', 'added']),
    reason: z.string().nullable(),
    comment: z.string(),
    reviewer: z.string(),
    decidedAt: z.string().nullable(),
  }),
  /** True for accepted, edited and added: only these are findings of the reader. */
  reviewed: z.boolean(),
  /** Index into `models`, null for a finding the reader added. */
  model: z.number().int().nullable(),
  /** False: of another result than the one that was read; the reader kept it. Null for a finding the reader added. */
  ofResultRead: z.boolean().nullable(),
  /** Null where nobody said any. */
  description: description.nullable(),
  /** Null where nobody outlined it. */
  outline: measured.nullable(),
  /** Null where nobody linked it to an earlier lesion. */
  history: history.nullable(),
});

export const reportJson = z.object({
  schema: z.literal('regio.report'),
  schemaVersion: z.literal(1),
  use: z.string(),
  reportId: z.string(),
  createdAt: z.string(),
  status: z.enum(['preliminary', 'final']),
  software: z.object({ name: z.literal('Regio'), version: z.string() }),
  institution: z.string(),
  reviewer: z.string(),
  /** Who answers for the report; null: nobody signed it, and it is preliminary. `sha256` is of what was signed. */
  signature: z.object({ name: z.string(), at: z.string(), sha256: z.string() }).nullable(),
  /** When its readers were shown what the network marked; `mode` null: nobody opened it for reading. */
  reading: z.object({
    mode: z.enum(readingModes).nullable(),
    revealed: z.array(z.object({ name: z.string(), at: z.string() })),
    loosened: z.array(
      z.object({ from: z.enum(readingModes), to: z.enum(readingModes), name: z.string(), at: z.string() }),
    ),
    /** Two people read it, neither knowing what the other found; null: one did. */
    double: z
      .object({
        readers: pairOfNames,
        adjudication: z
          .object({ way: z.enum(adjudicationWays), by: z.array(z.string()), at: z.string() })
          .nullable(),
        /** Lesions that both reported, or one alone. */
        both: z.number().int(),
        onlyFirst: z.number().int(),
        onlySecond: z.number().int(),
        differed: z.number().int(),
        /** What both made of the network's candidates: lesion, uncertain or none. */
        candidates: z
          .object({
            count: z.number().int(),
            agreed: z.number(),
            kappa: z.number().nullable(),
            standardError: z.number().nullable(),
            interval95: pair.nullable(),
          })
          .nullable(),
      })
      .nullable(),
  }),
  /** Said after the signature, oldest first. */
  addenda: z.array(z.object({ name: z.string(), at: z.string(), text: z.string() })),
  /** As in the source: DICOM PN, YYYYMMDD. */
  patient: z.object({
    /** DICOM Patient Identity Removed; left out: the file cannot say. */
    identityRemoved: z.boolean().optional(),
    id: z.string(),
    name: z.string(),
    birthDate: z.string(),
    sex: z.enum(['M', 'F', 'O', '']),
  }),
  study: z.object({ studyInstanceUid: z.string(), description: z.string(), date: z.string() }),
  series: z.array(
    z.object({
      seriesInstanceUid: z.string(),
      description: z.string(),
      modality: z.string(),
      bodyPart: z.string(),
      format: z.enum(['dicom', 'nifti', 'nrrd', 'metaimage', 'png', 'jpeg', 'tiff', 'webp']),
      kind: z.enum(['volume', 'image']),
      calibrated: z.boolean(),
      frameOfReferenceUid: z.string().nullable(),
      /** As the file states them: L, R or B; the projection's code; where rows and columns run to. */
      laterality: z.enum(['L', 'R', 'B']).nullable(),
      view: z.string().nullable(),
      patientOrientation: z.tuple([z.string(), z.string()]).nullable(),
      warnings: z.array(z.string()),
      /** What is wrong with the slices, by name, the gravest first. `unsafe`: no model may read the series. */
      issues: z.array(
        z.object({
          code: z.enum(seriesIssueCodes),
          severity: z.enum(issueSeverities),
          text: z.string(),
        }),
      ),
      /** Why the model did not score the series: then no finding means nothing. Null where it did, or none was asked. */
      notAnalysed: z.string().nullable(),
    }),
  ),
  /** One entry for each run of a model over a series. */
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      version: z.string(),
      /** sha256 over the bundle's checksums. */
      hash: z.string(),
      threshold: z.number(),
      scoreFloor: z.number(),
      seriesInstanceUid: z.string(),
      ranAt: z.string(),
      durationMs: z.number(),
      /** Whether it is the result of its series that was read. */
      read: z.boolean(),
      /** Who chose it to be read in place of a newer one; null: nobody did. */
      chosen: z.object({ name: z.string(), at: z.string() }).nullable(),
    }),
  ),
  counts: z.object({
    reviewed: z.number().int(),
    uncertain: z.number().int(),
    pending: z.number().int(),
    rejected: z.number().int(),
  }),
  /** Reviewed ones first, then uncertain, pending, rejected; each part by number. */
  findings: z.array(finding),
});
export type ReportJson = z.infer<typeof reportJson>;
