import type { DicomSource, Finding, Patient, PixelLayout, ResultSet, ScannedSeries } from '../study/entities';
import type { ReadResult } from '../reading/read-results';
import type { Addendum, ReadingState, Signature } from '../reading/reading-state';
import type { ReportDouble } from './report-double';
import type { SeriesIssue } from '../volume/series-issues';
import type { Modality } from '../volume/volume';

export const researchUseLine = 'Research use only. Not for primary diagnosis.';

/** An RGBA picture, row-major, 8 bits a channel. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export interface ReportSeries {
  readonly seriesId: string;
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly modality: Modality;
  readonly bodyPart: string;
  readonly format: ScannedSeries['format'];
  readonly pixels: PixelLayout;
  readonly dicom: DicomSource | null;
  readonly warnings: readonly string[];
  /** What is wrong with its slices; the sentences of warnings and worse stand in `warnings`, too. */
  readonly issues?: readonly SeriesIssue[] | undefined;
  /** Why the model did not score the series; left out where it did, or where none was asked. */
  readonly notAnalysed?: string | undefined;
}

/**
 * What every export prints: one study with its decided and undecided findings. Built once by services/, so that
 * PDF, SR, CSV and JSON cannot disagree. Only findings the report shows are in here: a result below the
 * operating point that nobody decided on is left out.
 */
export interface Report {
  readonly reportId: string;
  readonly createdAt: string;
  readonly softwareVersion: string;
  readonly institution: string;
  readonly reviewer: string;
  readonly patient: Patient;
  readonly studyInstanceUid: string;
  readonly studyDescription: string;
  readonly studyDate: string;
  readonly series: readonly ReportSeries[];
  readonly resultSets: readonly ResultSet[];
  readonly modelNames: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  /** By findingId; a finding without a picture is printed without one. */
  readonly crops: ReadonlyMap<string, RgbaImage>;
  /**
   * By seriesId, one picture a frame: the pixels of PNG and JPEG series at full size. The DICOM SR writes them
   * as Secondary Capture instances, so that its image coordinates refer to something that exists; it refuses
   * to export a finding of such a series without its frame. DICOM series need no entry.
   */
  readonly frames?: ReadonlyMap<string, readonly RgbaImage[]>;
  /** True until it is signed, and while any finding is pending: it says PRELIMINARY and the SR is UNVERIFIED / PARTIAL. */
  readonly preliminary: boolean;
  /** Null: nobody signed, or what was signed is not what the report says. */
  readonly signature: Pick<Signature, 'name' | 'at' | 'sha256'> | null;
  /** When its readers were shown what the network marked. */
  readonly reading: Pick<ReadingState, 'mode' | 'revealed' | 'loosened'>;
  /** Which of the result sets were read, one a series that has any. */
  readonly read: readonly ReadResult[];
  /** Left out: one person read it. */
  readonly double?: ReportDouble | undefined;
  /** Oldest first. */
  readonly addenda: readonly Addendum[];
}
