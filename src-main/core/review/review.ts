import type { Decision, Finding, FindingOrigin, FindingPlace } from '../study/entities';
import { applyPatch } from './description';
import { introduced, type ReviewEvent } from './events';

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
  const replayed = new Replayed(proposed, network);
  replayed.take(events);
  return replayed.findings();
}

/** Findings with the events so far folded in. */
export class Replayed {
  private readonly byId = new Map<string, Finding>();
  private readonly original: ReadonlyMap<string, FindingPlace>;

  constructor(
    proposed: readonly (ProposedFinding | Finding)[],
    network: readonly ProposedFinding[] = proposed,
  ) {
    for (const p of proposed) this.byId.set(p.findingId, { decision: undecided, ...p });
    this.original = new Map(network.map(({ findingId, place }) => [findingId, place]));
  }

  /** Events that follow those taken before, and take none of those back. */
  take(events: readonly ReviewEvent[]): void {
    for (const event of effective(events)) this.takeOne(event);
  }

  findings(): Finding[] {
    return [...this.byId.values()].sort((a, b) => a.number - b.number);
  }

  private takeOne(event: ReviewEvent): void {
    const { byId } = this;
    const { action } = event;
    if (action.type === 'added') {
      byId.set(action.findingId, addedFinding(event, action));
      return;
    }
    if (action.type === 'merged') {
      for (const findingId of action.from) byId.delete(findingId);
      byId.set(action.findingId, addedFinding(event, action));
      return;
    }
    const before = byId.get(action.findingId);
    if (action.type === 'removed') byId.delete(action.findingId);
    else if (action.type === 'split') {
      byId.delete(action.findingId);
      const { seriesId, label, origin } = action;
      for (const part of action.parts)
        byId.set(part.findingId, addedFinding(event, { seriesId, label, origin, ...part }));
    } else if (before) byId.set(action.findingId, apply(before, event, this.original.get(action.findingId)));
  }
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

/**
 * The undo that redo would take back: the last one in force, where nothing new was done after it, and what it took back was
 * about a finding that is there or may come back; else null. Of a finding whose result set was replaced nothing is redone
 * unseen.
 */
export function lastRedoable(
  findings: readonly Finding[],
  events: readonly ReviewEvent[],
): ReviewEvent | null {
  const undone = undoneSeqs(events);
  const takesBackUndo = new Set(events.flatMap(({ seq, action }) => (action.type === 'undone' ? [seq] : [])));
  const last = events
    .filter(
      ({ seq, action }) =>
        action.type === 'undone' && !undone.has(seq) && !takesBackUndo.has(action.undoneSeq),
    )
    .pop();
  if (!last || effective(events).some(({ seq }) => seq > last.seq)) return null;
  const known = new Set(findings.map((f) => f.findingId));
  for (const { action } of events) for (const findingId of introduced(action)) known.add(findingId);
  return known.has(last.action.findingId) ? last : null;
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
