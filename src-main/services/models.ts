import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/app-error';
import type { Engine } from '../contract/engine-protocol';
import type { ModelSummary } from '../contract/entities';
import type { Store } from '../storage';
import { isActive } from './model-family';
import type { SettingsService } from './settings';
import type { Clock, Emit, ServiceHandlers } from './types';

export interface ModelsOptions {
  store: Store;
  engine: Engine;
  settings: SettingsService;
  clock: Clock;
  emit: Emit;
  ownModelsFolder: string;
}

/** What is installed, and which model of a kind is used: changed only by an explicit act that the audit chain keeps. */
export function createModels(
  options: ModelsOptions,
): Pick<ServiceHandlers, 'models.list' | 'models.use' | 'models.discard'> {
  const { store, engine, settings, clock, emit, ownModelsFolder } = options;
  const active = () => settings.get().activeModels ?? {};

  const find = async (modelId: string): Promise<ModelSummary> => {
    const models = await engine.call('listModels', {});
    const model = models.find((m) => m.modelId === modelId);
    if (model) return model;
    throw new AppError(
      'model.not-found',
      `No model "${modelId}" is installed.`,
      'Look at the list of models.',
    );
  };
  const write = (type: string, payload: Record<string, unknown>): void => {
    const { reviewer } = settings.get();
    store.appendAudit({
      at: clock.now().toISOString(),
      type,
      studyId: null,
      payload: { reviewer, ...payload },
    });
  };

  return {
    async 'models.list'() {
      const models = await engine.call('listModels', {});
      return models.map((model) => ({ ...model, active: isActive(model, active()) }));
    },

    async 'models.use'({ modelId }) {
      const model = await find(modelId);
      const { fineTuned } = model;
      if (settings.get().reviewer === '') {
        throw new AppError(
          'request.invalid',
          'Which model is used is somebody’s decision: it needs a name.',
          'Enter your name in the settings, then choose the model again.',
          { field: 'reviewer' },
        );
      }
      if (fineTuned && !fineTuned.compared) {
        throw new AppError(
          'request.invalid',
          'This model was never compared with the one in use.',
          'Train it again: the comparison belongs to it.',
          { field: 'modelId' },
        );
      }
      if (isActive(model, active())) return;
      const baseId = fineTuned?.baseId ?? modelId;
      const { [baseId]: before, ...others } = active();
      store.transaction(() => {
        settings.set({ activeModels: fineTuned ? { ...others, [baseId]: modelId } : others });
        write('model.used', {
          modelId,
          modelVersion: model.version,
          modelHash: model.modelHash,
          instead: before ?? baseId,
          verdict: fineTuned?.compared?.verdict ?? null,
        });
      });
      emit('models.changed', {});
    },

    async 'models.discard'({ modelId }) {
      const model = await find(modelId);
      if (!model.fineTuned) {
        throw new AppError(
          'request.invalid',
          'Only a model that was made here can be discarded.',
          'Shipped models stay.',
          { field: 'modelId' },
        );
      }
      if (isActive(model, active())) {
        throw new AppError(
          'request.invalid',
          'This model is in use.',
          'Go back to the shipped model first, then discard this one.',
          { field: 'modelId' },
        );
      }
      const folder = join(ownModelsFolder, modelId);
      // Out of sight in one step; what a crash leaves of the rest is swept away at the next start.
      await rename(folder, `${folder}.writing`);
      await rm(`${folder}.writing`, { recursive: true, force: true });
      write('model.discarded', { modelId, modelHash: model.modelHash });
      emit('models.changed', {});
    },
  };
}
