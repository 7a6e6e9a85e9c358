import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/app-error';
import type { CasesSummary } from '../contract/cases';
import type { Engine } from '../contract/engine-protocol';
import type { ModelSummary } from '../contract/entities';
import type { Store } from '../storage';
import { collectCases } from './collect-cases';
import type { JobContext, Jobs } from './jobs';
import { isActive, ownModelId, ownModelNumber } from './model-family';
import type { SettingsService } from './settings';
import type { Clock, Emit, ServiceHandlers } from './types';

export interface FineTuningOptions {
  store: Store;
  engine: Engine;
  settings: SettingsService;
  jobs: Jobs;
  clock: Clock;
  emit: Emit;
  ownModelsFolder: string;
}

interface Plan {
  base: ModelSummary;
  /** The one in use now: what the new one has to be compared with. */
  old: ModelSummary;
  modelId: string;
}

/**
 * Makes new models of reviewed cases. The engine trains and compares, and leaves the new bundle under a name that no list
 * shows; only after its answer, here, it is moved to its place in one step. Whatever happens before leaves nothing.
 */
export class FineTuning {
  private readonly swept: Promise<void>;

  constructor(private readonly options: FineTuningOptions) {
    // The store's lock says that nobody else is writing there.
    this.swept = this.sweep().catch(() => undefined);
  }

  handlers(): Pick<ServiceHandlers, 'cases.summary' | 'training.start'> {
    return {
      'cases.summary': async ({ modelId }): Promise<CasesSummary> => {
        const { base } = await this.plan(modelId);
        return (await collectCases(this.options.store, base)).summary;
      },
      'training.start': async ({ modelId, epochs, minutes }) => {
        const plan = await this.plan(modelId);
        const open = this.options.jobs.list().find((job) => job.kind === 'training' && job.endedAt === null);
        if (open) return { jobId: open.jobId };
        const { summary } = await collectCases(this.options.store, plan.base);
        if (summary.refusal) throw raise(summary.refusal);
        const jobId = this.options.jobs.start({
          kind: 'training',
          title: `Training of ${plan.base.name}`,
          studyId: null,
          run: (context) =>
            this.run(plan, { epochs: epochs ?? undefined, minutes: minutes ?? undefined }, context),
        });
        return { jobId };
      },
    };
  }

  /** What a crash left of models that were being written or thrown away; only names that are given here. */
  private async sweep(): Promise<void> {
    const { ownModelsFolder } = this.options;
    const names = await readdir(ownModelsFolder).catch(() => []);
    for (const name of names.filter((n) => /-clinic-[1-9]\d*(\.writing)+$/.test(n)))
      await rm(join(ownModelsFolder, name), { recursive: true, force: true });
  }

  /** Training always begins from the shipped model, so that errors do not add up over trainings. */
  private async plan(modelId: string): Promise<Plan> {
    const { engine, settings, ownModelsFolder } = this.options;
    const models = await engine.call('listModels', {});
    const find = (id: string): ModelSummary => {
      const model = models.find((m) => m.modelId === id);
      if (model) return model;
      throw new AppError('model.not-found', `No model "${id}" is installed.`, 'Look at the list of models.');
    };
    const asked = find(modelId);
    const base = asked.fineTuned ? find(asked.fineTuned.baseId) : asked;
    const active = settings.get().activeModels ?? {};
    const old = find(active[base.modelId] ?? base.modelId);
    if (!isActive(old, active))
      throw new AppError('internal', 'No model is in use.', 'Choose one, and train again.');
    let number = this.lastNumber(base.modelId) + 1;
    while (existsSync(join(ownModelsFolder, ownModelId(base.modelId, number)))) number++;
    return { base, old, modelId: ownModelId(base.modelId, number) };
  }

  /** A name is never given twice: result sets of a discarded model keep theirs. */
  private lastNumber(baseId: string): number {
    const made = this.options.store.listAudit().filter((record) => record.type === 'model.trained');
    return Math.max(
      0,
      ...made.map(({ payload }) => ownModelNumber((payload as { modelId: string }).modelId, baseId)),
    );
  }

  private async run(
    { base, old, modelId }: Plan,
    schedule: { epochs?: number | undefined; minutes?: number | undefined },
    { signal, progress }: JobContext,
  ) {
    const { store, engine, clock, settings, emit, ownModelsFolder } = this.options;
    progress(0, 'Collecting the reviewed cases');
    await this.swept;
    const { cases, summary } = await collectCases(store, base);
    if (summary.refusal) throw raise(summary.refusal);
    const folder = join(ownModelsFolder, modelId);
    const outFolder = `${folder}.writing`;
    const createdAt = clock.now().toISOString();
    try {
      await mkdir(ownModelsFolder, { recursive: true, mode: 0o700 });
      await discardDraft(outFolder);
      const name = `${base.name}, own cases ${createdAt.slice(0, 10)}`;
      const trained = await engine.call(
        'fineTune',
        { baseId: base.modelId, oldId: old.modelId, outFolder, modelId, name, createdAt, ...schedule, cases },
        { signal, onProgress: progress },
      );
      if (signal.aborted) throw new AppError('job.cancelled', 'Cancelled.', 'Start it again.');
      await rename(outFolder, folder);
      store.appendAudit({
        at: clock.now().toISOString(),
        type: 'model.trained',
        studyId: null,
        payload: {
          reviewer: settings.get().reviewer,
          modelId,
          modelHash: trained.modelHash,
          base: { modelId: base.modelId, modelVersion: base.version, modelHash: base.modelHash },
          comparedWith: { modelId: old.modelId, modelHash: old.modelHash },
          training: summary.training,
          heldBack: summary.heldBack,
          leftOut: summary.leftOut.length + trained.unread.length,
          verdict: trained.comparison.verdict,
        },
      });
      emit('models.changed', {});
      return { kind: 'training' as const, modelId, comparison: trained.comparison };
    } catch (error) {
      await discardDraft(outFolder).catch(() => undefined);
      throw trainingError(error);
    }
  }
}

/** The draft, and what was written of it beside its place. */
async function discardDraft(outFolder: string): Promise<void> {
  for (const folder of [outFolder, `${outFolder}.writing`])
    await rm(folder, { recursive: true, force: true });
}

const raise = (error: NonNullable<CasesSummary['refusal']>): AppError =>
  new AppError(error.code, error.message, error.hint, error.details);

function trainingError(error: unknown): AppError {
  const known = AppError.from(error);
  const full = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC';
  if (known.code !== 'engine.crashed' && known.code !== 'internal') return known;
  return new AppError(
    known.code === 'internal' ? 'training.failed' : known.code,
    full
      ? 'There is no room on the disk for the new model.'
      : known.code === 'internal'
        ? 'The training failed.'
        : 'The engine stopped unexpectedly during the training.',
    'Nothing was changed: the model in use is the one from before. Try again; if it fails again, report it with the log.',
    undefined,
    { cause: error },
  );
}
