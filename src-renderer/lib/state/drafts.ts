import { invoke } from '../api/client';
import { session } from './session.svelte';

/** What this reader was typing in the open study when the screen was locked, by where it was typed. */
export class Drafts {
  private readonly kept = new Map<string, string>();

  constructor(private readonly studyId: string) {}

  async load(): Promise<void> {
    for (const { key, text } of await invoke('drafts.take', { studyId: this.studyId }))
      this.kept.set(key, text);
  }

  /** Once: it is on the screen then. */
  take(key: string): string | null {
    const text = this.kept.get(key) ?? null;
    this.kept.delete(key);
    return text;
  }

  /** When what was typed in goes from the screen: kept by main where it goes because the screen is locked. */
  keep(key: string, text: string): void {
    const reader = session.current?.user?.userId ?? '';
    void invoke('drafts.keep', { studyId: this.studyId, key, text, reader }).catch(() => undefined);
  }

  get locked(): boolean {
    return session.shut;
  }
}

export const draftKeys = {
  comment: (findingId: string): string => `comment ${findingId}`,
  term: (findingId: string, name: string): string => `term ${findingId} ${name}`,
  addendum: 'addendum',
  /** Which panel was open: a half-filled form is found again where it was. */
  panel: 'panel',
};
