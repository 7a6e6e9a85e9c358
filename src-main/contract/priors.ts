import { z } from 'zod';
import { finding, id, modality, seriesSummary, studyState } from './entities';

/** An earlier study of the same patient, and the lesions that its readers confirmed. */
export const priorStudy = z.object({
  studyId: id,
  /** YYYYMMDD. */
  studyDate: z.string(),
  description: z.string(),
  modalities: z.array(modality),
  state: studyState,
  series: z.array(seriesSummary),
  /** Accepted, corrected or added. */
  findings: z.array(finding),
});
export type PriorStudy = z.infer<typeof priorStudy>;

const ofFinding = z.object({ studyId: id, findingId: id });

export const priorsEndpoints = {
  /** Earlier studies of the same patient, the newest first; one that shares no more than a name is none of them. */
  'priors.list': { input: z.object({ studyId: id }), output: z.array(priorStudy) },
  /** Looks for the movement from a volume to one of an earlier study: the job's result. */
  'priors.register': {
    input: z.object({ studyId: id, seriesId: id, priorSeriesId: id }),
    output: z.object({ jobId: id }),
  },
  /** The finding is this lesion of an earlier study (and those that one is linked to). */
  'review.link': {
    input: ofFinding.extend({ priorStudyId: id, priorFindingId: id }),
    output: finding,
  },
  'review.unlink': { input: ofFinding, output: finding },
  /** It is another lesion: not proposed again. */
  'review.refuseLink': { input: ofFinding.extend({ priorFindingId: id }), output: finding },
} as const;
