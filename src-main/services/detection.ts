import { AppError } from '../core/app-error';
import { isTouched } from '../core/review/review';
import type { ResultSet } from '../core/study/entities';
import type { ModelSummary } from '../contract/entities';
import type { Engine, EngineOutput } from '../contract/engine-protocol';
import type { DetectionState, FindingRow, SeriesRow, Store } from '../storage';
import { chooseModel } from './choose-model';
import type { JobContext, Jobs } from './jobs';
import type { ActiveModels } from './model-family';
import { mutable } from './mutable';
import { readStudy } from './studies';
import type { Clock } from './types';

export interface DetectionOptions {
  store: Store;
  engine: Engine;
  jobs: Jobs;
  clock: Clock;
  newId: () => string;
  activeModels: () => ActiveModels;
  studyChanged: (studyId: string) => void;
  log: (line: string) => void;
}

interface Planned {
  series: SeriesRow;
  model: ModelSummary;
  /** What the series goes back to when the job is cancelled. */
  before: DetectionState;
}

const interrupted = new AppError(
  'detection.failed',
  'Regio was closed or stopped while this study was being read. It is not known whether it shows lesions.',
  'Start the detection again.',
);

/** Runs networks over studies and keeps what they found. A series that could not be read says so; it never reads as empty. */
export class Detection {
  constructor(private readonly options: DetectionOptions) {
    for (const { seriesId } of options.store.seriesInState(['queued', 'running']))
      options.store.setDetection(seriesId, 'failed', interrupted.toShape());
  }

  /**
   * @param modelId null: by modality and body part.
   * @returns the job; the one that is already under way where it is the same.
   * @throws AppError 'model.not-found', 'model.none-fits', 'series.inconsistent', 'review.conflict'.
   */
  async start(studyId: string, modelId: string | null): Promise<string> {
    const { engine, jobs } = this.options;
    const models = await engine.call('listModels', {});
    const active = jobs.active('detection', studyId);
    if (active) return active.jobId;
    const planned = this.plan(studyId, models, modelId);
    for (const { series } of planned) this.setState(series, 'queued');
    this.options.studyChanged(studyId);
    return jobs.start({
      kind: 'detection',
      title: `Detection with ${[...new Set(planned.map((p) => p.model.name))].join(', ')}`,
      studyId,
      run: (context) => this.run(studyId, planned, context),
      neverRan: () => this.putBack(studyId, planned),
    });
  }

  /** After an import: studies no model fits get the state that says so, and no job. */
  async startWhereModelFits(studyId: string): Promise<string | null> {
    try {
      return await this.start(studyId, null);
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'model.none-fits' && code !== 'series.inconsistent') throw error;
      this.options.log(`no detection after import: ${message}`);
      return null;
    }
  }

  private plan(studyId: string, models: readonly ModelSummary[], modelId: string | null): Planned[] {
    const { series: all } = readStudy(this.options.store, studyId);
    const analysable = all.filter((series) => series.scanned.analysable);
    if (analysable.length === 0) {
      throw new AppError(
        'series.inconsistent',
        'No series of this study can be analysed.',
        'The series list says why for each of them. It can still be read without a network.',
      );
    }
    const planned: Planned[] = [];
    let none: AppError | null = null;
    for (const series of analysable) {
      try {
        planned.push({
          series,
          model: chooseModel(series.scanned, models, modelId, this.options.activeModels()),
          before: series.detection,
        });
      } catch (error) {
        none = AppError.from(error);
        if (none.code !== 'model.none-fits') throw none;
        // An earlier result by a model the user chose stands.
        if (series.detection !== 'done') this.setState(series, 'no-model', none);
      }
    }
    if (planned.length === 0 && none) {
      this.options.studyChanged(studyId);
      throw none;
    }
    return planned;
  }

  private async run(studyId: string, planned: readonly Planned[], context: JobContext) {
    let findingCount = 0;
    let failure: AppError | null = null;
    for (const [index, { series, model }] of planned.entries()) {
      try {
        if (context.signal.aborted) throw new AppError('job.cancelled', 'Cancelled.', 'Start it again.');
        this.setState(series, 'running');
        this.options.studyChanged(studyId);
        findingCount += await this.runOne(series, model, {
          signal: context.signal,
          progress: (fraction, step) => context.progress((index + fraction) / planned.length, step),
        });
      } catch (error) {
        if (context.signal.aborted) {
          this.putBack(studyId, planned.slice(index));
          throw error;
        }
        failure = detectionError(AppError.from(error));
        this.setState(series, 'failed', failure);
        this.options.log(`detection failed: ${failure.code}`);
      }
      this.options.studyChanged(studyId);
    }
    if (failure) throw failure;
    return { kind: 'detection' as const, findingCount };
  }

  private async runOne(series: SeriesRow, model: ModelSummary, context: JobContext): Promise<number> {
    const { store, engine } = this.options;
    const output = await engine.call(
      'detect',
      { series: mutable(series.scanned), modelId: model.modelId },
      { signal: context.signal, onProgress: (fraction, step) => context.progress(fraction, step) },
    );
    const now = store.getSeries(series.seriesId);
    if (context.signal.aborted || !now || !sameFiles(now, series)) {
      this.options.log(
        'a detection result was dropped: its job was cancelled, or its series removed or changed',
      );
      throw new AppError(
        'job.cancelled',
        'The series changed while it was being read.',
        'Start the detection again.',
      );
    }
    return this.save(now, output);
  }

  /** One transaction: result set, findings, state and audit event appear together. */
  private save(series: SeriesRow, output: EngineOutput<'detect'>): number {
    const { store, clock, newId } = this.options;
    const createdAt = clock.now().toISOString();
    const { seriesId, studyId } = series;
    const { findings: found, ...run } = output;
    const set: ResultSet = { resultSetId: newId(), studyId, seriesId, ...run, createdAt };
    return store.transaction(() => {
      const present = readStudy(store, studyId).findings;
      const replaced = present.filter(
        (f) => f.seriesId === seriesId && f.provenance !== 'reader' && !isTouched(f),
      );
      const gone = new Set(replaced.map((f) => f.findingId));
      const last = Math.max(0, ...present.filter((f) => !gone.has(f.findingId)).map((f) => f.number));
      const rows = [...found]
        .sort((a, b) => b.score - a.score)
        .map((proposal, index): FindingRow => ({
          findingId: newId(),
          studyId,
          seriesId,
          resultSetId: set.resultSetId,
          number: last + index + 1,
          ...proposal,
        }));
      store.supersede([...gone], set.resultSetId);
      store.insertResultSet(set, rows);
      this.setState(series, 'done');
      // The table is the model's, which the hash names.
      const { operatingPoints: _table, ...recorded } = set;
      store.appendAudit({
        at: createdAt,
        type: 'detection',
        studyId,
        payload: { ...recorded, findings: rows.length, replaced: replaced.length },
      });
      return rows.filter((row) => row.score >= set.threshold).length;
    });
  }

  private putBack(studyId: string, planned: readonly Planned[]): void {
    for (const { series, before } of planned) this.setState(series, before === 'done' ? 'done' : 'cancelled');
    this.options.studyChanged(studyId);
  }

  private setState(series: SeriesRow, state: DetectionState, error: AppError | null = null): void {
    this.options.store.setDetection(series.seriesId, state, error?.toShape() ?? null);
  }
}

/** Whether what was read of a series still holds. */
export const sameFiles = (a: SeriesRow, b: SeriesRow): boolean =>
  JSON.stringify([a.scanned.files, a.scanned.fileStamps]) ===
  JSON.stringify([b.scanned.files, b.scanned.fileStamps]);

function detectionError(error: AppError): AppError {
  if (error.code !== 'engine.crashed' && error.code !== 'internal') return error;
  return new AppError(
    error.code === 'internal' ? 'detection.failed' : error.code,
    error.code === 'internal'
      ? 'The detection failed. It is not known whether this study shows lesions.'
      : 'The detection engine stopped unexpectedly. It is not known whether this study shows lesions.',
    'Start the detection again. If it fails again, read the study without it and report the log.',
    undefined,
    { cause: error },
  );
}
