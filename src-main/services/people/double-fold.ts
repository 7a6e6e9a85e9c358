import { phaseOf, type DoublePhase, type DoubleReading } from '../../core/reading/double-reading';
import type { Reader } from '../../core/reading/readers';
import { readerOf } from '../../core/reading/phases';
import { agreementOf, type Agreement } from '../../core/review/agreement';
import type { ReviewEvent } from '../../core/review/events';
import { agreedFindings } from '../../core/review/final-findings';
import { replay, type ProposedFinding } from '../../core/review/review';
import type { Finding } from '../../core/study/entities';

/** What one of two readers made of a study. */
export interface OneReading {
  readonly reader: Reader;
  readonly events: ReviewEvent[];
  readonly findings: Finding[];
  readonly relevant: Finding[];
}

/** A study's double reading with its history folded in. */
export interface DoubleFold {
  readonly state: DoubleReading;
  readonly phase: DoublePhase;
  /** First and second; of whoever may not see one it is left out ({@link Views}). */
  readonly readings: readonly OneReading[];
  /** Null until both are done. */
  readonly agreement: Agreement | null;
}

interface Folded {
  readonly double: DoubleFold;
  readonly events: ReviewEvent[];
  readonly findings: Finding[];
  readonly relevant: Finding[];
}

/**
 * Each reader's reading is a history of its own over the same candidates: the events that bear their user id. Until both
 * are done the study's own findings are the candidates as nobody has seen them, so that what forgets to ask who looks
 * tells neither reader's; then they are what both agree on, and what the adjudication makes of the rest.
 *
 * @param fold findings as shown: with what was before and after the network's marks
 */
export function foldDoubleReading(
  state: DoubleReading,
  proposed: readonly ProposedFinding[],
  events: readonly ReviewEvent[],
  fold: (findings: Finding[], events: readonly ReviewEvent[]) => Finding[],
  relevant: (findings: readonly Finding[]) => Finding[],
): Folded {
  const phase = phaseOf(state);
  const upTo = state.adjudication?.seq ?? Infinity;
  const readings = state.readers.map((reader): OneReading => {
    const own = events.filter((event) => readerOf(event) === reader.userId && event.seq < upTo);
    const findings = fold(replay(proposed, own), own);
    return { reader, events: own, findings, relevant: relevant(findings) };
  });
  if (phase === 'reading') {
    const findings = replay(proposed, []);
    return {
      double: { state, phase, readings, agreement: null },
      events: [],
      findings,
      relevant: relevant(findings),
    };
  }
  const [first, second] = readings as [OneReading, OneReading];
  const agreement = agreementOf(first.findings, second.findings);
  const later = events.filter((event) => event.seq > upTo);
  const names = [first.reader.name, second.reader.name] as const;
  const findings = replay(agreedFindings(agreement, proposed, names), later, proposed);
  const told = new Set(agreement.items.map((item) => item.findingId));
  const shown = new Set(relevant(findings).map((f) => f.findingId));
  return {
    double: { state, phase, readings, agreement },
    events: later,
    findings,
    // An open disagreement is shown whatever its score.
    relevant: findings.filter((f) => told.has(f.findingId) || shown.has(f.findingId)),
  };
}
