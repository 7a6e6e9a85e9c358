import { utilityProcess } from 'electron';
import { engineReply } from '../contract/engine-protocol';
import type { EngineTransport } from '../engine/transport';

export interface EngineProcessOptions {
  /** Absolute path of dist/main/engine.cjs. */
  entry: string;
  env: Readonly<Record<string, string>>;
  log: (what: string, detail: Record<string, unknown>) => void;
}

/** One run of the engine in a utility process: a native crash ends it, and nothing else. */
export function forkEngine({ entry, env, log }: EngineProcessOptions): EngineTransport {
  const child = utilityProcess.fork(entry, [], {
    serviceName: 'Regio engine',
    // What native libraries print may quote a file: it goes to the terminal of who started the program, never to a log.
    stdio: 'inherit',
    env: { ...process.env, ...env } as Record<string, string>,
  });
  child.on('spawn', () => log('engine process started', { pid: child.pid }));
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', (message: unknown) => {
        const parsed = engineReply.safeParse(message);
        if (parsed.success) listener(parsed.data);
        else log('engine message refused', { field: parsed.error.issues[0]?.path.join('.') });
      });
    },
    onExit: (listener) => {
      child.once('exit', (code) => {
        log('engine process ended', { code });
        listener(`exit code ${code}`);
      });
    },
    kill: () => {
      // A synchronous TensorFlow op answers no polite request.
      if (child.pid !== undefined && process.platform !== 'win32') {
        try {
          process.kill(child.pid, 'SIGKILL');
          return;
        } catch {
          // Already gone.
        }
      }
      child.kill();
    },
  };
}
