import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeProposal } from '../../../test-support/made-proposals';
import { AppError } from '../app-error';
import type { Finding, Measurement } from '../study/entities';
import { assertAllowed } from './assert-allowed';
import type { ReviewAction, ReviewEvent } from './events';
import { effective, isTouched, lastRedoable, lastUndoable, replay } from './review';
import { isRelevant, studyState, type SeriesDetection } from './study-state';

const proposals = [madeProposal(1), madeProposal(2), madeProposal(3, 0.2)];
const history = (...actions: ReviewAction[]): ReviewEvent[] =>
  actions.map((action, i) => ({
    seq: 10 + i,
    studyId: 's',
    at: `2026-01-01T00:00:0${i % 10}.000Z`,
    reviewer: 'Dr A',
    action,
  }));
const decide = (findingId: string, verdict: 'pending' | 'accepted' | 'uncertain'): ReviewAction => ({
  type: 'decided',
  findingId,
  verdict,
  reason: null,
});
const reject: ReviewAction = { type: 'decided', findingId: 'f2', verdict: 'rejected', reason: 'artefact' };
const bigger = { space: 'lps' as const, boxLps: [0, 0, 0, 9, 9, 9] as const };
const edit: ReviewAction = { type: 'edited', findingId: 'f1', place: bigger };
const add: ReviewAction = {
  type: 'added',
  findingId: 'a1',
  seriesId: 'e',
  number: 4,
  label: 'nodule',
  place: bigger,
};
const merge: ReviewAction = {
  type: 'merged',
  findingId: 'm1',
  from: ['f1', 'f2'],
  seriesId: 'e',
  number: 7,
  label: 'tumour',
  place: bigger,
  origin: { how: 'merged', numbers: [1, 2] },
};
const split: ReviewAction = {
  type: 'split',
  findingId: 'f3',
  seriesId: 'e',
  label: 'tumour',
  parts: [
    { findingId: 's1', number: 8, place: bigger },
    { findingId: 's2', number: 9, place: bigger },
  ],
  origin: { how: 'split', numbers: [3] },
};
const measured: Measurement = {
  of: 'outline',
  unit: 'mm',
  longAxis: 9,
  shortAxis: 6,
  longest3d: 10,
  volume: 300,
  area: null,
  meanValue: 20,
  sdValue: 5,
  valueUnit: 'HU',
  axes: null,
};
const outline: ReviewAction = {
  type: 'outlined',
  findingId: 'f1',
  outline: { mask: { region: [0, 0, 0, 2, 1, 1], runs: [1, 1] }, measurement: measured, by: 'computed' },
};
const undo = (undoneSeq: number, findingId = 'f1'): ReviewAction => ({
  type: 'undone',
  findingId,
  undoneSeq,
});
const verdicts = (findings: Finding[]): string[] => findings.map((f) => `${f.number} ${f.decision.verdict}`);

describe('replay', () => {
  it('leaves findings nobody decided on pending', () => {
    expect(verdicts(replay(proposals, []))).toEqual(['1 pending', '2 pending', '3 pending']);
  });

  it('keeps who, when and why of the last decision, and the comment apart from it', () => {
    const events = history(
      decide('f2', 'accepted'),
      { type: 'commented', findingId: 'f2', comment: 'hm' },
      reject,
    );
    expect(replay(proposals, events)[1]!.decision).toEqual({
      verdict: 'rejected',
      reason: 'artefact',
      comment: 'hm',
      reviewer: 'Dr A',
      decidedAt: '2026-01-01T00:00:02.000Z',
    });
  });

  it('says edited for a corrected box, also when it is accepted later, and added for an added one', () => {
    const events = history(
      edit,
      decide('f1', 'uncertain'),
      decide('f1', 'accepted'),
      add,
      decide('a1', 'accepted'),
    );
    const findings = replay(proposals, events);
    expect(verdicts(findings)).toEqual(['1 edited', '2 pending', '3 pending', '4 added']);
    expect(findings[0]!.place).toEqual(bigger);
    expect(findings[3]).toMatchObject({ score: null, resultSetId: null, provenance: 'reader' });
  });

  it('undo gives back the box, the decision and the absence before', () => {
    const events = history(decide('f1', 'accepted'), edit, add);
    expect(replay(proposals, [...events, ...shift(history(undo(12, 'a1'), undo(11)), 3)])).toEqual(
      replay(proposals, events.slice(0, 1)),
    );
  });

  it("makes one of two and two of one, as the reader's own; undo brings the first back with its history", () => {
    const decided = history(decide('f1', 'accepted'), {
      type: 'commented',
      findingId: 'f2',
      comment: 'edge',
    });
    const before = replay(proposals, decided);
    const events = [...decided, ...shift(history(merge, split), 2)];
    const findings = replay(proposals, events);
    expect(verdicts(findings)).toEqual(['7 added', '8 added', '9 added']);
    expect(findings[0]).toMatchObject({ provenance: 'reader', score: null, origin: { numbers: [1, 2] } });
    expect(lastUndoable(findings, events)).toMatchObject({ seq: 13 });
    const undone = [...events, ...shift(history(undo(13, 'f3'), undo(12, 'm1')), 4)];
    expect(replay(proposals, undone)).toEqual(before);
    expect(lastUndoable(before, undone)).toMatchObject({ seq: 11 });
  });

  it('an own finding that was deleted comes back with undo, though it is shown no more', () => {
    const events = history(add, { type: 'removed', findingId: 'a1' });
    const findings = replay(proposals, events);
    expect(verdicts(findings)).toHaveLength(3);
    expect(lastUndoable(findings, events)).toMatchObject({ seq: 11 });
    const undone = [...events, ...shift(history(undo(11, 'a1')), 2)];
    expect(verdicts(replay(proposals, undone))).toContain('4 added');
  });

  it('an outline is kept until the box changes, decides nothing, and protects the finding', () => {
    const [outlined] = replay(proposals, history(outline));
    expect(outlined).toMatchObject({ measurement: measured, decision: { verdict: 'pending' } });
    expect(isTouched(outlined!)).toBe(true);
    expect(replay(proposals, history(outline, edit))[0]!.outline).toBeUndefined();
    expect(replay(proposals, history(outline, { ...outline, outline: null }))[0]).toEqual(
      replay(proposals, [])[0],
    );
    expect(replay(proposals, history(outline, decide('f1', 'accepted')))[0]!.measurement).toEqual(measured);
  });

  it('a link to an earlier lesion is undone, taken away and refused without a decision', () => {
    const linked: ReviewAction = {
      type: 'linked',
      findingId: 'f1',
      link: {
        history: [
          {
            studyId: 'old',
            studyInstanceUid: '2.25.7',
            studyDate: '20240101',
            findingId: 'p1',
            number: 1,
            measurement: measured,
          },
        ],
        distanceMm: 2.5,
      },
    };
    const refused: ReviewAction = { type: 'link-refused', findingId: 'f1', priorFindingId: 'p1' };
    const before = replay(proposals, [])[0];
    const [now] = replay(proposals, history(linked));
    expect(now).toMatchObject({ link: linked.link, decision: { verdict: 'pending' } });
    expect(isTouched(now!)).toBe(true);
    expect(replay(proposals, history(linked, { ...linked, link: null }))[0]).toEqual(before);
    expect(replay(proposals, history(linked, undo(10)))[0]).toEqual(before);
    expect(replay(proposals, history(linked, undo(10), undo(11)))[0]!.link).toEqual(linked.link);
    // A box that is fitted better is still the lesion that was linked.
    expect(replay(proposals, history(linked, edit))[0]!.link).toEqual(linked.link);
    expect(replay(proposals, history(refused, refused))[0]!.refusedLinks).toEqual(['p1']);
    expect(replay(proposals, history(refused, undo(10)))[0]).toEqual(before);
    // An adjudication takes a reader's link over, or their having none; events of before links were taken over leave it.
    const resolved = (as: { link?: null | typeof linked.link }): ReviewAction => ({
      type: 'resolved',
      findingId: 'f1',
      take: 'first',
      as: { verdict: 'accepted', reason: null, comment: '', place: proposals[0]!.place, ...as },
    });
    const linkOf = (...actions: ReviewAction[]) => replay(proposals, history(...actions))[0]!.link;
    expect(linkOf(resolved({ link: linked.link }))).toEqual(linked.link);
    expect(linkOf(linked, resolved({}))).toEqual(linked.link);
    expect(linkOf(linked, resolved({ link: null }))).toBeUndefined();
    expect(linkOf(linked, resolved({ link: null }), undo(11))).toEqual(linked.link);
  });

  it('redo takes undo back, in order, until something new is done', () => {
    const events = history(decide('f1', 'accepted'), reject);
    const full = replay(proposals, events);
    const step = (choose: () => ReviewEvent | null): boolean => {
      const last = choose();
      if (last)
        events.push({ ...last, seq: events.length + 10, action: undo(last.seq, last.action.findingId) });
      return last !== null;
    };
    const back = () => step(() => lastUndoable(replay(proposals, events), events));
    const forth = () => step(() => lastRedoable(replay(proposals, events), events));
    expect(forth()).toBe(false);
    expect([back(), back(), back()]).toEqual([true, true, false]);
    expect(effective(events)).toEqual([]);
    expect(forth()).toBe(true);
    expect(verdicts(replay(proposals, events))[0]).toBe('1 accepted');
    expect([forth(), forth()]).toEqual([true, false]);
    expect(replay(proposals, events)).toEqual(full);
    expect([back(), forth(), back()]).toEqual([true, true, true]);
    events.push({ ...events[0]!, seq: events.length + 10, action: decide('f3', 'uncertain') });
    expect(forth()).toBe(false);
    expect([back(), forth(), forth()]).toEqual([true, true, false]);
  });

  it('ignores events about findings that a newer result set replaced', () => {
    const events = history(decide('gone', 'accepted'), decide('f1', 'accepted'));
    expect(verdicts(replay([madeProposal(1)], events))).toEqual(['1 accepted']);
    expect(lastUndoable(replay([madeProposal(2)], events), events)).toBeNull();
  });

  it('redoes nothing of a finding that another result set replaced, until it is back', () => {
    const events = history(decide('f1', 'accepted'), undo(10, 'f1'));
    expect(lastRedoable(replay([madeProposal(2)], events), events)).toBeNull();
    expect(lastRedoable(replay([madeProposal(1)], events), events)).toMatchObject({ seq: 11 });
  });

  const shift = (events: ReviewEvent[], by: number): ReviewEvent[] =>
    events.map((e) => ({ ...e, seq: e.seq + by }));

  it('undoing everything, one by one, ends where it began (any history)', () => {
    const action = fc.oneof(
      fc.constantFrom<ReviewAction>(
        decide('f1', 'accepted'),
        decide('f2', 'uncertain'),
        decide('f1', 'pending'),
        reject,
        edit,
      ),
      fc
        .integer({ min: 1, max: 99 })
        .map((n): ReviewAction => ({ ...add, findingId: `a${n}`, number: 10 + n })),
      fc.string().map((comment): ReviewAction => ({ type: 'commented', findingId: 'f3', comment })),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const events = history(...actions);
        for (let left = actions.length; left > 0; left--) {
          const last = lastUndoable(replay(proposals, events), events);
          expect(last).not.toBeNull();
          const seq = events.length + 10;
          events.push({ ...last!, seq, action: undo(last!.seq, last!.action.findingId) });
          expect(replay(proposals, events)).toEqual(
            replay(proposals, history(...actions.slice(0, left - 1))),
          );
        }
        expect(lastUndoable(replay(proposals, events), events)).toBeNull();
        expect(effective(events)).toEqual([]);
      }),
    );
  });
});

describe('assertAllowed', () => {
  const findings = replay(proposals, history(add));
  const other: ReviewAction = { ...merge, from: ['f1', 'f9'] };
  const refusal = (action: ReviewAction, reviewer = 'Dr A'): string => {
    try {
      assertAllowed(findings, action, reviewer);
    } catch (error) {
      return error instanceof AppError ? `${error.code} ${error.details?.field ?? ''}`.trim() : String(error);
    }
    return 'allowed';
  };
  const px = { space: 'px' as const, boxPx: [0, 0, 1, 1] as const, frame: 0 };

  it.each<[string, ReviewAction, string, string?]>([
    ['an acceptance', decide('f1', 'accepted'), 'allowed'],
    ['a rejection with a reason', reject, 'allowed'],
    ['an addition', add, 'allowed'],
    ['nobody deciding', decide('f1', 'accepted'), 'request.invalid reviewer', '  '],
    ['a rejection without a reason', { ...reject, reason: null } as ReviewAction, 'request.invalid reason'],
    [
      'an acceptance with a reason',
      { ...decide('f1', 'accepted'), reason: 'other' } as ReviewAction,
      'request.invalid reason',
    ],
    ['an unknown finding', decide('f9', 'accepted'), 'not-found'],
    ['an added finding made pending', decide('a1', 'pending'), 'review.conflict'],
    ['a box moved into another space', { ...edit, place: px } as ReviewAction, 'review.conflict'],
    ['a merge', merge, 'allowed'],
    ['a merge with a finding that is gone', other, 'not-found'],
    ['a merge of one finding', { ...merge, from: ['f1'] } as ReviewAction, 'review.conflict'],
    ['a merge of a finding with itself', { ...merge, from: ['f1', 'f1'] } as ReviewAction, 'review.conflict'],
    ['a split', split, 'allowed'],
    ['deleting an own finding', { type: 'removed', findingId: 'a1' }, 'allowed'],
    ["deleting a network's finding", { type: 'removed', findingId: 'f1' }, 'review.conflict'],
    [
      'an empty box',
      { ...edit, place: { space: 'lps', boxLps: [1, 1, 1, 1, 2, 2] } } as ReviewAction,
      'request.invalid place',
    ],
    [
      'an empty added box',
      { ...add, place: { space: 'lps', boxLps: [1, 1, 1, 0, 2, 2] } } as ReviewAction,
      'request.invalid place',
    ],
  ])('%s', (_name, action, expected, reviewer) => {
    expect(refusal(action, reviewer)).toBe(expected);
  });
});

describe('study state', () => {
  const thresholds = new Map([['r', 0.5]]);
  const stateAfter = (detections: SeriesDetection[], ...actions: ReviewAction[]): string => {
    const findings = replay(proposals, history(...actions));
    return studyState(
      detections,
      findings.filter((f) => isRelevant(f, thresholds)),
    );
  };

  it('never reads as done while a series failed or is being read', () => {
    const all = [decide('f1', 'accepted'), reject];
    expect(stateAfter(['done', 'failed'], ...all)).toBe('failed');
    expect(stateAfter(['running', 'failed'], ...all)).toBe('detecting');
    expect(studyState(['failed'], [])).toBe('failed');
  });

  it('follows the review; findings below the operating point do not hold it up', () => {
    expect(stateAfter(['done'])).toBe('to-review');
    expect(stateAfter(['done'], decide('f1', 'accepted'))).toBe('in-review');
    expect(stateAfter(['done'], decide('f1', 'uncertain'), reject)).toBe('reviewed');
    expect(stateAfter(['done'], decide('f1', 'uncertain'), reject, decide('f1', 'pending'))).toBe(
      'in-review',
    );
  });

  it('tells "nothing ran" from "no model" from "nothing found"', () => {
    expect(studyState(['none'], [])).toBe('new');
    expect(studyState(['cancelled'], [])).toBe('new');
    expect(studyState(['no-model'], [])).toBe('no-model');
    expect(studyState(['done', 'no-model'], [])).toBe('to-review');
    expect(studyState(['done', 'not-analysable'], [])).toBe('not-analysable');
    expect(studyState(['no-model', 'not-analysable'], [])).toBe('not-analysable');
    expect(stateAfter(['done', 'not-analysable'])).toBe('to-review');
    expect(studyState([], [])).toBe('new');
  });

  it('a comment alone protects a finding from being replaced', () => {
    const findings = replay(proposals, history({ type: 'commented', findingId: 'f1', comment: 'look' }));
    expect(findings.map(isTouched)).toEqual([true, false, false]);
  });
});
