import { Worker } from 'node:worker_threads';
import { AppError, type AppErrorShape } from '../../core/app-error';
import type { VoxelType } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import type { MakeVoxels } from './modality-values';

/** One frame (from 0) of a DICOM file, as the series that it belongs to wants its voxels. */
export interface FrameRequest {
  readonly file: string;
  readonly frame: number;
  readonly type: VoxelType;
}
/** Where copies lie, and their key (see copies/copy-store.ts). */
export interface CopyPlace {
  readonly folder: string;
  readonly key: Uint8Array;
}
export type ToThread =
  | { readonly id: number; readonly request: FrameRequest }
  | { readonly forget: string }
  | { readonly copies: CopyPlace };
export type FromThread =
  | { readonly ready: true }
  /** In memory that the thread writes its next frame but one to. */
  | { readonly id: number; readonly voxels: VoxelArray }
  | { readonly id: number; readonly error: AppErrorShape };

interface Job {
  readonly id: number;
  readonly request: FrameRequest;
  settle(outcome: { voxels: VoxelArray } | { error: unknown }): void;
}
interface Thread {
  readonly worker: Worker;
  ready: boolean;
  /** At most {@link slotsOfThread}, in the order in which they are answered. */
  jobs: Job[];
}

/** A thread goes on with its next frame while this one has no time to copy the last. */
export const slotsOfThread = 2;

/** The thread ended under the job: nothing is known of the file. */
export class ThreadLost extends Error {}

const idleMs = 10_000;
/** Frames lie outside the heap; left alone, a thread lets tens of megabytes of garbage gather in it. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

/**
 * Threads that read and decode frames side by side; a CT of some hundred compressed slices takes seconds on one. They
 * hold codecs and nothing else (no TensorFlow: a second one in a process has failed), start when `start` is called, and
 * end after ten seconds without work, so that their memory is given back.
 */
export class DecodePool {
  private threads: Thread[] = [];
  private readonly queue: Job[] = [];
  private nextId = 1;
  private idle: NodeJS.Timeout | null = null;
  private broken = false;
  private copies: CopyPlace | null = null;
  /** Frames that threads gave so far. */
  decoded = 0;

  /** @param script the built decode-worker */
  constructor(
    private readonly script: string,
    readonly size: number,
  ) {}

  /** False until the first thread has loaded what it needs, and where none can be had. */
  get isReady(): boolean {
    return this.threads.some((thread) => thread.ready);
  }

  start(): void {
    while (!this.broken && this.threads.length < this.size) this.addThread();
    this.waitIdle();
  }

  /**
   * @param make gives the array that the voxels are written to
   * @throws AppError as reading in this thread does, job.cancelled at once when `signal` aborts; ThreadLost where the
   * thread ended.
   */
  read(request: FrameRequest, make: MakeVoxels, signal?: AbortSignal): Promise<VoxelArray> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const job: Job = {
        id: this.nextId++,
        request,
        settle: (outcome) => {
          signal?.removeEventListener('abort', cancel);
          if (settled) return;
          settled = true;
          if ('error' in outcome) return reject(outcome.error as Error);
          try {
            const voxels = make(request.type, outcome.voxels.length);
            voxels.set(outcome.voxels);
            resolve(voxels);
          } catch (error) {
            reject(error as Error);
          }
        },
      };
      // What a thread is at is finished and dropped; what waits is never begun.
      const cancel = (): void => {
        const at = this.queue.indexOf(job);
        if (at >= 0) this.queue.splice(at, 1);
        job.settle({ error: new AppError('job.cancelled', 'It was cancelled.', 'Start it again.') });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.queue.push(job);
      this.next();
    });
  }

  /**
   * Lets threads read copies. The key goes from one thread's memory to another's of the same process, and ends with the
   * thread.
   */
  openCopies({ folder, key }: CopyPlace): void {
    if (this.copies?.folder === folder && this.copies.key === key) return;
    this.copies = { folder, key };
    for (const { worker } of this.threads) worker.postMessage({ copies: this.copies } satisfies ToThread);
  }

  /** Closes the file where a thread keeps it open for its further frames. */
  forget(file: string): void {
    for (const { worker } of this.threads) worker.postMessage({ forget: file } satisfies ToThread);
  }

  /** Ends all threads; jobs under way end with ThreadLost. `start` begins anew. */
  async close(): Promise<void> {
    if (this.idle) clearTimeout(this.idle);
    this.idle = null;
    const ending = this.threads;
    this.threads = [];
    for (const thread of ending) this.lose(thread);
    for (const job of this.queue.splice(0)) job.settle({ error: new ThreadLost('closed') });
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
  }

  private addThread(): void {
    const worker = new Worker(this.script, { resourceLimits });
    const thread: Thread = { worker, ready: false, jobs: [] };
    this.threads.push(thread);
    if (this.copies) worker.postMessage({ copies: this.copies } satisfies ToThread);
    // A thread without work keeps no process alive.
    worker.unref();
    worker.on('message', (message: FromThread) => {
      if ('ready' in message) thread.ready = true;
      else {
        const job = thread.jobs.shift();
        if ('voxels' in message) this.decoded++;
        if (thread.jobs.length === 0) worker.unref();
        job?.settle('voxels' in message ? message : { error: revived(message.error) });
      }
      this.next();
    });
    const ended = (): void => {
      if (!this.threads.includes(thread)) return;
      // One that never came up will not the next time either.
      if (!thread.ready) this.broken = true;
      this.threads = this.threads.filter((other) => other !== thread);
      this.lose(thread);
      if (this.threads.length === 0) {
        for (const job of this.queue.splice(0)) job.settle({ error: new ThreadLost('no thread is left') });
      }
    };
    worker.on('error', ended);
    worker.on('exit', ended);
  }

  private lose(thread: Thread): void {
    for (const job of thread.jobs.splice(0)) job.settle({ error: new ThreadLost('the thread ended') });
  }

  private next(): void {
    for (let room = 0; room < slotsOfThread; room++) {
      for (const thread of this.threads) {
        if (!thread.ready || thread.jobs.length > room) continue;
        const job = this.queue.shift();
        if (!job) break;
        thread.jobs.push(job);
        thread.worker.ref();
        thread.worker.postMessage({ id: job.id, request: job.request } satisfies ToThread);
      }
    }
    this.waitIdle();
  }

  private waitIdle(): void {
    if (this.idle) clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      if (this.queue.length === 0 && this.threads.every((thread) => thread.jobs.length === 0))
        void this.close();
      else this.waitIdle();
    }, idleMs).unref();
  }
}

const revived = ({ code, message, hint, details }: AppErrorShape): AppError =>
  new AppError(code, message, hint, details);
