import { AppError } from '../../core/app-error';
import { readingEventType, type ReadingAction } from '../../core/reading/events';
import { isReviewed } from '../../core/report/sections';
import { isDecided } from '../../core/review/review';
import type { EndpointOutput } from '../../contract/endpoints';
import type { Store } from '../../storage';
import type { SettingsService } from '../settings';
import { readStudy } from '../studies';
import type { StudySnapshot } from '../study-snapshot';
import type { Clock, ServiceHandlers } from '../types';
import type { Session } from './session';
import { assertUnsigned, contentHash, shownReading } from './signature';

type Preview = EndpointOutput<'sign.preview'>;

/** A report is its signer's from the signature on; what comes after is an addendum. */
export function createSigning(options: {
  store: Store;
  settings: SettingsService;
  session: Session;
  clock: Clock;
  studyChanged: (studyId: string) => void;
}): Pick<ServiceHandlers, 'sign.preview' | 'sign.sign' | 'sign.addendum'> {
  const { store, settings, session, clock, studyChanged } = options;

  const write = (studyId: string, action: ReadingAction): void => {
    const { user } = session;
    store.appendAudit({
      at: clock.now().toISOString(),
      type: readingEventType(action),
      studyId,
      payload: { reviewer: named(settings.get().reviewer), ...(user && { userId: user.userId }), action },
    });
  };

  return {
    'sign.preview': ({ studyId }) => preview(readStudy(store, studyId)),

    async 'sign.sign'({ studyId, passphrase, withFailed }) {
      named(settings.get().reviewer);
      await session.proveAgain(passphrase);
      const snapshot = store.transaction(() => {
        // After the wait for the passphrase: what is signed is what is there now.
        const now = readStudy(store, studyId);
        assertUnsigned(now);
        const { counts, failed, refusal } = preview(now);
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
        return readStudy(store, studyId);
      });
      studyChanged(studyId);
      return shownReading(snapshot);
    },

    async 'sign.addendum'({ studyId, passphrase, text }) {
      await session.proveAgain(passphrase);
      if (!readStudy(store, studyId).reading.signature) {
        throw new AppError(
          'review.conflict',
          'An addendum needs a signed report.',
          'Change the findings, then sign the report.',
        );
      }
      write(studyId, { type: 'addendum', text });
      studyChanged(studyId);
      return shownReading(readStudy(store, studyId));
    },
  };
}

function preview({ relevant, series }: StudySnapshot): Preview {
  const having = (verdict: string): number => relevant.filter((f) => f.decision.verdict === verdict).length;
  const counts = {
    accepted: relevant.filter(isReviewed).length,
    rejected: having('rejected'),
    uncertain: having('uncertain'),
    pending: relevant.filter((f) => !isDecided(f)).length,
  };
  const running = series.some((s) => s.detection === 'queued' || s.detection === 'running');
  const failed = series.filter((s) => s.detection === 'failed').length;
  return { counts, failed, refusal: refusalOf(counts.pending, running) };
}

/** A pending finding is never exported as accepted, so that nobody signs over one (RELIABILITY, "Also from the field"). */
function refusalOf(pending: number, running: boolean): string | null {
  if (running) return 'A detection is still under way in this study.';
  if (pending === 0) return null;
  return pending === 1 ? 'One finding is not decided yet.' : `${pending} findings are not decided yet.`;
}

/** @throws AppError 'request.invalid' */
function named(reviewer: string): string {
  if (reviewer.trim() !== '') return reviewer;
  throw new AppError(
    'request.invalid',
    'A signature needs the name of who signs.',
    'Enter your name in the settings, then sign again.',
    { field: 'reviewer' },
  );
}
