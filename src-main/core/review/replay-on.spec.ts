import fc from 'fast-check';
import { expect, it } from 'vitest';
import { madeProposal } from '../../../test-support/made-proposals';
import type { ReviewAction, ReviewEvent } from './events';
import { replayOn } from './replay-on';
import { replay, type ProposedFinding } from './review';

const found = (): readonly ProposedFinding[] =>
  Object.freeze([1, 2, 3, 4].map((n) => madeProposal(n, 1 - n / 10)));

// Some of what is done to is not there, or not any more: a superseded finding, one that was merged.
const findingId = fc.constantFrom('f1', 'f2', 'f3', 'f4', 'a1', 'a2', 'm', 'p1', 'gone');
const place = fc.integer({ min: 1, max: 4 }).map((n) => ({
  space: 'lps' as const,
  boxLps: [0, 0, 0, n, n, n] as [number, number, number, number, number, number],
}));
const own = { seriesId: 'e', number: 9, label: 'cyst' };
const action: fc.Arbitrary<ReviewAction> = fc.oneof(
  fc.record({
    type: fc.constant('decided' as const),
    findingId,
    verdict: fc.constantFrom('accepted' as const, 'uncertain' as const, 'pending' as const),
    reason: fc.constant(null),
  }),
  fc.record({ type: fc.constant('commented' as const), findingId, comment: fc.string() }),
  fc.record({ type: fc.constant('edited' as const), findingId, place }),
  fc.record({ type: fc.constant('outlined' as const), findingId, outline: fc.constant(null) }),
  fc.record({ type: fc.constant('removed' as const), findingId }),
  fc.record({ type: fc.constant('linked' as const), findingId, link: fc.constant(null) }),
  fc.record({ type: fc.constant('link-refused' as const), findingId, priorFindingId: fc.string() }),
  fc.record({
    type: fc.constant('added' as const),
    findingId: fc.constantFrom('a1', 'a2'),
    place,
    ...mapped(own),
  }),
  fc.record({
    type: fc.constant('merged' as const),
    findingId: fc.constant('m'),
    from: fc.uniqueArray(findingId, { minLength: 1, maxLength: 3 }),
    place,
    origin: fc.constant({ how: 'merged' as const, numbers: [1] }),
    ...mapped(own),
  }),
  fc.record({
    type: fc.constant('split' as const),
    findingId,
    seriesId: fc.constant('e'),
    label: fc.constant('cyst'),
    parts: place.map((where) => [
      { findingId: 'p1', number: 20, place: where },
      { findingId: 'p2', number: 21, place: where },
    ]),
    origin: fc.constant({ how: 'split' as const, numbers: [1] }),
  }),
  // Of any event, itself a taking back or not, or of none.
  fc.record({ type: fc.constant('undone' as const), findingId, undoneSeq: fc.integer({ min: 9, max: 40 }) }),
);

function mapped<T extends object>(value: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fc.constant(v)])) as never;
}

const eventsOf = (actions: readonly ReviewAction[], from = 10): ReviewEvent[] =>
  actions.map((what, n) =>
    Object.freeze({
      seq: from + n,
      studyId: 's',
      at: `2026-01-01T00:00:${String(n).padStart(2, '0')}.000Z`,
      reviewer: n % 3 === 0 ? 'Dr B' : 'Dr A',
      action: what,
    }),
  );

it('gives what a replay of the whole gives, however a history goes on, comes back or goes another way', () => {
  const steps = fc.array(
    fc.record({
      /** So many are dropped first, as when a transaction is rolled back. */
      back: fc.constantFrom(0, 0, 0, 0, 1, 3),
      more: fc.array(action, { maxLength: 4 }),
      /** The events are read anew: alike, but other objects. */
      readAnew: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 12 },
  );
  let gone = 0;
  fc.assert(
    fc.property(steps, (all) => {
      const proposed = found();
      let events: ReviewEvent[] = [];
      for (const { back, more, readAnew } of all) {
        const stays = events.slice(0, Math.max(0, events.length - back));
        events = [...stays, ...eventsOf(more, 10 + stays.length)];
        if (readAnew) events = events.map((event) => Object.freeze({ ...event }));
        expect(replayOn(proposed, events)).toEqual(replay(found(), events));
        gone += more.length;
      }
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(gone).toBeGreaterThan(2000);
});

it('goes on from nothing that failed half way', () => {
  const proposed = found();
  const [first, second] = eventsOf([
    { type: 'decided', findingId: 'f1', verdict: 'accepted', reason: null },
    { type: 'commented', findingId: 'f2', comment: 'seen' },
  ]) as [ReviewEvent, ReviewEvent];
  replayOn(proposed, [first]);
  const broken = { ...second, seq: 12, action: { type: 'merged', findingId: 'm' } } as unknown as ReviewEvent;
  expect(() => replayOn(proposed, [first, second, broken])).toThrow();
  expect(replayOn(proposed, [first, second])).toEqual(replay(found(), [first, second]));
});
