import { basename, join } from 'node:path';
import { AppError, type AppErrorShape } from '../core/app-error';
import { box3Center, box3Size } from '../core/geometry/box';
import type { Finding, StudyDetail } from '../contract/entities';
import type { DemoOptions, DemoResult, DemoRow } from './types';

/**
 * The main job once, start to end, as `npm start` and `regio demo` run it: import, detection, table, export.
 * Nothing here is made for the demo but the order of the steps.
 *
 * @throws AppError when nothing could be imported or an export failed.
 */
export async function runDemo({
  services,
  paths,
  outFolder,
  formats,
  onStep,
}: DemoOptions): Promise<DemoResult> {
  const { handlers } = services;
  const say = onStep ?? (() => undefined);
  say(`importing ${paths.length} volumes`);
  const imported = await services.waitForJob((await handlers['import.paths']({ paths })).jobId);
  if (imported.error) throw raise(imported.error);
  if (imported.result?.kind !== 'import' || imported.result.studyIds.length === 0) {
    throw new AppError(
      'file.unsupported',
      'None of the demo volumes could be imported.',
      'Run the set-up again.',
    );
  }
  const { studyIds, skipped } = imported.result;
  say('looking for lesions');
  for (const studyId of studyIds) {
    const { series } = await handlers['studies.open']({ studyId });
    if (series.every((s) => s.detection === 'none')) await detectIfModelFits(services.handlers, studyId);
  }
  await services.idle();

  const result: DemoResult = { studyIds, rows: [], notes: {}, files: [], skipped };
  for (const [index, studyId] of studyIds.entries()) {
    const study = await handlers['studies.open']({ studyId });
    const file = basename(services.fileOf(study.series[0]!.seriesId));
    const rows = tableRows(study, file);
    result.rows.push(...rows);
    if (rows.length === 0) result.notes[file] = note(study);
    say(`exporting study ${index + 1} of ${studyIds.length}`);
    const folder = join(outFolder, file.replace(/\..*$/, ''));
    const started = await handlers['export.start']({
      studyId,
      formats: formats ?? ['pdf', 'sr', 'csv', 'json'],
      folder,
    });
    const exported = await services.waitForJob(started!.jobId);
    if (exported.error) throw raise(exported.error);
    if (exported.result?.kind === 'export')
      result.files.push(...exported.result.files.map((name) => join(folder, name)));
  }
  return result;
}

/** A study no model fits says so in its series; that ends no demo. */
async function detectIfModelFits(
  handlers: DemoOptions['services']['handlers'],
  studyId: string,
): Promise<void> {
  try {
    await handlers['detection.start']({ studyId, modelId: null });
  } catch (error) {
    if (AppError.from(error).code !== 'model.none-fits') throw error;
  }
}

function tableRows({ study, findings, resultSets }: StudyDetail, file: string): DemoRow[] {
  return findings.flatMap((finding) => {
    const set = resultSets.find((s) => s.resultSetId === finding.resultSetId);
    if (!set || finding.score === null || finding.score < set.threshold) return [];
    const { number, label, score } = finding;
    return [
      { studyId: study.studyId, file, model: set.modelId, number, label, score, ...position(finding.place) },
    ];
  });
}

function position(place: Finding['place']): Pick<DemoRow, 'center' | 'size' | 'unit'> {
  if (place.space === 'lps')
    return { center: [...box3Center(place.boxLps)], size: [...box3Size(place.boxLps)], unit: 'mm' };
  const [x, y, width, height] = place.boxPx;
  return { center: [x + width / 2, y + height / 2], size: [width, height], unit: 'px' };
}

function note({ series, resultSets }: StudyDetail): string {
  const failed = series.find((s) => s.detectionError !== null)?.detectionError;
  if (failed) return failed.message;
  const set = resultSets[resultSets.length - 1];
  return set
    ? `No finding at or above the operating point ${set.threshold} of ${set.modelId}.`
    : 'No detection was run.';
}

const raise = (error: AppErrorShape): AppError =>
  new AppError(error.code, error.message, error.hint, error.details);
