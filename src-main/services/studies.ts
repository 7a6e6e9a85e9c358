import { AppError } from '../core/app-error';
import { hasFinished, mayChange } from '../core/reading/double-reading';
import { withPhases } from '../core/reading/phases';
import { readResults } from '../core/reading/read-results';
import { replayReading } from '../core/reading/reading-state';
import type { ReviewEvent } from '../core/review/events';
import { replayOn } from '../core/review/replay-on';
import { isDecided, lastRedoable, lastUndoable } from '../core/review/review';
import { isRelevant, studyState, type StudyState } from '../core/review/study-state';
import { bySeverity, type SeriesIssue } from '../core/volume/series-issues';
import { isCopied } from '../core/study/copy-path';
import { identityFinder, type IdentityNotice } from '../core/study/patient-identity';
import { flagsOf } from '../core/study/study-flags';
import type { Finding } from '../core/study/entities';
import type { SeriesSummary, StudyDetail } from '../contract/entities';
import type { SeriesRow, Store, StudyRow } from '../storage';
import { mutable } from './mutable';
import { foldDoubleReading, type DoubleFold } from './people/double-fold';
import type { KeptSummary, OwnLine } from './people/kept-summary';
import { shownReading } from './people/shown-reading';
import type { StudyView, Views } from './people/view';
import { studyRefusal } from './not-analysable';
import type { StudySnapshot } from './study-snapshot';

/** @throws AppError 'not-found'. */
export function readStudy(store: Store, studyId: string): StudySnapshot {
  const study = store.getStudy(studyId);
  if (!study) {
    throw new AppError('not-found', 'This study is no longer in the worklist.', 'Import it again.');
  }
  const resultSets = store.listResultSets(studyId);
  const events = store.reviewEvents(studyId);
  const proposed = store.listFindings(studyId);
  const reading = replayReading(store.readingEvents(studyId));
  const reveals = new Map(reading.revealed.map(({ reader, seq }) => [reader, seq]));
  const told = reading.mode !== null && reading.mode !== 'concurrent';
  const fold = (findings: Finding[], by: readonly ReviewEvent[]): Finding[] =>
    told ? withPhases(findings, by, reveals) : findings;
  const thresholds = new Map(resultSets.map((set) => [set.resultSetId, set.threshold]));
  const relevantOf = (findings: readonly Finding[]): Finding[] =>
    findings.filter((finding) => isRelevant(finding, thresholds));
  const flags = flagsOf(store.flagEvents(studyId));
  const series = store.listSeries(studyId);
  const read = readResults(resultSets, reading.chosen);
  const all = { study, series, resultSets, read, proposed, allEvents: events, flags, reading };
  if (reading.double)
    return { ...all, ...foldDoubleReading(reading.double, proposed, events, fold, relevantOf) };
  const findings = fold(replayOn(proposed, events), events);
  return { ...all, events, findings, relevant: relevantOf(findings), double: null };
}

/** @throws AppError 'not-found'. */
export function readSeries(store: Store, seriesId: string): SeriesRow {
  const series = store.getSeries(seriesId);
  if (series) return series;
  throw new AppError('not-found', 'This series is no longer in the worklist.', 'Import it again.');
}

/** What the worklist shows of a study. Made of nothing but what the triggers of `study_summaries` watch. */
export function summarise(snapshot: StudySnapshot, identity: readonly IdentityNotice[]): KeptSummary {
  const { study, series, flags, relevant, reading, double } = snapshot;
  const { added, ...line } = lineOf(snapshot, relevant);
  const accessionNumbers = series.map((s) => s.scanned.dicom?.accessionNumber ?? '').filter(Boolean);
  const unique = <T>(values: T[]): T[] => [...new Set(values)];
  return {
    studyId: study.studyId,
    patient: study.patient,
    studyInstanceUid: study.studyInstanceUid,
    description: study.description,
    studyDate: study.studyDate,
    modalities: unique(series.map((s) => s.scanned.modality)),
    bodyParts: unique(series.map((s) => s.scanned.bodyPart).filter((part) => part !== '')),
    seriesCount: series.length,
    frontSeriesId: frontSeries(series),
    ...line,
    ...(double && { state: stateOfTwo(snapshot, line.state) }),
    accessionNumber: unique(accessionNumbers).join(', '),
    flags,
    importedAt: study.importedAt,
    lastError: series.find((s) => s.detectionError !== null)?.detectionError ?? null,
    issues: graveIssues(series),
    detectionRefused: studyRefusal(series.map((s) => s.scanned)),
    reading: {
      mode: reading.mode,
      revealedBy: reading.revealed.map((r) => r.reader),
      added,
      ...(double && {
        double: {
          phase: double.phase,
          readers: double.state.readers.map(({ name }) => name),
          finished: double.state.finished.length,
        },
      }),
    },
    identity: mutable(identity),
    ...(double?.phase === 'reading' && { ofReaders: linesOfReaders(snapshot, double) }),
  };
}

function lineOf({ series, reading }: StudySnapshot, relevant: readonly Finding[]): OwnLine {
  const open = relevant.filter((f) => !isDecided(f));
  const detections = series.map((s) => s.detection);
  return {
    state: reading.signature ? 'signed' : studyState(detections, relevant),
    findingCount: relevant.length,
    pendingCount: open.length,
    topScore: topScore(relevant),
    topOpenScore: topScore(open),
    added: relevant.filter((f) => f.provenance === 'reader').length,
  };
}

/** What each of two blind readers is shown: their own reading, and once it is done that the other's is waited for. */
const linesOfReaders = (snapshot: StudySnapshot, { state, readings }: DoubleFold): Record<string, OwnLine> =>
  Object.fromEntries(
    readings.map(({ reader, relevant }) => {
      const line = lineOf(snapshot, relevant);
      const waits = hasFinished(state, reader.userId);
      return [reader.userId, waits ? { ...line, state: 'awaiting-second-reader' } : line];
    }),
  );

/** What everybody else is shown of a study that two read: how far it is, and nothing of what they found. */
function stateOfTwo({ reading, double, relevant }: StudySnapshot, usual: StudyState): StudyState {
  if (!double || reading.signature || ['detecting', 'failed', 'new', 'no-model'].includes(usual))
    return usual;
  if (double.phase !== 'reading') return relevant.every(isDecided) ? 'reviewed' : 'to-adjudicate';
  return double.state.finished.length === 0 ? 'awaiting-readers' : 'awaiting-second-reader';
}

function topScore(findings: readonly Finding[]): number | null {
  const scores = findings.flatMap(({ score }) => (score === null ? [] : [score]));
  return scores.length > 0 ? Math.max(...scores) : null;
}

/** What a person would open first: the largest that can be read, and a localiser only where there is nothing else. */
function frontSeries(series: readonly SeriesRow[]): string | null {
  const rank = ({ scanned: { analysable, pixels } }: SeriesRow): [number, number] => [
    Number(analysable),
    pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames,
  ];
  const [front] = series
    .map(({ seriesId }, n) => ({ seriesId, rank: rank(series[n]!) }))
    .sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1]);
  return front?.seriesId ?? null;
}

function graveIssues(series: readonly SeriesRow[]): SeriesIssue[] {
  const all = series.flatMap(({ scanned }) => scanned.issues ?? []).filter((i) => i.severity !== 'note');
  return bySeverity([...new Map(all.map((i) => [i.text, i])).values()]);
}

export function detail(snapshot: StudyView, identity: readonly IdentityNotice[], views: Views): StudyDetail {
  const closed = snapshot.reading.signature !== null || !mayChangeNow(snapshot, views);
  return {
    study: views.summary(summarise(snapshot, identity)),
    series: snapshot.series.map(seriesSummary),
    resultSets: mutable(snapshot.resultSets),
    read: mutable(snapshot.read),
    findings: mutable(snapshot.findings),
    canUndo: !closed && lastUndoable(snapshot.findings, snapshot.events) !== null,
    canRedo: !closed && lastRedoable(snapshot.findings, snapshot.events) !== null,
    reading: shownReading(snapshot, views),
  };
}

const mayChangeNow = ({ double }: StudyView, { user }: Views): boolean =>
  !double || mayChange(double.state, user);

/** What the window is told of a series. */
export function seriesSummary({
  seriesId,
  studyId,
  scanned,
  detection,
  detectionError,
}: SeriesRow): SeriesSummary {
  const { dicom } = scanned;
  return {
    seriesId,
    studyId,
    seriesInstanceUid: scanned.seriesInstanceUid,
    format: scanned.format,
    description: scanned.seriesDescription,
    modality: scanned.modality,
    bodyPart: scanned.bodyPart,
    fileCount: scanned.files.length,
    ...(isCopied(scanned) && { copied: true }),
    pixels: mutable(scanned.pixels),
    ...(scanned.volume && { volume: scanned.volume }),
    ...(dicom?.laterality && { laterality: dicom.laterality }),
    ...(dicom?.view && { view: dicom.view }),
    ...(dicom?.patientOrientation && { patientOrientation: mutable(dicom.patientOrientation) }),
    ...(dicom?.frameOfReferenceUid && { frameOfReferenceUid: dicom.frameOfReferenceUid }),
    warnings: [...scanned.warnings],
    ...(scanned.issues && { issues: mutable(scanned.issues) }),
    analysable: scanned.analysable,
    detection,
    detectionError,
  };
}

/** What must be said of a study because of the others in the worklist. */
export const identityOf = (store: Store, study: StudyRow): IdentityNotice[] =>
  identityFinder(store.listStudies())(study);
