import { fork } from 'node:child_process';
import { engineReply } from '../contract/engine-protocol';
import type { EngineTransport } from './transport';

export interface ForkOptions {
  /** The built engine, dist/main/engine.cjs. */
  entry: string;
  modelsFolder: string;
  env?: Readonly<Record<string, string>>;
}

/** The engine as a child of plain Node (tests, tools). Electron's transport is in host/. */
export function forkEngineTransport({ entry, modelsFolder, env }: ForkOptions): EngineTransport {
  const child = fork(entry, [], {
    serialization: 'advanced',
    // Not this process's: a debugger port or a loader would be taken twice.
    execArgv: [],
    env: { ...process.env, ...env, REGIO_MODELS_DIR: modelsFolder },
  });
  return {
    post(message) {
      // A child that died a moment ago: its 'exit' says so.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage(listener) {
      child.on('message', (message) => {
        const parsed = engineReply.safeParse(message);
        if (parsed.success) listener(parsed.data);
      });
    },
    onExit(listener) {
      let told = false;
      const tell = (reason: string): void => {
        if (told) return;
        told = true;
        listener(reason);
      };
      child.once('error', (error) => tell(error.message));
      child.once('exit', (code, signal) => tell(signal ?? `exit code ${code ?? '?'}`));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
