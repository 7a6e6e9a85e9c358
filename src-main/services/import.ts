import type { Patient, ScannedSeries, ScanResult } from '../core/study/entities';
import type { SeriesRow, Store, StudyRow } from '../storage';

export interface ImportOptions {
  store: Store;
  now: string;
  newId: () => string;
}

export interface ImportOutcome {
  /** Studies that are new or changed, in order of appearance. */
  studyIds: string[];
  /** Series that are new or whose pixels changed: what detection has not seen. */
  freshSeriesIds: string[];
}

const otherPatientWarning =
  'Another study in the worklist has the same Study Instance UID but belongs to another patient. They were kept apart; check which one is right.';
const patientIdClashWarning =
  'Another study in the worklist has the same patient ID with another name or birth date. They were kept apart; check which one is right.';
const otherPixelsWarning =
  'A series with the same Series Instance UID but other pixels was imported before. They were kept apart.';

/**
 * Puts scanned series into the store, in one transaction. The same series of the same patient is updated in place (its
 * files may have moved). Nothing of two patients is ever merged: the same study UID with another patient becomes a study
 * of its own with a warning.
 */
export function importScan(scan: ScanResult, { store, now, newId }: ImportOptions): ImportOutcome {
  const studyIds = new Set<string>();
  const freshSeriesIds: string[] = [];
  store.transaction(() => {
    for (const scanned of scan.series) {
      const { study, warnings } = findOrMakeStudy(store, scanned, now, newId);
      const { seriesId, fresh } = putSeries(store, study, scanned, warnings, newId);
      studyIds.add(study.studyId);
      if (fresh) freshSeriesIds.push(seriesId);
    }
    for (const studyId of studyIds) {
      const uids = store.listSeries(studyId).map((s) => s.scanned.seriesInstanceUid);
      store.appendAudit({ at: now, type: 'import', studyId, payload: { seriesInstanceUids: uids } });
    }
  });
  return { studyIds: [...studyIds], freshSeriesIds };
}

function findOrMakeStudy(
  store: Store,
  scanned: ScannedSeries,
  now: string,
  newId: () => string,
): { study: StudyRow; warnings: string[] } {
  const sameUid = store.findStudies(scanned.studyInstanceUid);
  const others = sameUid.filter((study) => !samePatient(study.patient, scanned.patient));
  const warnings = others.length > 0 ? [otherPatientWarning] : [];
  if (scanned.patient.id !== '' && others.length === 0) {
    const clash = store
      .listStudies()
      .some(({ patient }) => patient.id === scanned.patient.id && !samePatient(patient, scanned.patient));
    if (clash) warnings.push(patientIdClashWarning);
  }
  const found = sameUid.find((study) => samePatient(study.patient, scanned.patient));
  if (found) return { study: found, warnings };
  const study: StudyRow = {
    studyId: newId(),
    patient: scanned.patient,
    studyInstanceUid: scanned.studyInstanceUid,
    description: scanned.studyDescription,
    studyDate: scanned.studyDate,
    importedAt: now,
  };
  store.insertStudy(study);
  return { study, warnings };
}

function putSeries(
  store: Store,
  { studyId }: StudyRow,
  found: ScannedSeries,
  warnings: string[],
  newId: () => string,
): { seriesId: string; fresh: boolean } {
  const sameUid = store
    .listSeries(studyId)
    .filter((row) => row.scanned.seriesInstanceUid === found.seriesInstanceUid);
  const known = sameUid.find((row) => samePixels(row.scanned, found));
  const all = sameUid.length > 0 && !known ? [...warnings, otherPixelsWarning] : warnings;
  const scanned: ScannedSeries = { ...found, warnings: [...found.warnings, ...all] };
  if (known) {
    store.updateSeries({ ...known, scanned });
    return { seriesId: known.seriesId, fresh: false };
  }
  const row: SeriesRow = { seriesId: newId(), studyId, scanned, detection: 'none', detectionError: null };
  store.insertSeries(row);
  return { seriesId: row.seriesId, fresh: true };
}

/** Every field that names a person must agree; carets, case and padding may differ (PS3.5 section 6.2.1). */
export function samePatient(a: Patient, b: Patient): boolean {
  const name = (patient: Patient): string =>
    patient.name
      .normalize('NFC')
      .toUpperCase()
      .replace(/[\^\s]+/g, ' ')
      .trim();
  return a.id.trim() === b.id.trim() && a.birthDate === b.birthDate && name(a) === name(b);
}

/** Findings keep their place only where grid, instances and (for files without UIDs) sizes are the same. */
function samePixels(a: ScannedSeries, b: ScannedSeries): boolean {
  const identity = (s: ScannedSeries): string =>
    JSON.stringify([s.pixels, s.dicom?.instances ?? s.fileStamps.map((stamp) => stamp.size)]);
  return identity(a) === identity(b);
}
