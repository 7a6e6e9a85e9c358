import type { SessionState } from '../../../src-main/contract/people';
import { invoke, listen } from '../api/client';

/** Hands on the window are told main at most so often. */
const touchEveryMs = 5000;

/** Who sits there, as main says. Until it has said so nothing is shown. */
class Session {
  current = $state<SessionState | null>(null);
  /** Nobody may look: pixels, names and findings are not in the page. */
  readonly closed = $derived(this.current !== null && this.current.state !== 'open');
  /** The same at once, and no rune: what is torn down because of it reads runes as they were before. */
  shut = false;
  private touchedAt = 0;

  async start(changed: (state: SessionState, before: SessionState | null) => void): Promise<void> {
    listen('session.changed', (state) => {
      const before = this.current;
      this.shut = state.state !== 'open';
      this.current = state;
      changed(state, before);
    });
    this.current = await invoke('session.current');
  }

  touch(): void {
    const now = Date.now();
    if (this.current?.state !== 'open' || Math.abs(now - this.touchedAt) < touchEveryMs) return;
    this.touchedAt = now;
    void invoke('session.touch').catch(() => undefined);
  }

  lock(): void {
    // What is being typed is saved when it loses the focus, and must be before the screen is locked.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    void invoke('session.lock').catch(() => undefined);
  }

  logout(): void {
    void invoke('session.logout').catch(() => undefined);
  }
}

export const session = new Session();
