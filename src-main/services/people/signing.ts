import { AppError } from '../../core/app-error';
import type { ReadingAction } from '../../core/reading/events';
import { isReviewed } from '../../core/report/sections';
import { mayAdjudicate, mayChange } from '../../core/reading/double-reading';
import { isDecided } from '../../core/review/review';
import type { EndpointOutput } from '../../contract/endpoints';
import type { Store, UserRow } from '../../storage';
import type { SettingsService } from '../settings';
import { readStudy } from '../studies';
import type { ServiceHandlers } from '../types';
import { assertNamed } from './reading-writer';
import type { Session } from './session';
import { shownReading } from './shown-reading';
import { assertUnsigned, contentHash } from './signature';
import type { StudyView, Views } from './view';

type Preview = EndpointOutput<'sign.preview'>;

/** A report is its signer's from the signature on; what comes after is an addendum. */
export function createSigning(options: {
  store: Store;
  settings: SettingsService;
  session: Session;
  views: Views;
  write: (studyId: string, action: ReadingAction) => void;
  studyChanged: (studyId: string) => void;
}): Pick<ServiceHandlers, 'sign.preview' | 'sign.sign' | 'sign.addendum'> {
  const { store, settings, session, views, write, studyChanged } = options;

  /** Why who asks may not sign now; null: they may. */
  const refused = (now: StudyView): string | null => refusalOfTwo(now, session.user) ?? refusalOf(now);

  const view = (studyId: string): StudyView => views.of(readStudy(store, studyId));

  return {
    'sign.preview'({ studyId }) {
      const now = view(studyId);
      return { ...preview(now), refusal: refused(now) };
    },

    async 'sign.sign'({ studyId, passphrase, withFailed }) {
      assertNamed(settings.get().reviewer);
      await session.proveAgain(passphrase);
      const snapshot = store.transaction(() => {
        // After the wait for the passphrase: what is signed is what is there now.
        const now = view(studyId);
        assertUnsigned(now);
        const { counts, failed } = preview(now);
        const refusal = refused(now);
        if (refusal !== null) throw new AppError('review.conflict', refusal, 'Then sign again.');
        if (failed > 0 && !withFailed) {
          throw new AppError(
            'review.conflict',
            'The detection failed on a series: the report says nothing of lesions in it.',
            'Start the detection again, or say that you sign without it.',
            { field: 'withFailed' },
          );
        }
        const { pending: _none, ...decided } = counts;
        write(studyId, { type: 'signed', sha256: contentHash(now), counts: decided });
        return view(studyId);
      });
      studyChanged(studyId);
      return shownReading(snapshot, views);
    },

    async 'sign.addendum'({ studyId, passphrase, text }) {
      await session.proveAgain(passphrase);
      if (!view(studyId).reading.signature) {
        throw new AppError(
          'review.conflict',
          'An addendum needs a signed report.',
          'Change the findings, then sign the report.',
        );
      }
      write(studyId, { type: 'addendum', text });
      studyChanged(studyId);
      return shownReading(view(studyId), views);
    },
  };
}

function preview({ relevant, series }: StudyView): Omit<Preview, 'refusal'> {
  const having = (verdict: string): number => relevant.filter((f) => f.decision.verdict === verdict).length;
  const counts = {
    accepted: relevant.filter(isReviewed).length,
    rejected: having('rejected'),
    uncertain: having('uncertain'),
    pending: relevant.filter((f) => !isDecided(f)).length,
  };
  const failed = series.filter((s) => s.detection === 'failed').length;
  return { counts, failed };
}

/** A pending finding is never exported as accepted, so that nobody signs over one (RELIABILITY, "Also from the field"). */
export function refusalOf({ relevant, series, lockedAway, mode }: StudyView): string | null {
  const pending = relevant.filter((f) => !isDecided(f)).length;
  if (lockedAway && mode === 'on-request') return 'The marks of the network were not asked for yet.';
  if (lockedAway) return 'The unaided read is not marked as done.';
  if (series.some((s) => s.detection === 'queued' || s.detection === 'running'))
    return 'A detection is still under way in this study.';
  if (pending === 0) return null;
  return pending === 1 ? 'One finding is not decided yet.' : `${pending} findings are not decided yet.`;
}

/** Of a study that two read: who signs is who adjudicated, or where both agree one of them. */
function refusalOfTwo({ double }: StudyView, user: UserRow | null): string | null {
  if (!double) return null;
  const { state, phase, agreement } = double;
  if (phase === 'reading') return 'Two readers read this study blind, and are not both done.';
  if (phase === 'adjudicating') return mayChange(state, user) ? null : 'Others adjudicate this study.';
  if (agreement!.items.some((item) => item.disagreed))
    return 'Where the two readers differ nobody has said yet who is right.';
  return mayAdjudicate(state, user) ? null : 'Only the readers of this study, or an adjudicator, sign it.';
}
