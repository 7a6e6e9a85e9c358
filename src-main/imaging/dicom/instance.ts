import { AppError } from '../../core/app-error';
import { cross, dot, length, normalize, type Vec3 } from '../../core/geometry/vec3';
import type { Patient } from '../../core/study/entities';
import type { Modality } from '../../core/volume/volume';
import type { NamedWindow } from '../../core/volume/windowing';
import { basename } from 'node:path';
import type { Dataset } from './dataset';
import { openDicom, type OpenDicom } from './open';
import { readPictureForm, type PictureForm } from './picture';
import { sidesOf } from './sides';
import { passedOverReason } from './sop-classes';
import { tags } from './tags';

/** Where one frame lies (PS3.3 C.7.6.2) and how its values scale (C.11.1). */
export interface FrameInfo {
  readonly position: Vec3 | null;
  /** Unit vectors along a row and down a column. */
  readonly orientation: readonly [Vec3, Vec3] | null;
  /** [column, row] distance in mm. */
  readonly spacing: readonly [number, number] | null;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly NamedWindow[];
}

/** The header of one file, as far as grouping, reading and exporting need it. */
export interface DicomInstance {
  readonly file: string;
  readonly stamp: { readonly size: number; readonly mtimeMs: number };
  readonly form: PictureForm;
  readonly frames: readonly FrameInfo[];
  readonly patient: Patient;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly studyId: string;
  readonly accessionNumber: string;
  readonly referringPhysician: string;
  readonly seriesNumber: number | null;
  readonly instanceNumber: number | null;
  readonly modality: Modality;
  readonly rawModality: string;
  readonly bodyPart: string;
  readonly isLocalizer: boolean;
  /** Every side that the file names: L, R, B, U. */
  readonly sides: readonly string[];
  /** Tells phases, echoes and time points of one series apart. */
  readonly acquisition: string;
  readonly valueRange: readonly [number, number] | null;
  readonly warnings: readonly string[];
}

/** @throws AppError file.malformed | file.unsupported | file.too-large; see {@link openDicom}. */
export async function readInstance(
  file: string,
  preambleWarning: string | null = null,
): Promise<DicomInstance> {
  const dicom = await openDicom(file);
  try {
    return toInstance(file, dicom, preambleWarning);
  } finally {
    await dicom.source.close();
  }
}

export function toInstance(file: string, dicom: OpenDicom, preambleWarning: string | null): DicomInstance {
  const { dataset: d, meta } = dicom;
  const sopClassUid = d.string(tags.sopClassUid) || meta.string(tags.mediaStorageSopClassUid);
  const reason = passedOverReason(sopClassUid) ?? passedOverReason(meta.string(tags.mediaStorageSopClassUid));
  if (reason) {
    throw new AppError('file.unsupported', `${basename(file)}: ${reason}`, 'Open the images themselves.', {
      file,
      field: '(0008,0016)',
    });
  }
  const form = readPictureForm(file, dicom);
  const rawModality = d.string(tags.modality);
  const warnings: string[] = [...(preambleWarning ? [preambleWarning] : []), ...dicom.warnings];
  const need = (tag: number, what: string): string => {
    const value = d.string(tag);
    if (value === '') warnings.push(`The ${what} is missing.`);
    return value;
  };
  const studyInstanceUid = need(tags.studyInstanceUid, 'Study Instance UID');
  const seriesInstanceUid = need(tags.seriesInstanceUid, 'Series Instance UID');
  if (d.items(tags.modalityLutSequence).length > 0) {
    warnings.push('Its modality lookup table is not applied: values are as stored.');
  }
  const sex = d.string(tags.patientSex);
  return {
    file,
    stamp: dicom.stamp,
    form,
    frames: readFrameInfos(d, form, rawModality),
    patient: {
      id: d.string(tags.patientId),
      name: d.string(tags.patientName),
      birthDate: date(d.string(tags.patientBirthDate)),
      sex: sex === 'M' || sex === 'F' || sex === 'O' ? sex : '',
    },
    sopClassUid,
    sopInstanceUid: d.string(tags.sopInstanceUid),
    studyInstanceUid,
    seriesInstanceUid,
    frameOfReferenceUid: d.string(tags.frameOfReferenceUid),
    studyDescription: d.string(tags.studyDescription),
    seriesDescription: d.string(tags.seriesDescription),
    studyDate: date(d.string(tags.studyDate)),
    studyTime: d.string(tags.studyTime),
    studyId: d.string(tags.studyId),
    accessionNumber: d.string(tags.accessionNumber),
    referringPhysician: d.string(tags.referringPhysician),
    seriesNumber: integer(d.decimal(tags.seriesNumber)),
    instanceNumber: integer(d.decimal(tags.instanceNumber)),
    modality: toModality(rawModality),
    rawModality,
    bodyPart: d.string(tags.bodyPartExamined).toUpperCase(),
    sides: sidesOf(d),
    isLocalizer: d.strings(tags.imageType).some((v) => /LOCALI[ZS]ER|SCOUT/i.test(v)),
    acquisition: [tags.acquisitionNumber, tags.echoTime, tags.temporalPosition]
      .map((t) => d.string(t))
      .join('|'),
    valueRange: declaredRange(d, form),
    warnings,
  };
}

const modalities: Readonly<Record<string, Modality>> = {
  CT: 'CT',
  MR: 'MR',
  MG: 'MG',
  US: 'US',
  IVUS: 'US',
  ES: 'ES',
  OP: 'OP',
};
const toModality = (raw: string): Modality => modalities[raw] ?? 'OT';

function readFrameInfos(d: Dataset, form: PictureForm, rawModality: string): FrameInfo[] {
  const shared = d.items(tags.sharedFunctionalGroups)[0] ?? null;
  const perFrame = d.items(tags.perFrameFunctionalGroups);
  const plain = perFrame.length === 0 && !shared;
  return Array.from({ length: form.frames }, (_, n) => {
    // A macro stands in the frame's own group, or once for all (PS3.3 C.7.6.16).
    const macro = (sequence: number): Dataset =>
      perFrame[n]?.items(sequence)[0] ?? shared?.items(sequence)[0] ?? d;
    return {
      position:
        form.frames > 1 && plain
          ? null
          : vector(macro(tags.planePositionSequence).decimals(tags.imagePosition)),
      orientation: orientation(macro(tags.planeOrientationSequence).decimals(tags.imageOrientation)),
      spacing: spacingOf(macro(tags.pixelMeasuresSequence), d, rawModality),
      slope: slopeOf(macro(tags.pixelValueTransformationSequence)),
      intercept: finite(macro(tags.pixelValueTransformationSequence).decimal(tags.rescaleIntercept)) ?? 0,
      windows: windowsOf(macro(tags.frameVoiLutSequence)),
    };
  });
}

/** A slope of 0 would flatten the picture; writers that do so mean 1. */
function slopeOf(d: Dataset): number {
  const slope = finite(d.decimal(tags.rescaleSlope));
  return slope === null || slope === 0 ? 1 : slope;
}

/**
 * Pixel Spacing is row\column; Imager Pixel Spacing (at the detector) is used for projections, where
 * magnification is small; ultrasound gives it in its regions.
 */
function spacingOf(measures: Dataset, d: Dataset, rawModality: string): readonly [number, number] | null {
  const pair = (values: number[]): readonly [number, number] | null => {
    const [row, column] = values;
    return row !== undefined && column !== undefined && row > 0 && column > 0 && row < 1e4 && column < 1e4
      ? [column, row]
      : null;
  };
  const own = pair(measures.decimals(tags.pixelSpacing));
  if (own) return own;
  if (['MG', 'DX', 'CR', 'XA', 'RF', 'IO', 'PX'].includes(rawModality))
    return pair(d.decimals(tags.imagerPixelSpacing));
  return ultrasoundSpacing(d);
}

/** Two-dimensional regions in centimetres (PS3.3 C.8.5.5); null where they differ, as one scale must hold for the picture. */
function ultrasoundSpacing(d: Dataset): readonly [number, number] | null {
  let found: readonly [number, number] | null = null;
  for (const region of d.items(tags.usRegions)) {
    if (region.uint16(tags.usRegionSpatialFormat) !== 1) continue;
    if (region.uint16(tags.usPhysicalUnitsX) !== 3 || region.uint16(tags.usPhysicalUnitsY) !== 3) return null;
    const x = Math.abs(region.doubles(tags.usPhysicalDeltaX)[0] ?? NaN) * 10;
    const y = Math.abs(region.doubles(tags.usPhysicalDeltaY)[0] ?? NaN) * 10;
    if (!(x > 0 && y > 0 && x < 1e3 && y < 1e3)) return null;
    if (found && (Math.abs(found[0] - x) > 1e-4 || Math.abs(found[1] - y) > 1e-4)) return null;
    found = [x, y];
  }
  return found;
}

function windowsOf(d: Dataset): NamedWindow[] {
  const centers = d.decimals(tags.windowCenter);
  const widths = d.decimals(tags.windowWidth);
  const names = d.strings(tags.windowExplanation);
  return centers.flatMap((center, n) => {
    const width = widths[n] ?? NaN;
    if (!Number.isFinite(center) || !(width > 0) || !Number.isFinite(width)) return [];
    return [{ name: names[n] || (centers.length > 1 ? `From file ${n + 1}` : 'From file'), center, width }];
  });
}

function vector(values: number[]): Vec3 | null {
  return values.length === 3 && values.every((v) => Number.isFinite(v) && Math.abs(v) < 1e6)
    ? (values as unknown as Vec3)
    : null;
}

function orientation(values: number[]): readonly [Vec3, Vec3] | null {
  const row = vector(values.slice(0, 3));
  const column = vector(values.slice(3, 6));
  if (values.length !== 6 || !row || !column) return null;
  if (Math.abs(length(row) - 1) > 0.01 || Math.abs(length(column) - 1) > 0.01) return null;
  if (Math.abs(dot(row, column)) > 0.01 || length(cross(row, column)) < 0.9) return null;
  return [normalize(row), normalize(column)];
}

function declaredRange(d: Dataset, form: PictureForm): readonly [number, number] | null {
  const low = d.int16(tags.smallestPixelValue, form.signed);
  const high = d.int16(tags.largestPixelValue, form.signed);
  return low !== null && high !== null && low < high ? [low, high] : null;
}

const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
const integer = (value: number | null): number | null =>
  value !== null && Number.isInteger(value) ? value : null;
const date = (text: string): string => (/^\d{8}$/.test(text) ? text : '');
