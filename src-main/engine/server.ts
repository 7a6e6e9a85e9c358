import { AppError } from '../core/app-error';
import { engineRequest, type EngineReply } from '../contract/engine-protocol';
import { perform, type EngineTasks } from './dispatch';

/** The engine's end of the wire, whatever carries it. */
export interface EnginePort {
  post(message: EngineReply): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Ends the process. */
  exit(): void;
}

const progressEveryMs = 100;

/**
 * Answers requests until `close`. Calls run side by side (tasks queue what must not), each can be aborted by its id, and
 * a message that is not a request is ignored: it can only come from a newer or broken host.
 */
export function serveEngine(port: EnginePort, tasks: EngineTasks, now: () => number = Date.now): void {
  const running = new Map<number, AbortController>();

  const call = async (callId: number, method: string, input: unknown): Promise<void> => {
    const abort = new AbortController();
    running.set(callId, abort);
    let toldAt = -Infinity;
    const onProgress = (fraction: number, step: string): void => {
      if (abort.signal.aborted || !running.has(callId) || now() - toldAt < progressEveryMs) return;
      toldAt = now();
      port.post({ type: 'progress', callId, fraction, step });
    };
    try {
      const output: unknown = await perform(tasks, method, input, { signal: abort.signal, onProgress });
      port.post({ type: 'result', callId, output });
    } catch (error) {
      port.post({ type: 'error', callId, error: AppError.from(error).toShape() });
    } finally {
      running.delete(callId);
    }
  };

  port.onMessage((message) => {
    const parsed = engineRequest.safeParse(message);
    if (!parsed.success) return;
    const request = parsed.data;
    switch (request.type) {
      case 'call':
        void call(request.callId, request.method, request.input);
        break;
      case 'abort':
        running.get(request.callId)?.abort();
        break;
      case 'close':
        for (const abort of running.values()) abort.abort();
        void tasks.dispose().finally(() => port.exit());
        break;
    }
  });
  port.post({ type: 'ready', pid: process.pid });
}
