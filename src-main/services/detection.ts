import { AppError } from '../core/app-error';
import { replaceable } from '../core/review/change-result';
import { replay } from '../core/review/review';
import { mainReason, type QualityReport } from '../core/quality/verdict';
import type { Finding, ResultSet } from '../core/study/entities';
import type { ModelSummary } from '../contract/entities';
import type { Engine, EngineOutput } from '../contract/engine-protocol';
import { flagsOf } from '../core/study/study-flags';
import type { DetectionState, FindingRow, QueuedDetection, SeriesRow, Store } from '../storage';
import { chooseModel } from './choose-model';
import type { JobContext, Jobs } from './jobs';
import type { ActiveModels } from './model-family';
import { mutable } from './mutable';
import { noneAnalysable } from './not-analysable';
import { refuseOlder } from './refuse-older';
import { assertNoReadingBegun } from './people/double-reading';
import { assertUnsigned } from './people/signature';
import { readStudy } from './studies';
import type { StudySnapshot } from './study-snapshot';
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
  /** Read again when it runs: a queue of thousands keeps no headers, and files may have moved meanwhile. */
  seriesId: string;
  model: ModelSummary;
  /** The user named this very model. */
  named: boolean;
  /** What the series goes back to when the job is cancelled. */
  before: Pick<SeriesRow, 'detection' | 'detectionError'>;
}

interface Refused {
  studyId: string;
  message: string;
}

/** Somebody waits for this very study: before a batch. */
const asked = 2;

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
    for (const { seriesId } of options.store.seriesInState(['running']))
      options.store.setDetection(seriesId, 'failed', interrupted.toShape());
    // Nothing was read of these: resume() queues them again.
    for (const { seriesId } of options.store.seriesInState(['queued']))
      options.store.setDetection(seriesId, 'cancelled', null);
  }

  /**
   * @param modelId null: by modality and body part.
   * @returns the job; the one that is already under way where it is the same.
   * @param ignoreGate score what the quality gate turns away, too, in the name of who asks for it.
   * @throws AppError 'model.not-found', 'model.none-fits', 'series.inconsistent', 'review.conflict', 'request.invalid'.
   */
  async start(studyId: string, modelId: string | null, ignoreGate = false): Promise<string> {
    const ignoredBy = ignoreGate ? this.whoIgnores() : null;
    const models = await this.options.engine.call('listModels', {});
    return this.enqueue({ studyId, modelId, ignoredBy, priority: asked }, models);
  }

  /** Each study on its own, urgent ones first: one that cannot be queued does not keep the others from it. */
  async startMany(studyIds: readonly string[]): Promise<{ queued: number; refused: Refused[] }> {
    const { engine, store } = this.options;
    const models = await engine.call('listModels', {});
    const refused: Refused[] = [];
    let queued = 0;
    // One commit for all, however many.
    store.transaction(() => {
      for (const studyId of new Set(studyIds)) {
        try {
          const urgent = flagsOf(store.flagEvents(studyId)).includes('urgent');
          this.enqueue({ studyId, modelId: null, ignoredBy: null, priority: urgent ? 1 : 0 }, models);
          queued++;
        } catch (error) {
          refused.push({ studyId, message: AppError.from(error).message });
        }
      }
    });
    return { queued, refused };
  }

  /** Queues again what waited when the program ended. What ran then is not: it may be what ended it. */
  async resume(): Promise<number> {
    const { engine, store, log } = this.options;
    const waited = store.queuedDetections();
    if (waited.length === 0) return 0;
    const models = await engine.call('listModels', {});
    for (const request of waited) {
      try {
        this.enqueue(request, models);
      } catch (error) {
        store.forgetQueued(request.studyId);
        log(`a detection that waited was not queued again: ${AppError.from(error).code}`);
      }
    }
    return waited.length;
  }

  private enqueue(request: QueuedDetection, models: readonly ModelSummary[]): string {
    const { jobs, store } = this.options;
    const { studyId, priority, ignoredBy } = request;
    const active = jobs.active('detection', studyId);
    if (active) {
      jobs.raise(active.jobId, priority);
      return active.jobId;
    }
    const planned = this.plan(studyId, models, request.modelId);
    store.transaction(() => {
      for (const { seriesId } of planned) store.setDetection(seriesId, 'queued', null);
      store.keepQueued(request);
    });
    this.options.studyChanged(studyId);
    return jobs.start({
      kind: 'detection',
      title: `Detection with ${[...new Set(planned.map((p) => p.model.name))].join(', ')}`,
      studyId,
      priority,
      run: (context) => {
        store.forgetQueued(studyId);
        return this.run(request, planned, ignoredBy, context);
      },
      neverRan: () => {
        if (!jobs.isClosing) store.forgetQueued(studyId);
        this.putBack(studyId, planned);
      },
    });
  }

  /** After an import: studies no model fits get the state that says so, and no job. */
  async startWhereModelFits(studyId: string): Promise<string | null> {
    try {
      const models = await this.options.engine.call('listModels', {});
      return this.enqueue({ studyId, modelId: null, ignoredBy: null, priority: 0 }, models);
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (
        code !== 'model.none-fits' &&
        code !== 'series.inconsistent' &&
        code !== 'review.signed' &&
        code !== 'review.blind'
      )
        throw error;
      this.options.log(`no detection after import: ${message}`);
      return null;
    }
  }

  private plan(studyId: string, models: readonly ModelSummary[], modelId: string | null): Planned[] {
    const snapshot = readStudy(this.options.store, studyId);
    assertUnsigned(snapshot);
    assertNoReadingBegun(snapshot);
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
          seriesId: series.seriesId,
          model: chooseModel(series.scanned, models, modelId, this.options.activeModels()),
          named: modelId !== null,
          before: { detection: series.detection, detectionError: series.detectionError },
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

  private async run(
    request: QueuedDetection,
    planned: readonly Planned[],
    ignoredBy: IgnoredBy,
    context: JobContext,
  ) {
    const { studyId } = request;
    let findingCount = 0;
    let failure: AppError | null = null;
    for (const [index, { seriesId, model, named }] of planned.entries()) {
      const series = this.options.store.getSeries(seriesId);
      if (!series) {
        this.options.log('a detection was dropped: its series was removed while it waited');
        continue;
      }
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
          if (this.options.jobs.isClosing) this.options.store.keepQueued(request);
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
    const read = readStudy(store, series.studyId);
    assertUnsigned(read);
    assertNoReadingBegun(read);
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
      const present = presentIn(readStudy(store, studyId));
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
      const replaced = replaceable(presentIn(readStudy(store, studyId)), seriesId);
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
    for (const { seriesId, before } of planned) {
      const stays = before.detection === 'done' || before.detection === 'not-analysable';
      this.options.store.setDetection(
        seriesId,
        stays ? before.detection : 'cancelled',
        before.detection === 'not-analysable' ? before.detectionError : null,
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

/** What whoever did to it has left, of a study that two read blind, too. */
const presentIn = ({ proposed, allEvents }: StudySnapshot): Finding[] => replay(proposed, allEvents);

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
