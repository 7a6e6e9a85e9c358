import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { createEngineClient, type EngineClient } from '../engine/client';
import {
  createServices,
  openUserStore,
  ownModels,
  type Emit,
  type Folders,
  type Services,
} from '../services';
import { forkEngine } from './engine-transport';
import type { ProgramPaths } from './program-paths';

export interface Backend {
  services: Services;
  engine: EngineClient;
  /** Cancels what runs, then closes engine and store, once. */
  close(): Promise<void>;
}

export interface BackendOptions {
  folders: Folders;
  paths: ProgramPaths;
  softwareVersion: string;
  emit: Emit;
  log: (what: string, detail?: Record<string, unknown>) => void;
}

/**
 * Store, engine process and services of this window.
 *
 * @throws AppError 'store.locked' while another Regio or a regio command has the data folder.
 */
export function openBackend({ folders, paths, softwareVersion, emit, log }: BackendOptions): Backend {
  const store = openUserStore(folders);
  const ownModelsFolder = ownModels(folders);
  const env = { REGIO_MODELS_DIR: paths.models, REGIO_OWN_MODELS_DIR: ownModelsFolder };
  const engine = createEngineClient({
    start: () => forkEngine({ entry: paths.engine, env, log }),
    onState: (state) => {
      log('engine', { state });
      emit('engine.changed', { state });
    },
    log: (line) => log(line),
  });
  const services = createServices({
    store,
    engine,
    clock: { now: () => new Date() },
    newId: randomUUID,
    softwareVersion,
    emit,
    ownModelsFolder,
    defaultReviewer: accountName(),
    log: (line) => log(line),
  });
  let closed: Promise<void> | null = null;
  return {
    services,
    engine,
    close: () => {
      closed ??= (async () => {
        services.forgetPlaces();
        await services.close();
        await engine.close();
        store.close();
      })();
      return closed;
    },
  };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without a name, as some containers have it.
    return '';
  }
}
