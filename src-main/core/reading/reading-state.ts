import { foldDouble, type DoubleReading } from './double-reading';
import type { ReadingEvent, SignedCounts } from './events';
import type { ReadingMode } from './modes';
import type { ChosenResult } from './read-results';

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

/** A reader was shown the network's marks. */
export interface Reveal {
  /** User id; empty in a store without users. */
  readonly reader: string;
  readonly name: string;
  readonly at: string;
  readonly seq: number;
}

/** The mode was changed after somebody had opened the study: never silently. */
export interface Loosening {
  readonly from: ReadingMode;
  readonly to: ReadingMode;
  readonly name: string;
  readonly at: string;
}

export interface ReadingState {
  /** Null: nobody chose one and nobody opened it yet. */
  readonly mode: ReadingMode | null;
  readonly begun: boolean;
  readonly revealed: readonly Reveal[];
  readonly loosened: readonly Loosening[];
  readonly signature: Signature | null;
  readonly addenda: readonly Addendum[];
  /** Null: one reader, as usual. */
  readonly double: DoubleReading | null;
  /** Which result of a series is read, as readers said it, oldest first. */
  readonly chosen: readonly ChosenResult[];
}

/** The study's own history folded, oldest event first. Pure: the same history always gives the same state. */
export function replayReading(events: readonly ReadingEvent[]): ReadingState {
  let mode: ReadingMode | null = null;
  let begun = false;
  let signature: Signature | null = null;
  let double: DoubleReading | null = null;
  const revealed: Reveal[] = [];
  const loosened: Loosening[] = [];
  const addenda: Addendum[] = [];
  const chosen: ChosenResult[] = [];
  for (const event of events) {
    const { seq, at, reviewer: name, userId: reader = '', action } = event;
    switch (action.type) {
      case 'begun':
        mode = action.mode;
        begun = true;
        break;
      case 'mode':
        mode = action.to;
        if (action.afterOpening) loosened.push({ from: action.from, to: action.to, name, at });
        break;
      case 'revealed':
        revealed.push({ reader, name, at, seq });
        break;
      case 'signed':
        signature = { name, at, sha256: action.sha256, counts: action.counts };
        break;
      case 'addendum':
        addenda.push({ name, at, text: action.text });
        break;
      case 'result-chosen': {
        const { seriesId, resultSetId, newest } = action;
        chosen.push({ seriesId, resultSetId, newest, name, at });
        break;
      }
      case 'double-assigned':
      case 'double-finished':
      case 'double-reopened':
      case 'adjudicating':
        double = foldDouble(double, event);
    }
  }
  return { mode, begun, revealed, loosened, signature, addenda, double, chosen };
}
