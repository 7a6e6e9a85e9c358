import { AppError } from '../core/app-error';
import { numbersGiven, reviewEventType, type ReviewAction, type ReviewEvent } from '../core/review/events';
import { halves, placeAround } from '../core/review/merge-boxes';
import { assertAllowed } from '../core/review/assert-allowed';
import { lastRedoable, lastUndoable } from '../core/review/review';
import type { Finding as Located } from '../core/study/entities';
import type { Finding } from '../contract/entities';
import type { Engine } from '../contract/engine-protocol';
import type { Store } from '../storage';
import { describedAction } from './describe';
import { mutable } from './mutable';
import { resolvedAs } from '../core/review/final-findings';
import { assertMayChange } from './people/double-reading';
import { assertUnsigned } from './people/signature';
import type { Session } from './people/session';
import type { StudyView, Views } from './people/view';
import { priorLesion } from './prior-studies';
import { readSeries, readStudy } from './studies';
import type { StudySnapshot } from './study-snapshot';
import { cancelOutline, outlineFinding, suggestFinding } from './outline';
import type { ActiveModels } from './model-family';
import type { SettingsService } from './settings';
import type { Clock, ServiceHandlers } from './types';

export interface ReviewOptions {
  store: Store;
  engine: Engine;
  activeModels: () => ActiveModels;
  settings: SettingsService;
  session: Session;
  views: Views;
  clock: Clock;
  newId: () => string;
  studyChanged: (studyId: string) => void;
  /** mm between a finding and one of an earlier study, where their series were registered. */
  distanceOf: (finding: Located, prior: Located) => number | null;
}

type ReviewEndpoint =
  | 'review.decide'
  | 'review.comment'
  | 'review.describe'
  | 'review.add'
  | 'review.edit'
  | 'review.remove'
  | 'review.merge'
  | 'review.split'
  | 'review.outline'
  | 'review.clearOutline'
  | 'review.cancelOutline'
  | 'review.suggest'
  | 'review.link'
  | 'review.unlink'
  | 'review.refuseLink'
  | 'review.undo'
  | 'review.redo'
  | 'double.resolve';

/** Above those of the network, which would tell how many it found. */
const numbersOfUnaided = 1000;

/** What readers say about findings. Every action is on disk before the answer. */
export function createReview(options: ReviewOptions): Pick<ServiceHandlers, ReviewEndpoint> {
  const { store, settings, session, views, clock, newId, studyChanged } = options;

  const view = (studyId: string): StudyView => views.of(readStudy(store, studyId));

  /** @throws AppError 'review.signed'; where two read it 'session.forbidden', 'review.conflict' */
  const openStudy = (studyId: string): StudyView => {
    const snapshot = view(studyId);
    assertUnsigned(snapshot);
    assertMayChange(snapshot, session.user);
    return snapshot;
  };

  const write = (study: StudyView, action: ReviewAction): void => {
    const { reviewer } = settings.get();
    const { mode, reading, lockedAway } = study;
    const { studyId } = study.study;
    const told = reading.mode !== null && mode !== 'concurrent';
    const shown = reading.revealed.some((r) => r.reader === views.reader);
    store.appendAudit({
      at: clock.now().toISOString(),
      type: reviewEventType(action),
      studyId,
      payload: {
        reviewer,
        ...(session.user && { userId: session.user.userId }),
        ...((told || lockedAway) && { phase: shown ? 'aided' : 'unaided' }),
        action,
      },
    });
  };

  /** @returns the findings that the study has then */
  const record = (studyId: string, action: ReviewAction): Finding[] => {
    const after = store.transaction(() => {
      const before = openStudy(studyId);
      assertAllowed(before.findings, action, settings.get().reviewer);
      write(before, action);
      return view(studyId).findings;
    });
    studyChanged(studyId);
    return mutable(after);
  };

  const perform = (studyId: string, action: ReviewAction): Finding => {
    const after = record(studyId, action).find((f) => f.findingId === action.findingId);
    if (!after) throw new AppError('review.conflict', 'The finding is gone.', 'Reload the study.');
    return after;
  };

  /** Also past findings that were undone or replaced: a number said out loud is never given twice. */
  const nextNumber = (studyId: string): number => {
    const { findings, events, lockedAway } = view(studyId);
    return (
      Math.max(
        lockedAway ? numbersOfUnaided : 0,
        ...findings.map((f) => f.number),
        ...events.flatMap(({ action }) => numbersGiven(action)),
      ) + 1
    );
  };

  /** @throws AppError 'not-found' */
  const findingsOf = (studyId: string, findingIds: readonly string[]): StudySnapshot['findings'] => {
    const { findings } = view(studyId);
    return findingIds.map((findingId) => {
      const finding = findings.find((f) => f.findingId === findingId);
      if (finding) return finding;
      throw new AppError('not-found', 'This finding is no longer in the study.', 'Reload the study.');
    });
  };

  /** Takes back an event, if there is one to take back. */
  const takeBack = (
    studyId: string,
    choose: (study: StudyView) => ReviewEvent | null,
  ): { findingId: string } | null => {
    const undone = store.transaction(() => {
      const study = openStudy(studyId);
      const last = choose(study);
      if (!last) return null;
      const { findingId } = last.action;
      const action: ReviewAction = { type: 'undone', findingId, undoneSeq: last.seq };
      assertAllowed(study.findings, action, settings.get().reviewer);
      write(study, action);
      return { findingId };
    });
    if (undone) studyChanged(studyId);
    return undone;
  };

  return {
    'review.decide': ({ studyId, findingId, verdict, reason }) =>
      perform(studyId, { type: 'decided', findingId, verdict, reason }),

    'review.comment': ({ studyId, findingId, comment }) =>
      perform(studyId, { type: 'commented', findingId, comment }),

    'review.describe': ({ studyId, findingId, change }) =>
      perform(studyId, describedAction(view(studyId), findingId, change)),

    'review.edit': ({ studyId, findingId, place }) => perform(studyId, { type: 'edited', findingId, place }),

    'review.add'({ studyId, seriesId, label, place, origin }) {
      const series = readSeries(store, seriesId);
      const volume = series.scanned.pixels.kind === 'volume';
      const frames = series.scanned.pixels.kind === 'image' ? series.scanned.pixels.frames : 0;
      if (
        series.studyId !== studyId ||
        volume !== (place.space === 'lps') ||
        (place.space === 'px' && place.frame >= frames)
      ) {
        throw new AppError(
          'request.invalid',
          'This box does not lie in the series it was drawn in.',
          'Reload the study and draw the box again.',
          { field: 'place' },
        );
      }
      const number = nextNumber(studyId);
      return perform(studyId, {
        type: 'added',
        findingId: newId(),
        seriesId,
        number,
        label,
        place,
        ...(origin && { origin }),
      });
    },

    'review.remove'({ studyId, findingId }) {
      record(studyId, { type: 'removed', findingId });
    },

    'review.merge'({ studyId, findingIds }) {
      const merged = findingsOf(studyId, findingIds);
      const [first] = merged;
      const together = merged.every(
        ({ place }) =>
          place.space === first!.place.space &&
          (place.space === 'lps' || (first!.place.space === 'px' && place.frame === first!.place.frame)),
      );
      return perform(studyId, {
        type: 'merged',
        findingId: newId(),
        from: findingIds,
        seriesId: first!.seriesId,
        number: nextNumber(studyId),
        label: first!.label,
        // Findings of different pictures are refused before anything is written.
        place: together ? placeAround(merged.map((f) => f.place)) : first!.place,
        origin: { how: 'merged', numbers: merged.map((f) => f.number) },
      });
    },

    'review.split'({ studyId, findingId }) {
      const [finding] = findingsOf(studyId, [findingId]);
      const number = nextNumber(studyId);
      const parts = halves(finding!.place).map((place, n) => ({
        findingId: newId(),
        number: number + n,
        place,
      }));
      const after = record(studyId, {
        type: 'split',
        findingId,
        seriesId: finding!.seriesId,
        label: finding!.label,
        parts,
        origin: { how: 'split', numbers: [finding!.number] },
      });
      return parts.map((part) => after.find((f) => f.findingId === part.findingId)!);
    },

    async 'review.outline'({ studyId, findingId, mask }) {
      const { findings } = openStudy(studyId);
      const before = findings.find((f) => f.findingId === findingId);
      const outline = await outlineFinding(options, view(studyId), findingId, mask);
      const now = openStudy(studyId).findings.find((f) => f.findingId === findingId);
      if (JSON.stringify(now?.place) !== JSON.stringify(before?.place)) {
        throw new AppError('review.conflict', 'The box was changed meanwhile.', 'Ask for the outline again.');
      }
      return perform(studyId, {
        type: 'outlined',
        findingId,
        outline: { ...outline, by: mask ? 'brush' : 'computed' },
      });
    },

    'review.clearOutline': ({ studyId, findingId }) =>
      perform(studyId, { type: 'outlined', findingId, outline: null }),

    'review.cancelOutline': ({ studyId }) => cancelOutline(studyId),

    'review.suggest'(request) {
      const study = openStudy(request.studyId);
      return suggestFinding(options, request, study, !study.lockedAway);
    },

    'review.link'({ studyId, findingId, priorStudyId, priorFindingId }) {
      const [finding] = findingsOf(studyId, [findingId]);
      const prior = priorLesion({ store, views }, studyId, priorStudyId, priorFindingId);
      const link = { ...prior.link, distanceMm: options.distanceOf(finding!, prior.finding) };
      return perform(studyId, { type: 'linked', findingId, link });
    },

    'review.unlink': ({ studyId, findingId }) => perform(studyId, { type: 'linked', findingId, link: null }),

    'review.refuseLink': ({ studyId, findingId, priorFindingId }) =>
      perform(studyId, { type: 'link-refused', findingId, priorFindingId }),

    'review.undo': ({ studyId }) =>
      takeBack(studyId, ({ findings, events }) => lastUndoable(findings, events)),

    'double.resolve'({ studyId, findingId, take }) {
      const { double, findings } = openStudy(studyId);
      const item = double?.agreement?.items.find((i) => i.findingId === findingId && i.disagreed);
      const now = findings.find((f) => f.findingId === findingId);
      if (!item || !now)
        throw new AppError(
          'not-found',
          'The two readers do not differ about this finding.',
          'Open the study again.',
        );
      return perform(studyId, { type: 'resolved', findingId, take, as: resolvedAs(item, take, now) });
    },

    'review.redo': ({ studyId }) =>
      takeBack(studyId, ({ findings, events }) => lastRedoable(findings, events)),
  };
}
