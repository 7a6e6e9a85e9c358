import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineReply, EngineRequest } from '../contract/engine-protocol';
import { createEngineClient, type EngineClient, type EngineState } from './client';
import type { EngineTransport } from './transport';

/** Processes that do what the test says, and a clock that moves when the test says. */
class World {
  now = 0;
  processes: FakeProcess[] = [];
  states: EngineState[] = [];
  private timers: { at: number; work: () => void }[] = [];

  readonly client: EngineClient;
  failToStart = 0;
  constructor() {
    this.client = createEngineClient({
      start: () => {
        if (this.failToStart-- > 0) throw new Error('no such file');
        const process = new FakeProcess();
        this.processes.push(process);
        return process;
      },
      onState: (state) => this.states.push(state),
      timers: {
        now: () => this.now,
        after: (ms, work) => {
          const timer = { at: this.now + ms, work };
          this.timers.push(timer);
          return () => void (this.timers = this.timers.filter((t) => t !== timer));
        },
      },
    });
  }
  get last(): FakeProcess {
    return this.processes[this.processes.length - 1]!;
  }
  advance(ms: number): void {
    this.now += ms;
    const due = this.timers.filter((t) => t.at <= this.now);
    this.timers = this.timers.filter((t) => t.at > this.now);
    for (const timer of due) timer.work();
  }
  /** One crash, and the time until a new process runs. */
  crashAndReturn(): void {
    this.last.die();
    this.advance(500);
    this.last.ready();
  }
}
class FakeProcess implements EngineTransport {
  posted: EngineRequest[] = [];
  killed = false;
  private tell: (message: EngineReply) => void = () => undefined;
  private exit: (reason: string) => void = () => undefined;
  post(message: EngineRequest): void {
    this.posted.push(message);
  }
  onMessage(listener: (message: EngineReply) => void): void {
    this.tell = listener;
  }
  onExit(listener: (reason: string) => void): void {
    this.exit = listener;
  }
  kill(): void {
    this.killed = true;
    this.die();
  }
  reply(message: EngineReply): void {
    this.tell(message);
  }
  ready(): void {
    this.tell({ type: 'ready', pid: 42 });
  }
  die(reason = 'SIGKILL'): void {
    this.exit(reason);
  }
  get calls() {
    return this.posted.filter((m) => m.type === 'call');
  }
  answerAll(): void {
    for (const { callId } of this.calls)
      this.tell({ type: 'result', callId, output: { pid: 42, tensors: 0 } });
  }
}

let w: World;
beforeEach(() => {
  w = new World();
});
const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );

describe('engine client', () => {
  it('holds calls until the process is ready and matches answers, progress and errors to them', async () => {
    const steps: string[] = [];
    const first = w.client.call('ping', {}, { onProgress: (f, step) => steps.push(`${f} ${step}`) });
    const second = outcome(w.client.call('ping', {}));
    expect(w.last.posted).toEqual([]);
    w.last.ready();
    expect([w.client.state, w.client.pid]).toEqual(['ready', 42]);
    const [a, b] = w.last.calls.map((m) => m.callId);
    w.last.reply({ type: 'progress', callId: a!, fraction: 0.5, step: 'half' });
    w.last.reply({ type: 'error', callId: b!, error: { code: 'file.malformed', message: 'm', hint: 'h' } });
    w.last.reply({ type: 'result', callId: a!, output: { pid: 1, tensors: 2 } });
    w.last.reply({ type: 'result', callId: a!, output: { pid: 9, tensors: 9 } });
    w.last.reply({ type: 'result', callId: 999, output: {} });
    expect(await first).toEqual({ pid: 1, tensors: 2 });
    expect(await second).toBe('file.malformed');
    expect(steps).toEqual(['0.5 half']);
  });

  it('refuses an answer that does not fit the contract', async () => {
    w.last.ready();
    const call = outcome(w.client.call('ping', {}));
    w.last.reply({ type: 'result', callId: w.last.calls[0]!.callId, output: { pid: 'x' } });
    expect(await call).toBe('internal');
  });

  it('fails what was under way when the process dies, and is ready again within 2 s', async () => {
    w.last.ready();
    const call = outcome(w.client.call('ping', {}));
    w.last.die();
    expect(await call).toBe('engine.crashed');
    const later = outcome(w.client.call('ping', {}));
    expect(w.processes).toHaveLength(1);
    w.advance(500);
    expect(w.processes).toHaveLength(2);
    w.last.ready();
    w.last.answerAll();
    expect(await later).toBe('answered');
    expect(w.states).toEqual(['ready', 'restarting', 'ready']);
  });

  it('keeps calls that were never sent through a crash during start', async () => {
    const call = outcome(w.client.call('ping', {}));
    w.last.die();
    w.advance(500);
    w.last.ready();
    w.last.answerAll();
    expect(await call).toBe('answered');
  });

  it('stays down after three crashes within a minute: calls fail at once, also waiting ones', async () => {
    w.last.ready();
    w.crashAndReturn();
    w.crashAndReturn();
    w.last.die();
    const refused = outcome(w.client.call('ping', {}));
    w.advance(10_000);
    expect([w.client.state, w.processes.length, await refused]).toEqual(['stopped', 3, 'engine.crashed']);
  });

  it('a waiting call is refused too when the third crash comes during start', async () => {
    const call = outcome(w.client.call('ping', {}));
    w.last.die();
    w.advance(500);
    w.last.die();
    w.advance(500);
    w.last.die();
    expect(await call).toBe('engine.crashed');
    expect(w.client.state).toBe('stopped');
  });

  it('comes back on restart(), and on a call after a quiet minute', async () => {
    w.last.ready();
    w.crashAndReturn();
    w.crashAndReturn();
    w.last.die();
    w.client.restart();
    w.last.ready();
    expect([w.client.state, w.processes.length]).toEqual(['ready', 4]);
    w.crashAndReturn();
    w.crashAndReturn();
    w.last.die();
    expect(w.client.state).toBe('stopped');
    w.advance(60_000);
    const call = outcome(w.client.call('ping', {}));
    w.last.ready();
    w.last.answerAll();
    expect(await call).toBe('answered');
  });

  it('forgets crashes older than a minute', () => {
    w.last.ready();
    for (let n = 0; n < 10; n++) {
      w.crashAndReturn();
      w.advance(31_000);
    }
    expect(w.client.state).toBe('ready');
  });

  it('counts a process that cannot be started as a crash', () => {
    w.last.ready();
    w.failToStart = 2;
    w.last.die();
    w.advance(500);
    w.advance(500);
    expect(w.client.state).toBe('stopped');
  });

  it('aborts: the caller hears at once, the process is told, its late answer is ignored', async () => {
    w.last.ready();
    const abort = new AbortController();
    const call = outcome(w.client.call('ping', {}, { signal: abort.signal }));
    const { callId } = w.last.calls[0]!;
    abort.abort();
    expect(await call).toBe('job.cancelled');
    expect(w.last.posted).toContainEqual({ type: 'abort', callId });
    w.last.answerAll();
    expect(await outcome(w.client.call('ping', {}, { signal: abort.signal }))).toBe('job.cancelled');
    expect(w.last.calls).toHaveLength(1);
  });

  it('aborting a call that was not sent yet tells nobody', async () => {
    const abort = new AbortController();
    const call = outcome(w.client.call('ping', {}, { signal: abort.signal }));
    abort.abort();
    expect(await call).toBe('job.cancelled');
    w.last.ready();
    expect(w.last.posted).toEqual([]);
  });

  it('closes politely, by force when nothing answers, and does not start again', async () => {
    w.last.ready();
    const call = outcome(w.client.call('ping', {}));
    const closing = w.client.close();
    expect(await call).toBe('job.cancelled');
    expect(w.last.posted.pop()).toEqual({ type: 'close' });
    expect(w.last.killed).toBe(false);
    w.advance(1_000);
    await closing;
    expect(w.last.killed).toBe(true);
    w.advance(60_000);
    expect(w.processes).toHaveLength(1);
    expect(await outcome(w.client.call('ping', {}))).toBe('job.cancelled');
  });

  it('close while it waits to restart ends at once', async () => {
    w.last.ready();
    w.last.die();
    await w.client.close();
    w.advance(10_000);
    expect(w.processes).toHaveLength(1);
  });
});
