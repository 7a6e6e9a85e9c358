import { AppError } from '../core/app-error';
import type { Job } from '../contract/entities';
import type { Clock, Emit } from './types';

export interface JobContext {
  readonly signal: AbortSignal;
  progress(fraction: number, step: string): void;
}

export interface JobSpec {
  kind: Job['kind'];
  title: string;
  studyId: string | null;
  /** Of jobs of one kind that wait, the highest runs first; those of one priority in order. Left out: 0. */
  priority?: number;
  run(context: JobContext): Promise<Job['result']>;
  /** Called when it was cancelled before `run` was. */
  neverRan?(): void;
}

interface Entry {
  job: Job;
  spec: JobSpec;
  abort: AbortController;
  ended: Promise<Job>;
  settle: (job: Job) => void;
  toldAt: number;
}

/** Jobs of one kind that have not ended. */
export interface JobQueue {
  /** What runs goes on; nothing else is begun. */
  paused: boolean;
  running: Job | null;
  /** In the order in which they will run. */
  waiting: Job[];
}

const kept = 200;
const tellEveryMs = 100;

/**
 * Everything over 200 ms. Jobs of one kind run one at a time, in order; each has exactly one end (done, failed or
 * cancelled) and says `job.changed` at every change of state and at most ten times a second in between.
 *
 * What a caller owes: `run` must reject soon after its signal aborts, and must not change anything after that.
 */
export class Jobs {
  private readonly entries = new Map<string, Entry>();
  private readonly waiting = new Map<Job['kind'], Entry[]>();
  private readonly running = new Map<Job['kind'], Entry>();
  private readonly paused = new Set<Job['kind']>();
  private readonly toldQueues = new Set<Job['kind']>();
  private closed = false;

  constructor(private readonly options: { clock: Clock; newId: () => string; emit: Emit }) {}

  start(spec: JobSpec): string {
    if (this.closed) throw new AppError('job.cancelled', 'Regio is closing.', 'Start Regio again.');
    const jobId = this.options.newId();
    let settle: (job: Job) => void = () => undefined;
    const ended = new Promise<Job>((resolve) => (settle = resolve));
    const job: Job = {
      jobId,
      kind: spec.kind,
      title: spec.title,
      studyId: spec.studyId,
      state: 'queued',
      progress: 0,
      step: 'Waiting',
      error: null,
      startedAt: this.now(),
      endedAt: null,
      result: null,
    };
    const entry: Entry = { job, spec, abort: new AbortController(), ended, settle, toldAt: 0 };
    this.entries.set(jobId, entry);
    this.forgetOld();
    this.tell(entry);
    this.enqueue(entry);
    return jobId;
  }

  /** Whether what is cancelled now is cancelled because the program ends. */
  get isClosing(): boolean {
    return this.closed;
  }

  queue(kind: Job['kind']): JobQueue {
    const running = this.running.get(kind);
    return {
      paused: this.paused.has(kind),
      running: running ? { ...running.job } : null,
      waiting: this.waitingOf(kind).map(({ job }) => ({ ...job })),
    };
  }

  setPaused(kind: Job['kind'], paused: boolean): void {
    if (paused) this.paused.add(kind);
    else this.paused.delete(kind);
    this.tellQueue(kind);
    this.next(kind);
  }

  /** Ends what waits; what runs goes on. */
  cancelWaiting(kind: Job['kind']): void {
    for (const { job } of [...this.waitingOf(kind)]) this.cancel(job.jobId);
  }

  /** Before everything of a lower priority, where it still waits. */
  raise(jobId: string, priority: number): void {
    const entry = this.entry(jobId);
    const waiting = this.waitingOf(entry.job.kind);
    if (!waiting.includes(entry) || (entry.spec.priority ?? 0) >= priority) return;
    waiting.splice(waiting.indexOf(entry), 1);
    entry.spec = { ...entry.spec, priority };
    this.enqueue(entry);
  }

  list(): Job[] {
    return [...this.entries.values()].map((entry) => ({ ...entry.job }));
  }

  /** A job of this kind and study that has not ended. */
  active(kind: Job['kind'], studyId: string): Job | undefined {
    return this.list().find((job) => job.kind === kind && job.studyId === studyId && job.endedAt === null);
  }

  cancel(jobId: string): void {
    const entry = this.entry(jobId);
    if (entry.job.endedAt !== null || entry.abort.signal.aborted) return;
    entry.abort.abort();
    if (entry.job.state !== 'queued') {
      this.change(entry, { step: 'Stopping' });
      return;
    }
    const waiting = this.waitingOf(entry.job.kind);
    const at = waiting.indexOf(entry);
    if (at >= 0) waiting.splice(at, 1);
    entry.spec.neverRan?.();
    this.end(entry, { state: 'cancelled' });
    this.tellQueue(entry.job.kind);
  }

  wait(jobId: string): Promise<Job> {
    return this.entry(jobId).ended;
  }

  async idle(): Promise<void> {
    for (;;) {
      const open = [...this.entries.values()].filter((entry) => entry.job.endedAt === null);
      if (open.length === 0) return;
      await Promise.all(open.map((entry) => entry.ended));
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.entries.values()) this.cancel(entry.job.jobId);
    await this.idle();
  }

  private waitingOf(kind: Job['kind']): Entry[] {
    let waiting = this.waiting.get(kind);
    if (!waiting) this.waiting.set(kind, (waiting = []));
    return waiting;
  }

  private enqueue(entry: Entry): void {
    const { kind } = entry.job;
    const waiting = this.waitingOf(kind);
    const rank = (e: Entry): number => e.spec.priority ?? 0;
    const at = waiting.findIndex((other) => rank(other) < rank(entry));
    waiting.splice(at < 0 ? waiting.length : at, 0, entry);
    this.tellQueue(kind);
    // Not at once: who starts a job knows its id before it hears of it running.
    queueMicrotask(() => this.next(kind));
  }

  private next(kind: Job['kind']): void {
    if (this.running.has(kind) || (this.paused.has(kind) && !this.closed)) return;
    const entry = this.waitingOf(kind).shift();
    if (!entry) return;
    this.running.set(kind, entry);
    this.tellQueue(kind);
    void this.run(entry).then(() => {
      this.running.delete(kind);
      this.tellQueue(kind);
      this.next(kind);
    });
  }

  /** Once for all that happens in one go: a batch of thousands is one change of its queue. */
  private tellQueue(kind: Job['kind']): void {
    if (this.toldQueues.has(kind)) return;
    this.toldQueues.add(kind);
    queueMicrotask(() => {
      this.toldQueues.delete(kind);
      const { paused, running, waiting } = this.queue(kind);
      this.options.emit('queue.changed', {
        kind,
        paused,
        running: running?.jobId ?? null,
        waiting: waiting.length,
      });
    });
  }

  private async run(entry: Entry): Promise<void> {
    if (entry.job.endedAt !== null) return;
    this.change(entry, { state: 'running', step: 'Starting', startedAt: this.now() });
    try {
      const result = await entry.spec.run({
        signal: entry.abort.signal,
        progress: (fraction, step) => this.progress(entry, fraction, step),
      });
      this.end(entry, { state: 'done', progress: 1, result });
    } catch (error) {
      if (entry.abort.signal.aborted) this.end(entry, { state: 'cancelled' });
      else this.end(entry, { state: 'failed', error: AppError.from(error).toShape() });
    }
  }

  private progress(entry: Entry, fraction: number, step: string): void {
    if (entry.job.state !== 'running' || entry.abort.signal.aborted || !Number.isFinite(fraction)) return;
    const progress = Math.min(1, Math.max(entry.job.progress, fraction));
    const told = this.options.clock.now().getTime() - entry.toldAt < tellEveryMs;
    if (told) entry.job = { ...entry.job, progress, step };
    else this.change(entry, { progress, step });
  }

  private end(entry: Entry, change: Partial<Job> & { state: Job['state'] }): void {
    const step = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled', queued: '', running: '' }[
      change.state
    ];
    this.change(entry, { step, ...change, endedAt: this.now() });
    entry.settle({ ...entry.job });
  }

  private change(entry: Entry, change: Partial<Job>): void {
    entry.job = { ...entry.job, ...change };
    this.tell(entry);
  }

  private tell(entry: Entry): void {
    entry.toldAt = this.options.clock.now().getTime();
    this.options.emit('job.changed', { ...entry.job });
  }

  private entry(jobId: string): Entry {
    const entry = this.entries.get(jobId);
    if (entry) return entry;
    throw new AppError('not-found', 'This job is not known.', 'It may be from before the last start.');
  }

  private forgetOld(): void {
    for (const [jobId, { job }] of this.entries) {
      if (this.entries.size <= kept) return;
      if (job.endedAt !== null) this.entries.delete(jobId);
    }
  }

  private now(): string {
    return this.options.clock.now().toISOString();
  }
}
