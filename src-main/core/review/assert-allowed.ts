import { AppError } from '../app-error';
import type { Finding, FindingPlace } from '../study/entities';
import { applyPatch, assertDescription } from './description';
import type { ReviewAction } from './events';

/**
 * Refuses what makes no sense before it is written.
 *
 * @throws AppError 'request.invalid' (no reviewer, no reason, a term that is not of its list), 'not-found', 'review.conflict'.
 */
export function assertAllowed(findings: readonly Finding[], action: ReviewAction, reviewer: string): void {
  assertNamedReader(reviewer);
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

/** @throws AppError 'request.invalid' */
export function assertNamedReader(reviewer: string): void {
  if (reviewer.trim() !== '') return;
  throw new AppError(
    'request.invalid',
    'A decision needs the name of who made it.',
    'Enter your name in the settings, then decide again.',
    { field: 'reviewer' },
  );
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
