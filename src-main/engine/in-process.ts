import type { Engine } from '../contract/engine-protocol';
import { createEngineTasks } from '../services/engine-tasks';
import { cancelled, perform, type EngineTasks } from './dispatch';

export interface InProcessOptions {
  modelsFolder: string;
  ownModelsFolder?: string | undefined;
}

/** The engine in this very process, for the command line: same tasks, same checks, nothing to crash apart. */
export function createInProcessEngine(folders: InProcessOptions): Engine {
  return engineOver(createEngineTasks(folders));
}

export function engineOver(tasks: EngineTasks): Engine {
  const closing = new AbortController();
  return {
    call(method, input, options = {}) {
      if (closing.signal.aborted) return Promise.reject(cancelled());
      return perform(tasks, method, input, options);
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await tasks.dispose();
    },
  };
}
