import type { ScannedSeries, ScanResult } from '../core/study/entities';
import { isCopied } from '../core/study/copy-path';
import { identityFinder, samePatient } from '../core/study/patient-identity';
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

const otherPixelsWarning =
  'A series with the same Series Instance UID but other pixels was imported before. They were kept apart.';

/**
 * Puts scanned series into the store, in one transaction. The same series of the same patient is updated in place (its
 * files may have moved). Nothing of two patients is ever merged: the same study UID with another patient becomes a study
 * of its own, and {@link identityFinder} says so on both.
 */
export function importScan(scan: ScanResult, { store, now, newId }: ImportOptions): ImportOutcome {
  const studyIds = new Set<string>();
  const freshSeriesIds: string[] = [];
  store.transaction(() => {
    for (const scanned of scan.series) {
      const study = findOrMakeStudy(store, scanned, now, newId);
      const { seriesId, fresh } = putSeries(store, study, scanned, newId);
      studyIds.add(study.studyId);
      if (fresh) freshSeriesIds.push(seriesId);
    }
    const identityOf = identityFinder(store.listStudies());
    for (const studyId of studyIds) {
      const uids = store.listSeries(studyId).map((s) => s.scanned.seriesInstanceUid);
      const identity = identityOf(store.getStudy(studyId)!).map((n) => n.code);
      const payload = { seriesInstanceUids: uids, ...(identity.length > 0 && { identity }) };
      store.appendAudit({ at: now, type: 'import', studyId, payload });
    }
  });
  return { studyIds: [...studyIds], freshSeriesIds };
}

function findOrMakeStudy(store: Store, scanned: ScannedSeries, now: string, newId: () => string): StudyRow {
  const found = store
    .findStudies(scanned.studyInstanceUid)
    .find((study) => samePatient(study.patient, scanned.patient));
  if (found) return found;
  const study: StudyRow = {
    studyId: newId(),
    patient: scanned.patient,
    studyInstanceUid: scanned.studyInstanceUid,
    description: scanned.studyDescription,
    studyDate: scanned.studyDate,
    importedAt: now,
  };
  store.insertStudy(study);
  return study;
}

function putSeries(
  store: Store,
  { studyId }: StudyRow,
  found: ScannedSeries,
  newId: () => string,
): { seriesId: string; fresh: boolean } {
  const sameUid = store
    .listSeries(studyId)
    .filter((row) => row.scanned.seriesInstanceUid === found.seriesInstanceUid);
  const known = sameUid.find((row) => samePixels(row.scanned, found));
  const clash = sameUid.length > 0 && !known ? [otherPixelsWarning] : [];
  // A copy is not given up for files that may go away.
  const { files, fileStamps } = known && isCopied(known.scanned) && !isCopied(found) ? known.scanned : found;
  const scanned: ScannedSeries = { ...found, files, fileStamps, warnings: [...found.warnings, ...clash] };
  if (known) {
    store.updateSeries({ ...known, scanned });
    return { seriesId: known.seriesId, fresh: false };
  }
  const row: SeriesRow = { seriesId: newId(), studyId, scanned, detection: 'none', detectionError: null };
  store.insertSeries(row);
  return { seriesId: row.seriesId, fresh: true };
}

/**
 * Findings keep their place only where grid, instances and (for files without UIDs) sizes are the same. Windows say how values are
 * shown: a newer program may read them otherwise.
 */
function samePixels(a: ScannedSeries, b: ScannedSeries): boolean {
  const identity = ({ pixels: { voi: _windows, ...pixels }, dicom, fileStamps }: ScannedSeries): string =>
    JSON.stringify([pixels, dicom?.instances ?? fileStamps.map((stamp) => stamp.size)]);
  return identity(a) === identity(b);
}
