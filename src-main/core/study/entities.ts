/**
 * The nouns of the program as plain types, for the folders that may import only core. The zod schemas of
 * contract/entities.ts parse the same shapes at process borders; contract/entities.spec.ts checks they agree.
 */
import type { FindingPhase } from '../reading/modes';
import type { Box3, BoxXywh } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import type { QualityReport } from '../quality/verdict';
import type { FindingDescription } from '../review/description';
import type { SeriesIssue } from '../volume/series-issues';
import type { Modality, VoiWindow, VolumeGeometry } from '../volume/volume';

export interface Patient {
  id: string;
  name: string;
  birthDate: string;
  sex: 'M' | 'F' | 'O' | '';
  /** Patient Identity Removed (PS3.3 C.7.1.1) says YES; left out: the file cannot say. */
  identityRemoved?: boolean | undefined;
}

export type VoxelType = 'uint8' | 'int16' | 'uint16' | 'int32' | 'float32';
export type NamedWindow = VoiWindow & { readonly name: string };

export interface VolumeLayout {
  kind: 'volume';
  geometry: VolumeGeometry;
  voxelType: VoxelType;
  valueRange: readonly [number, number];
  voi: readonly NamedWindow[];
}
export interface ImageLayout {
  kind: 'image';
  width: number;
  height: number;
  frames: number;
  channels: 1 | 3;
  voxelType: VoxelType;
  pixelSpacing: readonly [number, number] | null;
  valueRange: readonly [number, number];
  voi: readonly NamedWindow[];
  /** Parts of the picture with a scale of their own (ultrasound), where no scale holds for all of it. */
  regions?: readonly { readonly boxPx: BoxXywh; readonly spacing: readonly [number, number] }[] | undefined;
  /** Of a loop: milliseconds that each frame is shown. */
  frameMs?: number | undefined;
}
export type PixelLayout = VolumeLayout | ImageLayout;

export interface DicomSource {
  frameOfReferenceUid: string;
  instances: readonly { sopClassUid: string; sopInstanceUid: string; frame: number | null }[];
  studyDate: string;
  studyTime: string;
  studyId: string;
  accessionNumber: string;
  referringPhysician: string;
  seriesNumber: number | null;
  /** Left out: the file does not say. */
  laterality?: 'L' | 'R' | 'B' | undefined;
  /** Projection, as its code: MLO, CC, PA, LATERAL ... */
  view?: string | undefined;
  /** Where the rows and the columns of a picture run to, by letters of PS3.3 C.7.6.1.1.1: ['A', 'F']. */
  patientOrientation?: readonly [string, string] | undefined;
}

/** Which volume of a file that holds several (time points, directions, echoes), from 0. */
export interface ChosenVolume {
  index: number;
  count: number;
}

export interface ScannedSeries {
  format: 'dicom' | 'nifti' | 'nrrd' | 'metaimage' | 'png' | 'jpeg' | 'tiff' | 'webp';
  patient: Patient;
  studyInstanceUid: string;
  studyDescription: string;
  studyDate: string;
  seriesInstanceUid: string;
  seriesDescription: string;
  modality: Modality;
  bodyPart: string;
  bodyPartGuessed: boolean;
  files: readonly string[];
  fileStamps: readonly { size: number; mtimeMs: number }[];
  pixels: PixelLayout;
  dicom: DicomSource | null;
  /** Left out where the file holds one volume only. */
  volume?: ChosenVolume | undefined;
  warnings: readonly string[];
  /** What is wrong with the slices, by name; their sentences stand in `warnings`, too (notes do not). Left out: nothing found. */
  issues?: readonly SeriesIssue[] | undefined;
  analysable: boolean;
}

export interface SkippedFile {
  file: string;
  reason: string;
  field?: string | undefined;
}
export interface ScanResult {
  series: readonly ScannedSeries[];
  skipped: readonly SkippedFile[];
}

/** Options of everything that may take over 200 ms. */
export interface JobOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((fraction: number, step: string) => void) | undefined;
}

export type FindingPlace = { space: 'lps'; boxLps: Box3 } | { space: 'px'; boxPx: BoxXywh; frame: number };

export type Verdict = 'pending' | 'accepted' | 'rejected' | 'uncertain' | 'edited' | 'added';
export type RejectReason =
  'normal-anatomy' | 'artefact' | 'benign' | 'duplicate' | 'outside-organ' | 'post-operative' | 'other';

export interface Decision {
  verdict: Verdict;
  reason: RejectReason | null;
  comment: string;
  reviewer: string;
  decidedAt: string | null;
}

/** Of the reader's own findings, how they came to be where they were not drawn. */
export type FindingOrigin =
  | { how: 'merged' | 'split'; numbers: readonly number[] }
  /** The reader took a box that was suggested round a point: the network's (`score`, below the threshold perhaps), or the outline's. */
  | { how: 'suggested'; by: 'network'; modelId: string; modelVersion: string; score: number }
  | { how: 'suggested'; by: 'outline' };

/**
 * Voxels of a lesion. `region` is a half-open voxel box of the series' own grid (of a picture: pixels, and its frame in
 * the third axis); `runs` are lengths of runs, of voxels outside first, i fastest, then j, then k.
 */
export interface OutlineMask {
  region: Box3;
  runs: readonly number[];
}

/** What a finding measures, by its box or by the outline of its lesion. */
export interface Measurement {
  of: 'box' | 'outline';
  /** px where the picture has no scale there. */
  unit: 'mm' | 'px';
  /** In the axial plane (of a picture: in it). */
  longAxis: number;
  /** Perpendicular to the long axis, in its slice. */
  shortAxis: number;
  /** In any direction; null for a picture or a box. */
  longest3d: number | null;
  /** mm3; null for a picture or a box. */
  volume: number | null;
  /** Of a picture's outline, mm2 or px. */
  area: number | null;
  /** Mean and standard deviation inside; null for a box. */
  meanValue: number | null;
  sdValue: number | null;
  valueUnit: 'HU' | 'grey' | null;
  /** Ends of both axes, LPS mm or px (and the frame); null for a box. */
  axes: { long: readonly [Vec3, Vec3]; short: readonly [Vec3, Vec3] } | null;
}

/** A lesion in one examination, as it was measured there. */
export interface DatedLesion {
  studyId: string;
  studyInstanceUid: string;
  /** YYYYMMDD. */
  studyDate: string;
  findingId: string;
  number: number;
  /** By its outline, else by its box; null where nothing may be measured in its series. */
  measurement: Measurement | null;
}

/** A reader says that a finding is a lesion that was seen before. */
export interface LesionLink {
  /** The finding of the earlier study first, then those that it was linked to itself, each as it was then. */
  history: readonly DatedLesion[];
  /** mm between the centres once the series were registered; null where they were not. */
  distanceMm: number | null;
}

export interface Finding {
  findingId: string;
  studyId: string;
  seriesId: string;
  resultSetId: string | null;
  number: number;
  label: string;
  score: number | null;
  provenance: 'network' | 'selective-search' | 'both' | 'reader';
  /** Of a reader's own: before or after they were shown the network's marks. Left out where the mode does not tell. */
  phase?: FindingPhase | undefined;
  place: FindingPlace;
  decision: Decision;
  /** Left out: as `provenance` says, drawn by hand if it is the reader's. */
  origin?: FindingOrigin | undefined;
  /** Left out: nobody asked for one, or the box was changed since. */
  outline?: OutlineMask | undefined;
  /** Left out: nothing may be measured in the series. */
  measurement?: Measurement | undefined;
  /** What a reader said of it by list; left out: nothing yet. */
  description?: FindingDescription | undefined;
  /** The same lesion in earlier studies; left out: nobody said so. */
  link?: LesionLink | undefined;
  /** Findings of earlier studies that a reader said are other lesions. */
  refusedLinks?: readonly string[] | undefined;
}

/** What a score threshold gives: measured, or for a volume that is read slice by slice an estimate of false marks alone. */
export interface ThresholdPoint {
  /** Of a picture, or of a scan (volume). */
  per: 'image' | 'scan';
  threshold: number;
  /** At most so many. */
  falsePositives: number;
  /** False where nobody measured on such images. */
  measured: boolean;
  sensitivity: number | null;
  sensitivity95: readonly [number, number] | null;
}

export interface ResultSet {
  resultSetId: string;
  studyId: string;
  seriesId: string;
  modelId: string;
  modelVersion: string;
  modelHash: string;
  scoreFloor: number;
  threshold: number;
  /** Rising false marks; left out where the model says nothing of its thresholds. */
  operatingPoints?: readonly ThresholdPoint[] | undefined;
  createdAt: string;
  durationMs: number;
  /** Left out: the model has no quality gate. */
  quality?: QualityReport | undefined;
}
