import { AppError } from '../app-error';
import type { Decision, Finding, FindingPlace } from '../study/entities';
import { applyPatch, assertDescription } from './description';
import type { ReviewAction, ReviewEvent } from './events';

/** A finding as the network made it, before anyone looked. */
export type ProposedFinding = Omit<Finding, 'decision'>;

const pending: Decision = { verdict: 'pending', reason: null, comment: '', reviewer: '', decidedAt: null };

/**
 * The findings of one study as its reviewers left them: network findings and the study's events, oldest first, folded
 * into one list by number. Pure: the same history always gives the same findings. Events about findings that are not
 * there (superseded by a newer result set) change nothing.
 */
export function replay(proposed: readonly ProposedFinding[], events: readonly ReviewEvent[]): Finding[] {
  const findings = new Map<string, Finding>();
  const original = new Map<string, FindingPlace>();
  for (const p of proposed) {
    findings.set(p.findingId, { ...p, decision: pending });
    original.set(p.findingId, p.place);
  }
  for (const event of effective(events)) {
    const { action } = event;
    if (action.type === 'added') {
      findings.set(action.findingId, addedFinding(event, action));
      continue;
    }
    const before = findings.get(action.findingId);
    if (before) findings.set(action.findingId, apply(before, event, original.get(action.findingId)));
  }
  return [...findings.values()].sort((a, b) => a.number - b.number);
}

/** The events that still count: neither taken back nor a taking back. */
export function effective(events: readonly ReviewEvent[]): ReviewEvent[] {
  const undone = new Set(
    events.flatMap(({ action }) => (action.type === 'undone' ? [action.undoneSeq] : [])),
  );
  return events.filter((event) => event.action.type !== 'undone' && !undone.has(event.seq));
}

/** What undo would take back: the last effective event about a finding that is there, or null. */
export function lastUndoable(
  findings: readonly Finding[],
  events: readonly ReviewEvent[],
): ReviewEvent | null {
  const shown = new Set(findings.map((f) => f.findingId));
  return (
    effective(events)
      .filter((event) => shown.has(event.action.findingId))
      .pop() ?? null
  );
}

/**
 * Refuses what makes no sense before it is written.
 *
 * @throws AppError 'request.invalid' (no reviewer, no reason, a term that is not of its list), 'not-found', 'review.conflict'.
 */
export function assertAllowed(findings: readonly Finding[], action: ReviewAction, reviewer: string): void {
  if (reviewer.trim() === '') {
    throw new AppError(
      'request.invalid',
      'A decision needs the name of who made it.',
      'Enter your name in the settings, then decide again.',
      { field: 'reviewer' },
    );
  }
  if (action.type === 'added' || action.type === 'undone') {
    if (action.type === 'added') assertPlace(action.place);
    return;
  }
  const finding = findings.find((f) => f.findingId === action.findingId);
  if (!finding) {
    throw new AppError(
      'not-found',
      'This finding is no longer in the study.',
      'A newer detection may have replaced it. Reload the study.',
    );
  }
  if (action.type === 'edited') {
    assertPlace(action.place);
    const samePicture =
      finding.place.space === 'lps'
        ? action.place.space === 'lps'
        : action.place.space === 'px' && action.place.frame === finding.place.frame;
    if (!samePicture) {
      throw new AppError(
        'review.conflict',
        'A corrected box must stay in the picture of its finding.',
        'Add a new finding there instead.',
      );
    }
  }
  if (action.type === 'described') {
    const by = { describedBy: reviewer, describedAt: '' };
    assertDescription(applyPatch(finding.description, action.set, action.patch, by));
  }
  if (action.type !== 'decided') return;
  if ((action.verdict === 'rejected') !== (action.reason !== null)) {
    throw new AppError(
      'request.invalid',
      action.verdict === 'rejected' ? 'A rejection needs a reason.' : 'Only a rejection has a reason.',
      'Choose one of the listed reasons when rejecting.',
      { field: 'reason' },
    );
  }
  if (action.verdict === 'pending' && finding.provenance === 'reader') {
    throw new AppError(
      'review.conflict',
      'A finding the reader added cannot be pending.',
      'Undo the addition, or reject the finding.',
    );
  }
}

/** Decided = a person said something about it; only these count as reviewed. */
export const isDecided = (finding: Finding): boolean => finding.decision.verdict !== 'pending';

/** Someone left a mark on it: a newer detection must not replace it. */
export const isTouched = (finding: Finding): boolean =>
  isDecided(finding) || finding.decision.comment !== '' || finding.description !== undefined;

function apply(finding: Finding, event: ReviewEvent, proposedPlace: FindingPlace | undefined): Finding {
  const { action } = event;
  const by = { reviewer: event.reviewer, decidedAt: event.at };
  const { comment } = finding.decision;
  switch (action.type) {
    case 'commented':
      return { ...finding, decision: { ...finding.decision, comment: action.comment } };
    case 'described': {
      const said = { describedBy: event.reviewer, describedAt: event.at };
      return { ...finding, description: applyPatch(finding.description, action.set, action.patch, said) };
    }
    case 'edited': {
      const verdict = finding.provenance === 'reader' ? 'added' : 'edited';
      return { ...finding, place: action.place, decision: { verdict, reason: null, comment, ...by } };
    }
    case 'decided': {
      if (action.verdict === 'pending') return { ...finding, decision: { ...pending, comment } };
      const verdict = action.verdict === 'accepted' ? acceptedAs(finding, proposedPlace) : action.verdict;
      return { ...finding, decision: { verdict, reason: action.reason, comment, ...by } };
    }
    case 'added':
    case 'undone':
      return finding;
  }
}

/** Accepting keeps saying how the box came to be: corrected and added findings are accepted as such. */
function acceptedAs(finding: Finding, proposedPlace: FindingPlace | undefined): Decision['verdict'] {
  if (!proposedPlace) return 'added';
  return JSON.stringify(finding.place) === JSON.stringify(proposedPlace) ? 'accepted' : 'edited';
}

function addedFinding(event: ReviewEvent, action: ReviewAction & { type: 'added' }): Finding {
  return {
    findingId: action.findingId,
    studyId: event.studyId,
    seriesId: action.seriesId,
    resultSetId: null,
    number: action.number,
    label: action.label,
    score: null,
    provenance: 'reader',
    place: action.place,
    decision: { verdict: 'added', reason: null, comment: '', reviewer: event.reviewer, decidedAt: event.at },
  };
}

function assertPlace(place: FindingPlace): void {
  const sizes =
    place.space === 'lps'
      ? [0, 1, 2].map((a) => place.boxLps[a + 3]! - place.boxLps[a]!)
      : [place.boxPx[2], place.boxPx[3]];
  if (sizes.every((size) => size > 0)) return;
  throw new AppError('request.invalid', 'The box has no size.', 'Draw the box again.', { field: 'place' });
}
