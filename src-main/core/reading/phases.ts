import { introduced, type ReviewEvent } from '../review/events';
import { effective } from '../review/review';
import type { Finding } from '../study/entities';
import type { FindingPhase } from './modes';

/** When a reader was shown the network's marks: by reader, the number of the event. */
export type Reveals = ReadonlyMap<string, number>;

/** Who did something: a user, or whoever sat at a store without users. */
export const readerOf = ({ userId }: { readonly userId?: string | undefined }): string => userId ?? '';

/**
 * The readers' own findings, told apart by whether they were there before who made them was shown the network's marks, and
 * whether they were changed after that. Findings of the network have no phase.
 */
export function withPhases(
  findings: readonly Finding[],
  events: readonly ReviewEvent[],
  reveals: Reveals,
): Finding[] {
  const after = (event: ReviewEvent): boolean => event.seq > (reveals.get(readerOf(event)) ?? Infinity);
  const phases = new Map<string, FindingPhase>();
  for (const event of effective(events)) {
    const { action } = event;
    for (const findingId of introduced(action)) phases.set(findingId, after(event) ? 'aided' : 'unaided');
    const changes = action.type === 'edited' || action.type === 'decided' || action.type === 'outlined';
    if (changes && after(event) && phases.get(action.findingId) === 'unaided')
      phases.set(action.findingId, 'unaided-changed');
  }
  return findings.map((finding) => {
    const phase = finding.provenance === 'reader' ? phases.get(finding.findingId) : undefined;
    return phase ? { ...finding, phase } : finding;
  });
}
