import { AppError } from '../core/app-error';
import type { Registration } from '../core/registration/rigid-registration';
import { distanceAfter } from '../core/review/propose-links';
import type { Finding } from '../core/study/entities';
import type { Engine } from '../contract/engine-protocol';
import type { SeriesRow, Store } from '../storage';
import type { JobContext, Jobs } from './jobs';
import { mutable } from './mutable';
import type { Views } from './people/view';
import { confirmedFindings, priorStudies } from './prior-studies';
import { RecentMap } from './recent-map';
import { readSeries, seriesSummary, summarise } from './studies';
import type { ServiceHandlers } from './types';

interface Options {
  store: Store;
  engine: Engine;
  jobs: Jobs;
  views: Views;
}

/** Pairs of series whose registration is remembered while the program runs; each takes some 200 bytes. */
const keptRegistrations = 200;

/** Earlier studies of a patient, and how their volumes lie to the current ones. */
export class Priors {
  private readonly registrations = new RecentMap<string, Registration>(keptRegistrations);

  constructor(private readonly options: Options) {}

  /** mm between the centres of two findings, where their series were registered and fit; else null. */
  distanceOf(finding: Finding, prior: Finding): number | null {
    const known = this.registrations.get(`${finding.seriesId} ${prior.seriesId}`);
    return known?.fits ? distanceAfter(known.transform, finding, prior) : null;
  }

  handlers(): Pick<ServiceHandlers, 'priors.list' | 'priors.register'> {
    const { jobs } = this.options;
    return {
      'priors.list': ({ studyId }) =>
        priorStudies(this.options, studyId).map((prior) => {
          const { description, modalities, state, studyDate } = summarise(prior, []);
          return {
            studyId: prior.study.studyId,
            studyDate,
            description,
            modalities,
            state,
            series: prior.series.map(seriesSummary),
            findings: mutable(confirmedFindings(prior)),
          };
        }),

      'priors.register': ({ studyId, seriesId, priorSeriesId }) => {
        const { fixed, moving } = this.pair(studyId, seriesId, priorSeriesId);
        const jobId = jobs.start({
          kind: 'registration',
          title: 'Registration with the earlier examination',
          studyId,
          run: (context) => this.register(fixed, moving, context),
        });
        return { jobId };
      },
    };
  }

  private async register(
    fixed: SeriesRow,
    moving: SeriesRow,
    { signal, progress }: JobContext,
  ): Promise<{ kind: 'registration'; registration: ReturnType<typeof mutable<Registration>> }> {
    const key = `${fixed.seriesId} ${moving.seriesId}`;
    const known = this.registrations.get(key);
    const registration =
      known ??
      (await this.options.engine.call(
        'register',
        { fixed: mutable(fixed.scanned), moving: mutable(moving.scanned) },
        { signal, onProgress: progress },
      ));
    this.registrations.set(key, registration);
    return { kind: 'registration', registration: mutable(registration) };
  }

  /** @throws AppError 'not-found', 'request.invalid' where they are no volumes of a study and an earlier one */
  private pair(studyId: string, seriesId: string, priorSeriesId: string) {
    const { store } = this.options;
    const [fixed, moving] = [readSeries(store, seriesId), readSeries(store, priorSeriesId)];
    const volumes = [fixed, moving].every((row) => row.scanned.pixels.kind === 'volume');
    const earlier = priorStudies(this.options, studyId).some((p) => p.study.studyId === moving.studyId);
    if (fixed.studyId === studyId && volumes && earlier) return { fixed, moving };
    throw new AppError(
      'request.invalid',
      'These are not volumes of a study and of an earlier one of the same patient.',
      'Choose a study that is listed as earlier.',
      { field: 'priorSeriesId' },
    );
  }
}
