import type { z } from 'zod';
import type { descriptionChange } from '../contract/description';
import { AppError } from '../core/app-error';
import { guidelineIds, type GuidelineId } from '../core/guidelines';
import { answerOf, guidelinesFor, type FindingContext } from '../core/guidelines/for-finding';
import { applyPatch, type Assessment, type DescriptionPatch } from '../core/review/description';
import { termSetFor } from '../core/review/description-terms';
import type { ReviewAction } from '../core/review/events';
import { isReviewed } from '../core/report/sections';
import type { StudySnapshot } from './study-snapshot';

/**
 * The event of a change of a description. What the guideline suggests for a category that the reader chose is found out
 * here, of the finding as it will be, and kept with the choice: a window cannot say that it agreed.
 *
 * @throws AppError 'not-found'; 'request.invalid' for a guideline of another kind of image.
 */
export function describedAction(
  { study, series, findings }: StudySnapshot,
  findingId: string,
  change: z.output<typeof descriptionChange>,
): ReviewAction {
  const finding = findings.find((f) => f.findingId === findingId);
  const of = series.find((s) => s.seriesId === finding?.seriesId);
  if (!finding || !of)
    throw new AppError(
      'not-found',
      'This finding is no longer in the study.',
      'A newer detection may have replaced it. Reload the study.',
    );
  const { categories = {}, ...rest } = change;
  const set = termSetFor(of.scanned);
  const by = { describedBy: '', describedAt: '' };
  const after = { ...finding, description: applyPatch(finding.description, set, rest, by) };
  const others = findings.filter(
    (f) => f.seriesId === finding.seriesId && f.findingId !== findingId && isReviewed(f),
  );
  const context = {
    finding: after,
    series: of.scanned,
    birthDate: study.patient.birthDate,
    studyDate: study.studyDate,
    others,
  };
  const assessments: Partial<Record<GuidelineId, Assessment | null>> = {};
  for (const id of guidelineIds) {
    const category = categories[id];
    if (category === undefined) continue;
    if (category !== null && !guidelinesFor(context).includes(id))
      throw new AppError(
        'request.invalid',
        'This guideline is not for such a finding.',
        'Choose a category of the guideline that is shown.',
        { field: `assessments.${id}` },
      );
    assessments[id] = category === null ? null : assessmentOf(id, category, context);
  }
  const patch: DescriptionPatch = {
    ...rest,
    ...(Object.keys(assessments).length > 0 && { assessments }),
  };
  return { type: 'described', findingId, set, patch };
}

function assessmentOf(id: GuidelineId, category: string, context: FindingContext): Assessment {
  const { outcome } = answerOf(id, context);
  const [suggested, rule] =
    outcome.status === 'suggested' ? [outcome.category, outcome.rule.id] : [null, null];
  return { category, suggested, rule };
}
