import { AppError } from '../core/app-error';
import { isTouched } from '../core/review/review';
import { mainReason, type QualityReport } from '../core/quality/verdict';
import type { Finding, ResultSet } from '../core/study/entities';
import type { ModelSummary } from '../contract/entities';
import type { Engine, EngineOutput } from '../contract/engine-protocol';
import type { DetectionState, FindingRow, SeriesRow, Store } from '../storage';
import { chooseModel } from './choose-model';
import type { JobContext, Jobs } from './jobs';
import type { ActiveModels } from './model-family';
import { mutable } from './mutable';
import { noneAnalysable } from './not-analysable';
import { refuseOlder } from './refuse-older';
import { assertUnsigned } from './people/signature';
import { readStudy } from './studies';
import type { Clock } from './types';

export interface DetectionOptions {
  store: Store;
  engine: Engine;
  jobs: Jobs;
  clock: Clock;
  newId: () => string;
  /** Who works here; empty where nobody said. */
  reviewer: () => string;
  activeModels: () => ActiveModels;
  studyChanged: (studyId: string) => void;
  log: (line: string) => void;
}

interface Planned {
  series: SeriesRow;
  model: ModelSummary;
  /** The user named this very model. */
  named: boolean;
  /** What the series goes back to when the job is cancelled. */
  before: DetectionState;
}

/** Null: the quality gate holds. */
type IgnoredBy = string | null;

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
   * @param ignoreGate score what the quality gate turns away, too, in the name of who asks for it.
   * @throws AppError 'model.not-found', 'model.none-fits', 'series.inconsistent', 'review.conflict', 'request.invalid'.
   */
  async start(studyId: string, modelId: string | null, ignoreGate = false): Promise<string> {
    const ignoredBy = ignoreGate ? this.whoIgnores() : null;
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
      run: (context) => this.run(studyId, planned, ignoredBy, context),
      neverRan: () => this.putBack(studyId, planned),
    });
  }

  /** After an import: studies no model fits get the state that says so, and no job. */
  async startWhereModelFits(studyId: string): Promise<string | null> {
    try {
      return await this.start(studyId, null);
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'model.none-fits' && code !== 'series.inconsistent' && code !== 'review.signed')
        throw error;
      this.options.log(`no detection after import: ${message}`);
      return null;
    }
  }

  private plan(studyId: string, models: readonly ModelSummary[], modelId: string | null): Planned[] {
    const snapshot = readStudy(this.options.store, studyId);
    assertUnsigned(snapshot);
    const { series: all } = snapshot;
    const analysable = all.filter((series) => series.scanned.analysable);
    if (analysable.length === 0) {
      throw noneAnalysable(all.map((series) => series.scanned));
    }
    const planned: Planned[] = [];
    let none: AppError | null = null;
    for (const series of analysable) {
      try {
        planned.push({
          series,
          model: chooseModel(series.scanned, models, modelId, this.options.activeModels()),
          named: modelId !== null,
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

  private async run(studyId: string, planned: readonly Planned[], ignoredBy: IgnoredBy, context: JobContext) {
    let findingCount = 0;
    let failure: AppError | null = null;
    for (const [index, { series, model, named }] of planned.entries()) {
      try {
        if (context.signal.aborted) throw new AppError('job.cancelled', 'Cancelled.', 'Start it again.');
        if (!named) refuseOlder(model, this.options.store.modelVersions(model.modelId));
        this.setState(series, 'running');
        this.options.studyChanged(studyId);
        findingCount += await this.runOne(series, model, ignoredBy, {
          signal: context.signal,
          progress: (fraction, step) => context.progress((index + fraction) / planned.length, step),
        });
      } catch (error) {
        if (context.signal.aborted) {
          this.putBack(studyId, planned.slice(index));
          throw error;
        }
        const known = AppError.from(error);
        if (known.code === 'image.not-analysable') {
          this.turnAway(series, known, { modelId: model.modelId, modelHash: model.modelHash });
        } else {
          failure = detectionError(known);
          this.setState(series, 'failed', failure);
          this.options.log(`detection failed: ${failure.code}`);
        }
      }
      this.options.studyChanged(studyId);
    }
    if (failure) throw failure;
    return { kind: 'detection' as const, findingCount };
  }

  private async runOne(
    series: SeriesRow,
    model: ModelSummary,
    ignoredBy: IgnoredBy,
    context: JobContext,
  ): Promise<number> {
    const { store, engine } = this.options;
    const output = await engine.call(
      'detect',
      { series: mutable(series.scanned), modelId: model.modelId, ignoreGate: ignoredBy !== null },
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
    // Signed while it was read: what was signed stays.
    assertUnsigned(readStudy(store, series.studyId));
    const { quality } = output;
    if (quality && !quality.analysable && !quality.ignored) {
      const { findings: _none, ...run } = output;
      this.turnAway(now, notAnalysable(quality), run);
      return 0;
    }
    return this.save(now, output, ignoredBy);
  }

  /** One transaction: result set, findings, state and audit event appear together. */
  private save(series: SeriesRow, output: EngineOutput<'detect'>, ignoredBy: IgnoredBy): number {
    const { store, clock, newId } = this.options;
    const createdAt = clock.now().toISOString();
    const { seriesId, studyId } = series;
    const { findings: found, quality, ...run } = output;
    const named = quality && ignoredBy !== null ? { ...quality, ignoredBy } : quality;
    const set: ResultSet = {
      resultSetId: newId(),
      studyId,
      seriesId,
      ...run,
      createdAt,
      ...(named && { quality: named }),
    };
    return store.transaction(() => {
      const present = readStudy(store, studyId).findings;
      const replaced = replaceable(present, seriesId);
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

  /**
   * The model cannot judge the series: it says so, and says nothing of lesions. What an earlier run found and nobody touched
   * goes, as where a later run finds nothing.
   */
  private turnAway(series: SeriesRow, error: AppError, run: object): void {
    const { store, clock, newId } = this.options;
    const { seriesId, studyId } = series;
    store.transaction(() => {
      const replaced = replaceable(readStudy(store, studyId).findings, seriesId);
      store.supersede(
        replaced.map((f) => f.findingId),
        newId(),
      );
      this.setState(series, 'not-analysable', error);
      store.appendAudit({
        at: clock.now().toISOString(),
        type: 'detection.not-analysable',
        studyId,
        payload: { studyId, seriesId, ...run, reason: error.message, replaced: replaced.length },
      });
    });
  }

  /** @throws AppError request.invalid */
  private whoIgnores(): string {
    const reviewer = this.options.reviewer();
    if (reviewer !== '') return reviewer;
    throw new AppError(
      'request.invalid',
      'Looking anyway needs the name of who asks for it.',
      'Enter your name in the settings, then ask again.',
      { field: 'reviewer' },
    );
  }

  private putBack(studyId: string, planned: readonly Planned[]): void {
    for (const { series, before } of planned) {
      const stays = before === 'done' || before === 'not-analysable';
      this.options.store.setDetection(
        series.seriesId,
        stays ? before : 'cancelled',
        before === 'not-analysable' ? series.detectionError : null,
      );
    }
    this.options.studyChanged(studyId);
  }

  private setState(series: SeriesRow, state: DetectionState, error: AppError | null = null): void {
    this.options.store.setDetection(series.seriesId, state, error?.toShape() ?? null);
  }
}

function notAnalysable(quality: QualityReport): AppError {
  const reason = mainReason(quality);
  return new AppError(
    'image.not-analysable',
    `Not analysed by the model. ${reason?.message ?? ''}`.trim(),
    'Read it without the model and add findings by hand, choose another model, or let this one look anyway.',
    { field: reason?.reason },
  );
}

/** Of a series, what a network found and nobody touched. */
const replaceable = (findings: readonly Finding[], seriesId: string): Finding[] =>
  findings.filter((f) => f.seriesId === seriesId && f.provenance !== 'reader' && !isTouched(f));

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
