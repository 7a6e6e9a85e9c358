import { guidelineCategories, guidelineIds, guidelines } from '../../core/guidelines';
import { agrees } from '../../core/report/description-text';
import { reportFileStem } from '../../core/report/file-names';
import type { ReportDouble } from '../../core/report/report-double';
import { outlineOf, type LesionHistory } from '../../core/report/lesion-measures';
import type { LesionChange } from '../../core/review/lesion-change';
import type { Measurement } from '../../core/study/entities';
import { researchUseLine, type Report } from '../../core/report/report';
import { isPreliminary, isReviewed, reportSections } from '../../core/report/sections';
import { modelName } from '../../core/report/wording';
import type { FindingDescription } from '../../core/review/description';
import { bySeverity } from '../../core/volume/series-issues';
import type { ExportedFile } from '../exported-file';
import { findingRows, type FindingRow } from '../findings-rows';
import { reportJson, type ReportJson } from './schema';

/** The whole report for programs; see schema.ts. Text is as stored, invisible characters as `\u` escapes. */
export async function renderJson(report: Report): Promise<ExportedFile[]> {
  const json = JSON.stringify(reportJson.parse(toJson(report)), null, 2).replace(
    /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [{ name: `${reportFileStem(report)}.json`, bytes: new TextEncoder().encode(`${json}\n`) }];
}

function toJson(report: Report): ReportJson {
  const { reviewed, uncertain, pending, rejected } = reportSections(report);
  const seriesUid = (seriesId: string): string =>
    report.series.find((s) => s.seriesId === seriesId)?.seriesInstanceUid ?? '';
  return {
    schema: 'regio.report',
    schemaVersion: 1,
    use: researchUseLine,
    reportId: report.reportId,
    createdAt: report.createdAt,
    status: isPreliminary(report) ? 'preliminary' : 'final',
    software: { name: 'Regio', version: report.softwareVersion },
    institution: report.institution,
    reviewer: report.reviewer,
    signature: report.signature && {
      name: report.signature.name,
      at: report.signature.at,
      sha256: report.signature.sha256,
    },
    reading: {
      mode: report.reading.mode,
      revealed: report.reading.revealed.map(({ name, at }) => ({ name, at })),
      loosened: [...report.reading.loosened],
      double: report.double ? doubleJson(report.double) : null,
    },
    addenda: [...report.addenda],
    patient: report.patient,
    study: {
      studyInstanceUid: report.studyInstanceUid,
      description: report.studyDescription,
      date: report.studyDate,
    },
    series: report.series.map((series) => ({
      seriesInstanceUid: series.seriesInstanceUid,
      description: series.description,
      modality: series.modality,
      bodyPart: series.bodyPart,
      format: series.format,
      kind: series.pixels.kind,
      calibrated: series.pixels.kind === 'volume' || series.pixels.pixelSpacing !== null,
      frameOfReferenceUid: series.dicom?.frameOfReferenceUid || null,
      laterality: series.dicom?.laterality ?? null,
      view: series.dicom?.view ?? null,
      patientOrientation: series.dicom?.patientOrientation
        ? [series.dicom.patientOrientation[0], series.dicom.patientOrientation[1]]
        : null,
      warnings: [...series.warnings],
      issues: bySeverity(series.issues ?? []),
      notAnalysed: series.notAnalysed ?? null,
    })),
    models: report.resultSets.map((result) => ({
      ...readJson(report, result.resultSetId),
      id: result.modelId,
      name: modelName(report, result.modelId),
      version: result.modelVersion,
      hash: result.modelHash,
      threshold: result.threshold,
      scoreFloor: result.scoreFloor,
      seriesInstanceUid: seriesUid(result.seriesId),
      ranAt: result.createdAt,
      durationMs: result.durationMs,
    })),
    counts: {
      reviewed: reviewed.length,
      uncertain: uncertain.length,
      pending: pending.length,
      rejected: rejected.length,
    },
    findings: findingRows(report).map((row) => findingJson(report, row)),
  };
}

/** Whether a result is the one that was read of its series, and who chose it where it is not the newest. */
function readJson(
  { read }: Report,
  resultSetId: string,
): Pick<ReportJson['models'][number], 'read' | 'chosen'> {
  const result = read.find((r) => r.resultSetId === resultSetId);
  return { read: result !== undefined, chosen: result?.chosen ? { ...result.chosen } : null };
}

function doubleJson({
  candidates,
  readers,
  adjudication,
  ...counts
}: ReportDouble): ReportJson['reading']['double'] {
  return {
    ...counts,
    readers: [readers[0], readers[1]],
    adjudication: adjudication && { ...adjudication, by: [...adjudication.by] },
    candidates: candidates && {
      ...candidates,
      interval95: candidates.interval95 && [candidates.interval95[0], candidates.interval95[1]],
    },
  };
}

function findingJson(
  report: Report,
  { finding, series, measure, resultSet, ofResultRead, history }: FindingRow,
): ReportJson['findings'][number] {
  const { place } = finding;
  return {
    findingId: finding.findingId,
    number: finding.number,
    seriesInstanceUid: series.seriesInstanceUid,
    label: finding.label,
    score: finding.score,
    provenance: finding.provenance,
    phase: finding.phase ?? null,
    place: (place.space === 'lps'
      ? { ...measure, boxLps: place.boxLps }
      : { ...measure, boxPx: place.boxPx }) as ReportJson['findings'][number]['place'],
    decision: finding.decision,
    reviewed: isReviewed(finding),
    model: resultSet === null ? null : report.resultSets.indexOf(resultSet),
    ofResultRead,
    description: finding.description ? descriptionJson(finding.description) : null,
    outline: measuredJson(outlineOf(finding)),
    history: history && historyJson(history),
  };
}

type FindingJson = ReportJson['findings'][number];

function measuredJson(m: Measurement | null): FindingJson['outline'] {
  if (!m) return null;
  const { of, unit, longAxis, shortAxis, longest3d, volume, area, meanValue, sdValue, valueUnit } = m;
  const sizes = { longAxis, shortAxis, longest3dMm: longest3d, volumeMm3: volume, area };
  return { of, unit, ...sizes, meanValue, sdValue, valueUnit };
}

function historyJson({ prior, earlier, distanceMm, change }: LesionHistory): FindingJson['history'] {
  return {
    distanceMm,
    dates: [prior, ...earlier].map(({ studyInstanceUid, studyDate, number, measurement }) => ({
      studyInstanceUid,
      studyDate,
      findingNumber: number,
      measured: measuredJson(measurement),
    })),
    change: typeof change === 'string' ? null : changeJson(change),
    noChange: typeof change === 'string' ? change : null,
  };
}

function changeJson(change: LesionChange): NonNullable<FindingJson['history']>['change'] {
  const { days, longAxis, shortAxis, meanDiameter, volume, grownByLungRads, alike } = change;
  return {
    days,
    longAxisMm: longAxis,
    shortAxisMm: shortAxis,
    meanDiameterMm: meanDiameter,
    volumeMm3: volume,
    doublingTimeDays: volume?.doublingTimeDays ?? null,
    grownByLungRads,
    alike,
  };
}

function descriptionJson({
  terms,
  numbers,
  confidence,
  assessments,
  describedBy,
  describedAt,
}: FindingDescription): ReportJson['findings'][number]['description'] {
  const categories = guidelineIds.flatMap((guideline) => {
    const assessment = assessments[guideline];
    if (!assessment) return [];
    const { title, source } = guidelines[guideline];
    const entry = guidelineCategories(guideline).find((known) => known.category === assessment.category);
    return [
      { guideline, title, source, ...assessment, wording: entry?.wording ?? '', agrees: agrees(assessment) },
    ];
  });
  return {
    terms: Object.fromEntries(Object.entries(terms).map(([name, values]) => [name, [...values]])),
    numbers: { ...numbers },
    confidence: confidence ?? null,
    categories,
    describedBy,
    describedAt,
  };
}
