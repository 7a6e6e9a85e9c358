import { AppError } from '../../core/app-error';
import type { Patient } from '../../core/study/entities';
import type { Modality } from '../../core/volume/volume';
import { basename } from 'node:path';
import type { FileSource } from './byte-source';
import { calibrationOf, type Calibration } from './calibration';
import type { Dataset } from './dataset';
import { readFrameInfos, type FrameInfo } from './frame-info';
import { readModalityTable, type LookupTable } from './lookup-table';
import { readDicom, type OpenDicom } from './open';
import { isColour, readPictureForm, type PictureForm } from './picture';
import { sidesOf } from './sides';
import { passedOverReason } from './sop-classes';
import { tags } from './tags';

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
  readonly valueRange: readonly [number, number] | null;
  readonly modalityTable: LookupTable | null;
  readonly padding: readonly [number, number] | null;
  readonly regions: Calibration['regions'];
  readonly frameMs: number | null;
  readonly laterality: 'L' | 'R' | 'B' | null;
  readonly view: string;
  readonly patientOrientation: readonly [string, string] | null;
  readonly warnings: readonly string[];
}

/**
 * Of an open file, which is closed then.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large; see {@link readDicom}.
 */
export async function readInstance(
  source: FileSource,
  preambleWarning: string | null = null,
): Promise<DicomInstance> {
  const dicom = await readDicom(source);
  try {
    return toInstance(source.file, dicom, preambleWarning);
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
      field: d.has(tags.sopClassUid) ? d.place(tags.sopClassUid) : meta.place(tags.mediaStorageSopClassUid),
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
  const modalityTable = readModalityTable(d, form.signed);
  if (!modalityTable && d.items(tags.modalityLutSequence).length > 0) {
    warnings.push('Its modality lookup table is damaged: values are as stored.');
  }
  const calibration = calibrationOf(d, rawModality);
  if (calibration.note) warnings.push(calibration.note);
  const sex = d.string(tags.patientSex);
  return {
    file,
    stamp: dicom.stamp,
    form,
    frames: readFrameInfos(d, form, calibration),
    patient: {
      id: d.string(tags.patientId),
      name: d.string(tags.patientName),
      birthDate: date(d.string(tags.patientBirthDate)),
      sex: sex === 'M' || sex === 'F' || sex === 'O' ? sex : '',
      identityRemoved: d.string(tags.patientIdentityRemoved).toUpperCase() === 'YES',
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
    valueRange: declaredRange(d, form),
    modalityTable,
    padding: paddingOf(d, form),
    regions: calibration.regions,
    frameMs: frameMsOf(d, form),
    laterality: lateralityOf(d),
    view: d.string(tags.viewPosition) || (d.items(tags.viewCodeSequence)[0]?.string(tags.codeMeaning) ?? ''),
    patientOrientation: patientOrientationOf(d),
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

function declaredRange(d: Dataset, form: PictureForm): readonly [number, number] | null {
  const low = d.int16(tags.smallestPixelValue, form.signed);
  const high = d.int16(tags.largestPixelValue, form.signed);
  return low !== null && high !== null && low < high ? [low, high] : null;
}

/** Stored values without an image, lower first (PS3.3 C.7.5.1.1.2). */
function paddingOf(d: Dataset, form: PictureForm): readonly [number, number] | null {
  if (isColour(form) || form.bitsAllocated > 16) return null;
  const value = d.int16(tags.pixelPaddingValue, form.signed);
  if (value === null) return null;
  const limit = d.int16(tags.pixelPaddingRangeLimit, form.signed) ?? value;
  return value <= limit ? [value, limit] : [limit, value];
}

/** Frame Time, or what the cine rates say (PS3.3 C.7.6.5); null for a picture that does not move. */
function frameMsOf(d: Dataset, form: PictureForm): number | null {
  if (form.frames < 2) return null;
  const time = d.decimal(tags.frameTime);
  if (time !== null && time > 0 && time < 60_000) return time;
  const rate = d.decimal(tags.recommendedFrameRate) ?? d.decimal(tags.cineRate);
  return rate !== null && rate > 0 && rate <= 1000 ? 1000 / rate : null;
}

/** Image Laterality, Frame Laterality, or Laterality; what is neither of a side (U) counts as not said. */
function lateralityOf(d: Dataset): 'L' | 'R' | 'B' | null {
  const frame = d.items(tags.sharedFunctionalGroups)[0]?.items(tags.frameAnatomySequence)[0];
  const said =
    d.string(tags.imageLaterality) || frame?.string(tags.frameLaterality) || d.string(tags.laterality);
  return said === 'L' || said === 'R' || said === 'B' ? said : null;
}

function patientOrientationOf(d: Dataset): readonly [string, string] | null {
  const [row, column] = d.strings(tags.patientOrientation);
  const sound = (s: string | undefined): s is string => s !== undefined && /^[LRAPHF]{1,3}$/.test(s);
  return sound(row) && sound(column) ? [row, column] : null;
}

const integer = (value: number | null): number | null =>
  value !== null && Number.isInteger(value) ? value : null;
const date = (text: string): string => (/^\d{8}$/.test(text) ? text : '');
