import { AppError } from '../core/app-error';
import { isReviewed } from '../core/report/sections';
import { measuredLesion } from '../core/review/measured-lesion';
import { daysBetween } from '../core/review/lesion-change';
import type { Finding, LesionLink, Patient } from '../core/study/entities';
import { samePatient } from '../core/study/patient-identity';
import type { Store, StudyRow } from '../storage';
import type { StudyView, Views } from './people/view';
import { readStudy } from './studies';

interface Options {
  store: Store;
  views: Views;
}

/** A name alone, or a birth date that many share, names nobody (RELIABILITY W2). */
const isIdentified = ({ id, name, birthDate }: Patient): boolean =>
  id.trim() !== '' || (name.trim() !== '' && birthDate.trim() !== '');

const isEarlier = (prior: StudyRow, study: StudyRow): boolean =>
  (daysBetween(prior.studyDate, study.studyDate) ?? 0) > 0;

const isPriorOf = (prior: StudyRow, study: StudyRow): boolean =>
  prior.studyId !== study.studyId &&
  isIdentified(study.patient) &&
  samePatient(prior.patient, study.patient) &&
  isEarlier(prior, study);

/** Earlier studies of the same patient as this reader may see them, the newest first. */
export function priorStudies({ store, views }: Options, studyId: string): StudyView[] {
  const { study } = readStudy(store, studyId);
  return store
    .listStudies()
    .filter((other) => isPriorOf(other, study))
    .sort((a, b) => (a.studyDate < b.studyDate ? 1 : a.studyDate > b.studyDate ? -1 : 0))
    .map((other) => views.of(readStudy(store, other.studyId)));
}

/** The lesions that its readers confirmed. */
export const confirmedFindings = ({ findings }: Pick<StudyView, 'findings'>): Finding[] =>
  findings.filter(isReviewed);

/**
 * A lesion of an earlier study, and what it was at each date.
 *
 * @throws AppError 'not-found', 'review.conflict' where it is no earlier study of the same patient
 */
export function priorLesion(
  { store, views }: Options,
  studyId: string,
  priorStudyId: string,
  priorFindingId: string,
): { finding: Finding; link: Pick<LesionLink, 'history'> } {
  const prior = views.of(readStudy(store, priorStudyId));
  if (!isPriorOf(prior.study, readStudy(store, studyId).study)) {
    throw new AppError(
      'review.conflict',
      'This is no earlier study of the same patient.',
      'Choose a study that is listed as earlier.',
    );
  }
  const finding = confirmedFindings(prior).find((f) => f.findingId === priorFindingId);
  const series = prior.series.find((s) => s.seriesId === finding?.seriesId);
  if (!finding || !series) {
    throw new AppError(
      'not-found',
      'This lesion is no longer confirmed in the earlier study.',
      'Choose another one.',
    );
  }
  const { studyInstanceUid, studyDate } = prior.study;
  const dated = {
    studyId: priorStudyId,
    studyInstanceUid,
    studyDate,
    findingId: finding.findingId,
    number: finding.number,
    measurement: measuredLesion(finding, series.scanned),
  };
  return {
    finding,
    link: { history: [dated, ...(finding.link?.history ?? [])] },
  };
}
