import { AppError } from '../app-error';
import type { Decision, Finding, FindingOrigin, FindingPlace } from '../study/entities';
import { applyPatch, assertDescription } from './description';
import { introduced, type ReviewAction, type ReviewEvent } from './events';

/** A finding as the network made it, before anyone looked. */
export type ProposedFinding = Omit<Finding, 'decision'>;

/** Nobody said anything. */
export const undecided: Decision = {
  verdict: 'pending',
  reason: null,
  comment: '',
  reviewer: '',
  decidedAt: null,
};

/**
 * The findings of one study as its reviewers left them: network findings and the study's events, oldest first, folded
 * into one list by number. Pure: the same history always gives the same findings. Events about findings that are not
 * there (superseded by a newer result set) change nothing.
 *
 * @param proposed findings that are decided already stay so until an event says otherwise
 * @param network the boxes as the network made them, where `proposed` holds others: accepting one of those is a correction
 */
export function replay(
  proposed: readonly (ProposedFinding | Finding)[],
  events: readonly ReviewEvent[],
  network: readonly ProposedFinding[] = proposed,
): Finding[] {
  const findings = new Map<string, Finding>();
  for (const p of proposed) findings.set(p.findingId, { decision: undecided, ...p });
  const original = new Map(network.map(({ findingId, place }) => [findingId, place]));
  for (const event of effective(events)) {
    const { action } = event;
    if (action.type === 'added') {
      findings.set(action.findingId, addedFinding(event, action));
      continue;
    }
    if (action.type === 'merged') {
      for (const findingId of action.from) findings.delete(findingId);
      findings.set(action.findingId, addedFinding(event, action));
      continue;
    }
    const before = findings.get(action.findingId);
    if (action.type === 'removed') findings.delete(action.findingId);
    else if (action.type === 'split') {
      findings.delete(action.findingId);
      const { seriesId, label, origin } = action;
      for (const part of action.parts)
        findings.set(part.findingId, addedFinding(event, { seriesId, label, origin, ...part }));
    } else if (before) findings.set(action.findingId, apply(before, event, original.get(action.findingId)));
  }
  return [...findings.values()].sort((a, b) => a.number - b.number);
}

/** Numbers of the events that were taken back, and not given back since by an undo of that undo. */
function undoneSeqs(events: readonly ReviewEvent[]): Set<number> {
  const undone = new Set<number>();
  // The newest first: what takes back is newer than what it takes back, and may be taken back itself.
  for (const { seq, action } of [...events].reverse())
    if (action.type === 'undone' && !undone.has(seq)) undone.add(action.undoneSeq);
  return undone;
}

/** The events that still count: neither taken back nor a taking back. */
export function effective(events: readonly ReviewEvent[]): ReviewEvent[] {
  const undone = undoneSeqs(events);
  return events.filter((event) => event.action.type !== 'undone' && !undone.has(event.seq));
}

/** What undo would take back: the last effective event about a finding that is or was there, or null. */
export function lastUndoable(
  findings: readonly Finding[],
  events: readonly ReviewEvent[],
): ReviewEvent | null {
  const counting = effective(events);
  // A finding of the reader's own that was removed, merged or split since is no longer shown; a network's whose result set
  // was replaced is neither shown nor brought back.
  const known = new Set(findings.map((f) => f.findingId));
  for (const { action } of counting) for (const findingId of introduced(action)) known.add(findingId);
  return (
    counting
      .filter(
        ({ action }) => known.has(action.findingId) || introduced(action).some((made) => known.has(made)),
      )
      .pop() ?? null
  );
}

/** The undo that redo would take back: the last one in force, where nothing new was done after it; else null. */
export function lastRedoable(events: readonly ReviewEvent[]): ReviewEvent | null {
  const undone = undoneSeqs(events);
  const takesBackUndo = new Set(events.flatMap(({ seq, action }) => (action.type === 'undone' ? [seq] : [])));
  const last = events
    .filter(
      ({ seq, action }) =>
        action.type === 'undone' && !undone.has(seq) && !takesBackUndo.has(action.undoneSeq),
    )
    .pop();
  if (!last) return null;
  return effective(events).some(({ seq }) => seq > last.seq) ? null : last;
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
  if (action.type === 'merged') {
    assertMergeable(action.from.map((findingId) => findings.find((f) => f.findingId === findingId)));
    assertPlace(action.place);
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
  if (action.type === 'removed' && finding.provenance !== 'reader') {
    throw new AppError(
      'review.conflict',
      'Only findings that a reader added can be deleted.',
      'Reject it with a reason instead.',
    );
  }
  if (action.type === 'split') for (const part of action.parts) assertPlace(part.place);
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
  isDecided(finding) ||
  finding.decision.comment !== '' ||
  finding.outline !== undefined ||
  finding.link !== undefined ||
  finding.refusedLinks !== undefined ||
  finding.description !== undefined;

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
      // The outline was looked for in the box as it was.
      const { outline: _outline, measurement: _measurement, ...boxed } = finding;
      return { ...boxed, place: action.place, decision: { verdict, reason: null, comment, ...by } };
    }
    case 'outlined': {
      const { outline: _outline, measurement: _measurement, ...bare } = finding;
      if (!action.outline) return bare;
      return { ...bare, outline: action.outline.mask, measurement: action.outline.measurement };
    }
    case 'resolved': {
      const { verdict, reason, comment: said, link, refusedLinks, ...rest } = action.as;
      const { outline: _outline, measurement: _measurement, description: _description, ...bare } = finding;
      const { link: _link, refusedLinks: _refused, ...unlinked } = bare;
      const links = { ...(link && { link }), ...(refusedLinks && { refusedLinks }) };
      const kept = link === undefined ? bare : { ...unlinked, ...links };
      return { ...kept, ...rest, decision: { verdict, reason, comment: said, ...by } };
    }
    case 'linked': {
      const { link: _link, ...unlinked } = finding;
      return action.link ? { ...unlinked, link: action.link } : unlinked;
    }
    case 'link-refused': {
      const refused = new Set(finding.refusedLinks).add(action.priorFindingId);
      return { ...finding, refusedLinks: [...refused] };
    }
    case 'decided': {
      if (action.verdict === 'pending') return { ...finding, decision: { ...undecided, comment } };
      const verdict = action.verdict === 'accepted' ? acceptedAs(finding, proposedPlace) : action.verdict;
      return { ...finding, decision: { verdict, reason: action.reason, comment, ...by } };
    }
    case 'added':
    case 'merged':
    case 'split':
    case 'removed':
    case 'undone':
      return finding;
  }
}

/** Accepting keeps saying how the box came to be: corrected and added findings are accepted as such. */
function acceptedAs(finding: Finding, proposedPlace: FindingPlace | undefined): Decision['verdict'] {
  if (!proposedPlace) return 'added';
  return JSON.stringify(finding.place) === JSON.stringify(proposedPlace) ? 'accepted' : 'edited';
}

interface OwnFinding {
  readonly findingId: string;
  readonly seriesId: string;
  readonly number: number;
  readonly label: string;
  readonly place: FindingPlace;
  readonly origin?: FindingOrigin | undefined;
}

function addedFinding(event: ReviewEvent, action: OwnFinding): Finding {
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
    ...(action.origin && { origin: action.origin }),
  };
}

/** @throws AppError 'not-found', 'review.conflict' */
function assertMergeable(findings: readonly (Finding | undefined)[]): void {
  const [first, ...others] = findings;
  const frameOf = ({ place }: Finding): number | null => (place.space === 'px' ? place.frame : null);
  if (!first || others.some((f) => !f)) {
    throw new AppError(
      'not-found',
      'A finding to merge is no longer in the study.',
      'Reload the study, and choose again.',
    );
  }
  const together = others.every(
    (f) => f!.seriesId === first.seriesId && frameOf(f!) === frameOf(first) && f !== first,
  );
  if (others.length > 0 && together) return;
  throw new AppError(
    'review.conflict',
    'Only different findings of one series, and of one frame, can be merged.',
    'Choose a finding beside this one.',
  );
}

function assertPlace(place: FindingPlace): void {
  const sizes =
    place.space === 'lps'
      ? [0, 1, 2].map((a) => place.boxLps[a + 3]! - place.boxLps[a]!)
      : [place.boxPx[2], place.boxPx[3]];
  if (sizes.every((size) => size > 0)) return;
  throw new AppError('request.invalid', 'The box has no size.', 'Draw the box again.', { field: 'place' });
}
