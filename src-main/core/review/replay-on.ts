import type { Finding } from '../study/entities';
import type { ReviewEvent } from './events';
import { Replayed, type ProposedFinding } from './review';

interface Kept {
  readonly events: readonly ReviewEvent[];
  readonly replayed: Replayed;
}

/** By the very list of what the network found: another list, another study or another detection, begins anew. */
const kept = new WeakMap<readonly ProposedFinding[], Kept>();

/**
 * The same as {@link replay}, which folds a study's findings and events from the first one on; here what came since the last
 * time is put onto what was made then. That holds only where it is the same history that goes on, so every event is looked
 * for in its place (as the very object, which nobody changes), and with a taking back, which reaches into the past, all is
 * replayed.
 *
 * @param proposed, events frozen, as the store hands them out
 */
export function replayOn(proposed: readonly ProposedFinding[], events: readonly ReviewEvent[]): Finding[] {
  const known = kept.get(proposed);
  const goesOn =
    known !== undefined && isBegunBy(events, known.events) && !takesBack(events, known.events.length);
  const replayed = goesOn ? known.replayed : new Replayed(proposed);
  // Should an event fail, nothing half done is gone on from.
  kept.delete(proposed);
  replayed.take(goesOn ? events.slice(known.events.length) : events);
  kept.set(proposed, { events, replayed });
  return replayed.findings();
}

const isBegunBy = (events: readonly ReviewEvent[], known: readonly ReviewEvent[]): boolean =>
  known.length <= events.length && known.every((event, n) => event === events[n]);

/** Whether an event from `from` on takes one back, or is one that was taken back before it was done. */
function takesBack(events: readonly ReviewEvent[], from: number): boolean {
  const next = events[from]?.seq ?? Infinity;
  return events.some(({ action }, n) => action.type === 'undone' && (n >= from || action.undoneSeq >= next));
}
