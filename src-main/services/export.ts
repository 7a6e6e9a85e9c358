import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { AppError } from '../core/app-error';
import { mainReason, type QualityReport } from '../core/quality/verdict';
import { reportDouble } from '../core/report/report-double';
import type { Report, ReportSeries } from '../core/report/report';
import type { ResultSet } from '../core/study/entities';
import { whyRefused } from '../core/volume/series-issues';
import type { IdentityNotice } from '../core/study/patient-identity';
import type { ExportFormat, Settings } from '../contract/entities';
import type { Engine } from '../contract/engine-protocol';
import type { SeriesRow, Store } from '../storage';
import type { JobContext } from './jobs';
import { cropFindings, wholeFrames } from './pictures';
import { signatureHolds } from './people/signature';
import { identityOf, readStudy } from './studies';
import type { StudySnapshot } from './study-snapshot';
import type { Clock } from './types';

export interface ExportOptions {
  store: Store;
  engine: Engine;
  clock: Clock;
  newId: () => string;
  softwareVersion: string;
}

const cropSize = 320;

/**
 * Builds one report and renders it in every format asked for, so that they cannot disagree, then writes all files
 * under temporary names and renames them.
 */
export async function exportStudy(
  options: ExportOptions,
  settings: Settings,
  input: { studyId: string; formats: readonly ExportFormat[]; folder: string },
  context: JobContext,
): Promise<{ kind: 'export'; folder: string; files: string[]; preliminary: boolean }> {
  const { store, clock } = options;
  context.progress(0, 'Preparing the pictures');
  const report = await buildReport(
    options,
    settings,
    readStudy(store, input.studyId),
    input.formats,
    context,
  );
  // Loaded when first needed: the PDF and DICOM libraries would slow every start.
  const exporters = await import('../exporters');
  const render = {
    pdf: exporters.renderPdf,
    sr: exporters.renderDicomSr,
    csv: exporters.renderCsv,
    json: exporters.renderJson,
  };
  const files = [];
  const formats = [...new Set(input.formats)];
  for (const [index, format] of formats.entries()) {
    context.progress(0.4 + (0.5 * index) / formats.length, `Writing ${format.toUpperCase()}`);
    files.push(...(await render[format](report)));
    if (context.signal.aborted)
      throw new AppError('job.cancelled', 'The export was cancelled.', 'Export again.');
  }
  await mkdir(input.folder, { recursive: true }).catch((error: unknown) => {
    throw new AppError(
      'export.failed',
      'The export folder cannot be made.',
      'Choose another folder.',
      { file: input.folder },
      { cause: error },
    );
  });
  await exporters.writeFilesAtomically(input.folder, files);
  store.appendAudit({
    at: clock.now().toISOString(),
    type: 'export',
    studyId: input.studyId,
    payload: {
      reportId: report.reportId,
      preliminary: report.preliminary,
      reviewer: report.reviewer,
      files: files.map(({ name, bytes }) => ({
        name,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    },
  });
  return {
    kind: 'export',
    folder: input.folder,
    files: files.map(({ name }) => name),
    preliminary: report.preliminary,
  };
}

async function buildReport(
  { store, engine, clock, newId, softwareVersion }: ExportOptions,
  settings: Settings,
  snapshot: StudySnapshot,
  formats: readonly ExportFormat[],
  context: JobContext,
): Promise<Report> {
  const { study, series, resultSets, read, relevant, reading, double } = snapshot;
  const signature = signatureHolds(snapshot) ? reading.signature : null;
  const { signal } = context;
  const crops = await cropFindings(engine, series, relevant, { size: cropSize, drawBox: true, signal });
  const frames = new Map();
  for (const row of formats.includes('sr') ? series : []) {
    const shown = relevant.some((f) => f.seriesId === row.seriesId);
    if (shown && row.scanned.format !== 'dicom')
      frames.set(row.seriesId, await wholeFrames(engine, row, signal));
  }
  const used = new Set([...relevant.map((f) => f.resultSetId), ...read.map((r) => r.resultSetId)]);
  const readOf = (seriesId: string): ResultSet | undefined =>
    resultSets.find((set) => read.some((r) => r.seriesId === seriesId && r.resultSetId === set.resultSetId));
  const identity = identityOf(store, study);
  const models = await engine.call('listModels', {}, { signal });
  return {
    reportId: newId(),
    createdAt: clock.now().toISOString(),
    softwareVersion,
    institution: settings.institution,
    // Whoever exports it: a signed report is its signer's.
    reviewer: signature?.name ?? settings.reviewer,
    patient: study.patient,
    studyInstanceUid: study.studyInstanceUid,
    studyDescription: study.description,
    studyDate: study.studyDate,
    series: series.map((row) => reportSeries(row, readOf(row.seriesId), identity)),
    // What is read and the newest of each series even when it found nothing: the report must say what looked.
    resultSets: resultSets.filter(
      (set, index) =>
        used.has(set.resultSetId) ||
        !resultSets.slice(index + 1).some((later) => later.seriesId === set.seriesId),
    ),
    modelNames: Object.fromEntries(models.map((model) => [model.modelId, model.name])),
    findings: relevant,
    crops,
    frames,
    // Only a signature makes a report the last word, and nobody can sign over a finding that is undecided.
    preliminary: signature === null,
    signature,
    addenda: reading.addenda,
    read,
    reading: { mode: reading.mode, revealed: reading.revealed, loosened: reading.loosened },
    ...(double?.agreement && { double: reportDouble(double.state, double.agreement) }),
  };
}

function reportSeries(
  { seriesId, scanned, detection, detectionError }: SeriesRow,
  result: ResultSet | undefined,
  identity: readonly IdentityNotice[],
): ReportSeries {
  const { seriesInstanceUid, seriesDescription, modality, bodyPart, format, pixels, dicom } = scanned;
  // Each once: older imports wrote what identity has to say into the series.
  const warnings = [...new Set([...identity.map((n) => n.text), ...scanned.warnings])];
  let notAnalysed: string | undefined;
  if (detection === 'failed')
    warnings.push('The detection failed on this series: the report says nothing of lesions in it.');
  else if (detection === 'no-model' && detectionError) warnings.push(detectionError.message);
  else if (detection === 'not-analysable' && detectionError) {
    warnings.push(`${detectionError.message} ${nothingSaid}`);
    notAnalysed = detectionError.message;
  } else if (!scanned.analysable && detection !== 'done') {
    warnings.push(`No detection may be run on this series. ${nothingSaid}`);
    // A localiser is never read for lesions: nobody misses a model on it.
    if (!scanned.issues?.some((i) => i.code === 'localiser'))
      notAnalysed = `Not read by a model. ${whyRefused(scanned) ?? ''}`.trim();
  } else if (detection !== 'done') warnings.push('No detection was run on this series.');
  else if (result?.quality) warnings.push(...qualityNotes(result.quality));
  return {
    seriesId,
    seriesInstanceUid,
    description: seriesDescription,
    modality,
    bodyPart,
    format,
    pixels,
    dicom,
    warnings,
    issues: scanned.issues,
    notAnalysed,
  };
}

const nothingSaid = 'The report says nothing of lesions in it but what a reader added.';

/** What a reader of the report must know of a series whose gate turned something away. */
function qualityNotes(quality: QualityReport): string[] {
  const reason = mainReason(quality);
  if (!reason) return [];
  const by = quality.ignoredBy === undefined ? '' : ` by ${quality.ignoredBy}`;
  if (quality.ignored && !quality.analysable)
    return [`The model was made to look anyway${by}, although its quality check said: ${reason.message}`];
  const count = `${quality.flagged.length} of ${quality.checked} frames`;
  return quality.ignored
    ? [
        `The model was made to look anyway${by} at ${count} of which its quality check said: ${reason.message}`,
      ]
    : [`${count} were not analysed by the model. ${reason.message}`];
}
