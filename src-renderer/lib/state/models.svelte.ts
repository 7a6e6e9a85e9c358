import type { CasesSummary } from '../../../src-main/contract/cases';
import type { InstalledModel, Job } from '../../../src-main/contract/entities';
import { invoke } from '../api/client';
import { app } from './app.svelte';

/** A shipped (or imported) model and the ones made from it here, newest first. */
export interface ModelFamily {
  readonly base: InstalledModel;
  readonly own: readonly InstalledModel[];
}

/** The models page: what can be learned from, and what was made of it. */
export class ModelsState {
  /** What there is to learn from, while the person decides; null: not asked. */
  summary = $state<CasesSummary | null>(null);
  /** The model that is to be improved; its summary may still be under way. */
  improving = $state<InstalledModel | null>(null);
  /** The models whose comparison is shown. */
  expanded = $state<readonly string[]>([]);

  readonly families = $derived<ModelFamily[]>(
    app.models
      .filter((model) => !model.fineTuned)
      .map((base) => ({
        base,
        own: app.models
          .filter((model) => model.fineTuned?.baseId === base.modelId)
          .sort((a, b) => b.fineTuned!.createdAt.localeCompare(a.fineTuned!.createdAt)),
      })),
  );
  /** Of a model whose base is gone. */
  readonly orphans = $derived<InstalledModel[]>(
    app.models.filter((m) => m.fineTuned && !app.models.some((b) => b.modelId === m.fineTuned!.baseId)),
  );
  readonly training = $derived<Job | null>(app.running.find((job) => job.kind === 'training') ?? null);

  async improve(model: InstalledModel): Promise<void> {
    this.improving = model;
    this.summary = null;
    await app.attempt(async () => {
      const summary = await invoke('cases.summary', { modelId: model.modelId });
      if (this.improving?.modelId === model.modelId) this.summary = summary;
    });
  }

  /** @returns whether it was started */
  async start(minutes: number): Promise<boolean> {
    const model = this.improving;
    if (!model) return false;
    return app.attempt(() => invoke('training.start', { modelId: model.modelId, epochs: null, minutes }));
  }

  async use(model: InstalledModel): Promise<void> {
    await app.attempt(() => invoke('models.use', { modelId: model.modelId }));
  }

  async discard(model: InstalledModel): Promise<void> {
    await app.attempt(() => invoke('models.discard', { modelId: model.modelId }));
  }

  toggle(modelId: string): void {
    this.expanded = this.expanded.includes(modelId)
      ? this.expanded.filter((known) => known !== modelId)
      : [...this.expanded, modelId];
  }
}
