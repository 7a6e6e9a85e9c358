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
  private readonly tails = new Map<Job['kind'], Promise<unknown>>();
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
    const before = this.tails.get(spec.kind) ?? Promise.resolve();
    this.tails.set(
      spec.kind,
      before.then(() => this.run(entry)),
    );
    return jobId;
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
    entry.spec.neverRan?.();
    this.end(entry, { state: 'cancelled' });
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
