import type { EndpointOutput } from '../../../src-main/contract/endpoints';
import { invoke, listen } from '../api/client';
import { notices } from './notices.svelte';

type Queue = EndpointOutput<'queue.get'>;
const none: Queue = { paused: false, running: null, waiting: [], waitingCount: 0 };

/** Detections that wait. What is in it is asked for only while somebody looks. */
class QueueState {
  paused = $state(false);
  waitingCount = $state(0);
  /** Whether its panel is open. */
  open = $state(false);
  shown = $state.raw<Queue>(none);
  private stop: (() => void) | null = null;
  private asking: ReturnType<typeof setTimeout> | null = null;

  /** With each session. */
  async start(): Promise<void> {
    this.stop ??= listen('queue.changed', ({ kind, paused, waiting }) => {
      if (kind !== 'detection') return;
      this.paused = paused;
      this.waitingCount = waiting;
      if (this.open) this.askSoon();
    });
    await this.ask();
  }

  /** The session is over: nothing of it stays in the page. */
  leave(): void {
    this.open = false;
    this.shown = none;
  }

  toggle(): void {
    this.open = !this.open;
    if (this.open) void this.ask();
  }

  pause(paused: boolean): Promise<void> {
    return this.attempt(() => invoke('queue.pause', { paused }));
  }

  clear(): Promise<void> {
    return this.attempt(() => invoke('queue.clear'));
  }

  private askSoon(): void {
    this.asking ??= setTimeout(() => {
      this.asking = null;
      void this.ask();
    }, 100);
  }

  private ask(): Promise<void> {
    return this.attempt(async () => {
      this.shown = await invoke('queue.get');
      this.paused = this.shown.paused;
      this.waitingCount = this.shown.waitingCount;
    });
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      notices.fail(error);
    }
  }
}

export const queue = new QueueState();
