import { AppError } from '../core/app-error';
import {
  engineMethods,
  type Engine,
  type EngineCallOptions,
  type EngineInput,
  type EngineMethod,
  type EngineOutput,
  type EngineReply,
} from '../contract/engine-protocol';
import { cancelled } from './dispatch';
import type { EngineTransport } from './transport';

export type EngineState = 'starting' | 'ready' | 'restarting' | 'stopped';

interface Timers {
  now(): number;
  /** @returns what cancels it. */
  after(ms: number, work: () => void): () => void;
}

export interface EngineClientOptions {
  /** Starts a process; called again after each crash. */
  start: () => EngineTransport;
  onState?: (state: EngineState) => void;
  log?: (line: string) => void;
  timers?: Timers;
}

export interface EngineClient extends Engine {
  readonly state: EngineState;
  /** Process id once ready; null while there is none. */
  readonly pid: number | null;
  /** Starts again after `stopped`, with a clean record. */
  restart(): void;
}

/** After this many crashes within the window the engine stays down: it is ill, not unlucky. */
const maxCrashes = 3;
const crashWindowMs = 60_000;
/** Before the first and second restart; the whole must be ready again within 2 s (RELIABILITY R1). */
const backOffMs = [50, 500];
const closeGraceMs = 1_000;

interface Call {
  method: EngineMethod;
  input: unknown;
  onProgress: EngineCallOptions['onProgress'];
  sent: boolean;
  resolve(output: unknown): void;
  reject(error: AppError): void;
}

const systemTimers: Timers = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * The engine in a process of its own. When it dies, calls under way fail with 'engine.crashed', calls that were not sent
 * yet wait for the next process, and it is started again: after the third crash within a minute it stays 'stopped' and
 * calls fail at once until a minute has passed or `restart()`.
 */
export function createEngineClient({
  start,
  onState,
  log,
  timers = systemTimers,
}: EngineClientOptions): EngineClient {
  const calls = new Map<number, Call>();
  let nextCallId = 1;
  let transport: EngineTransport | null = null;
  let state: EngineState = 'starting';
  let pid: number | null = null;
  let crashes: number[] = [];
  let cancelRestart: () => void = () => undefined;
  let closed: Promise<void> | null = null;
  let onClosed: () => void = () => undefined;

  const setState = (next: EngineState): void => {
    if (state === next) return;
    state = next;
    onState?.(next);
  };

  const launch = (): void => {
    let mine: EngineTransport;
    try {
      mine = start();
    } catch (error) {
      log?.(`the engine could not be started: ${error instanceof Error ? error.message : String(error)}`);
      crashed('it could not be started');
      return;
    }
    transport = mine;
    mine.onMessage((message) => {
      if (transport === mine) receive(message);
    });
    mine.onExit((reason) => {
      if (transport !== mine) return;
      transport = null;
      pid = null;
      if (closed) onClosed();
      else crashed(reason);
    });
  };

  const receive = (message: EngineReply): void => {
    if (message.type === 'ready') {
      pid = message.pid;
      setState('ready');
      for (const [callId, call] of calls) send(callId, call);
      return;
    }
    const call = calls.get(message.callId);
    if (!call) return;
    if (message.type === 'progress') {
      call.onProgress?.(message.fraction, message.step);
      return;
    }
    calls.delete(message.callId);
    if (message.type === 'error') {
      const { code, message: text, hint, details } = message.error;
      call.reject(new AppError(code, text, hint, details));
      return;
    }
    const output = engineMethods[call.method].output.safeParse(message.output);
    if (output.success) call.resolve(output.data);
    else
      call.reject(
        new AppError(
          'internal',
          `The engine's answer to ${call.method} is not well formed.`,
          'Report it with the log.',
        ),
      );
  };

  const send = (callId: number, call: Call): void => {
    if (call.sent || !transport || state !== 'ready') return;
    call.sent = true;
    transport.post({ type: 'call', callId, method: call.method, input: call.input });
  };

  const crashed = (reason: string): void => {
    log?.(`the engine ended: ${reason}`);
    crashes = [...crashes.filter((at) => timers.now() - at < crashWindowMs), timers.now()];
    const stop = crashes.length >= maxCrashes;
    for (const [callId, call] of calls) {
      if (!call.sent && !stop) continue;
      calls.delete(callId);
      call.reject(crashError());
    }
    if (stop) {
      setState('stopped');
      return;
    }
    setState('restarting');
    cancelRestart = timers.after(backOffMs[crashes.length - 1] ?? 0, launch);
  };

  const restart = (): void => {
    if (state !== 'stopped' || closed) return;
    crashes = [];
    setState('restarting');
    launch();
  };

  const call = <M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    { signal, onProgress }: EngineCallOptions = {},
  ): Promise<EngineOutput<M>> => {
    if (closed || signal?.aborted) return Promise.reject(cancelled());
    const lastCrash = crashes[crashes.length - 1] ?? -Infinity;
    if (state === 'stopped' && timers.now() - lastCrash >= crashWindowMs) restart();
    if (state === 'stopped') return Promise.reject(crashError());
    const callId = nextCallId++;
    return new Promise<unknown>((resolve, reject) => {
      const abort = (): void => {
        const pending = calls.get(callId);
        if (!pending) return;
        calls.delete(callId);
        if (pending.sent) transport?.post({ type: 'abort', callId });
        pending.reject(cancelled());
      };
      const settled = <T extends unknown[]>(work: (...values: T) => void) => {
        return (...values: T): void => {
          signal?.removeEventListener('abort', abort);
          work(...values);
        };
      };
      const entry: Call = {
        method,
        input,
        onProgress,
        sent: false,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      calls.set(callId, entry);
      signal?.addEventListener('abort', abort, { once: true });
      send(callId, entry);
    }) as Promise<EngineOutput<M>>;
  };

  const close = (): Promise<void> => {
    if (closed) return closed;
    closed = new Promise<void>((resolve) => (onClosed = resolve));
    cancelRestart();
    for (const entry of calls.values()) entry.reject(cancelled());
    calls.clear();
    const open = transport;
    if (!open) onClosed();
    else {
      open.post({ type: 'close' });
      // A TensorFlow op that is under way answers nothing.
      const stopWaiting = timers.after(closeGraceMs, () => open.kill());
      void closed.then(stopWaiting);
    }
    return closed;
  };

  launch();
  return {
    call,
    close,
    restart,
    get state() {
      return state;
    },
    get pid() {
      return pid;
    },
  };
}

const crashError = (): AppError =>
  new AppError('engine.crashed', 'The engine stopped unexpectedly.', 'Try again in a few seconds.');
