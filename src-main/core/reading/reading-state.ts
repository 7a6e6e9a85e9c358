import type { ReadingEvent, SignedCounts } from './events';

/** Who signed what, and when. */
export interface Signature {
  readonly name: string;
  readonly at: string;
  readonly sha256: string;
  readonly counts: SignedCounts;
}

/** What was said after the signature: it changes nothing that was signed. */
export interface Addendum {
  readonly name: string;
  readonly at: string;
  readonly text: string;
}

export interface ReadingState {
  readonly signature: Signature | null;
  readonly addenda: readonly Addendum[];
}

/** The study's own history folded, oldest event first. Pure: the same history always gives the same state. */
export function replayReading(events: readonly ReadingEvent[]): ReadingState {
  let signature: Signature | null = null;
  const addenda: Addendum[] = [];
  for (const { at, reviewer: name, action } of events) {
    if (action.type === 'signed') signature = { name, at, sha256: action.sha256, counts: action.counts };
    else addenda.push({ name, at, text: action.text });
  }
  return { signature, addenda };
}
