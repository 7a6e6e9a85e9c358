import type { Finding, Job, SeriesSummary } from '../../../src-main/contract/entities';
import type { PriorStudy } from '../../../src-main/contract/priors';
import { fittingPrior } from '../../../src-main/core/hanging/fitting-prior';
import type { RigidTransform } from '../../../src-main/core/registration/rigid-transform';
import { proposeLinks, type ProposedLink } from '../../../src-main/core/review/propose-links';
import { invoke, listen } from '../api/client';
import { app } from '../state/app.svelte';
import type { ReviewState } from '../state/review.svelte';

type Registration = Extract<NonNullable<Job['result']>, { kind: 'registration' }>['registration'];

/** Earlier examinations of the patient whose study is under review, and the one that hangs beside it. */
export class Priors {
  list = $state.raw<readonly PriorStudy[]>([]);
  loaded = $state(false);
  chosenId = $state<string | null>(null);
  /** By the pair of series; absent: not looked for, or it failed. */
  private registrations = $state.raw<Readonly<Record<string, Registration>>>({});
  /** The pair that is being registered. */
  registering = $state<string | null>(null);
  private closed = false;
  private readonly stopListening: () => void;

  constructor(readonly review: ReviewState) {
    this.stopListening = listen('study.changed', ({ studyId }) => {
      if (this.list.some((prior) => prior.studyId === studyId)) void this.load();
    });
  }

  readonly chosen = $derived<PriorStudy | null>(
    this.list.find((prior) => prior.studyId === this.chosenId) ?? null,
  );
  /** Of the chosen study the series that hangs beside the one that is read. */
  readonly series = $derived.by<SeriesSummary | null>(() => {
    const { chosen, review } = this;
    return chosen && review.series ? fittingPrior(review.series, chosen.series) : null;
  });
  private readonly pair = $derived.by<string | null>(() => {
    const [now, then] = [this.review.series, this.series];
    return now && then ? `${now.seriesId} ${then.seriesId}` : null;
  });
  readonly registration = $derived<Registration | null>(
    this.pair === null ? null : (this.registrations[this.pair] ?? null),
  );
  /** From the series that is read to the one beside; null: not known, or they do not fit. */
  readonly transform = $derived<RigidTransform | null>(
    this.registration?.fits ? this.registration.transform : null,
  );
  readonly job = $derived(
    app.running.find((job) => job.kind === 'registration' && job.studyId === this.review.studyId) ?? null,
  );
  private readonly proposals = $derived.by<readonly ProposedLink[]>(() => {
    const { transform, series, chosen, review } = this;
    if (!transform || !series || !chosen) return [];
    const now = review.findings.filter(
      (f) => f.seriesId === review.seriesId && f.decision.verdict !== 'rejected',
    );
    const then = chosen.findings.filter((f) => f.seriesId === series.seriesId);
    return proposeLinks(now, then, transform);
  });

  proposalFor(findingId: string): ProposedLink | null {
    return this.proposals.find((p) => p.findingId === findingId) ?? null;
  }

  /** Confirmed lesions of the earlier examination that a finding may be. */
  choices(finding: Finding): readonly Finding[] {
    return (this.chosen?.findings ?? []).filter((f) => f.place.space === finding.place.space);
  }

  async load(): Promise<void> {
    await app.attempt(async () => {
      const list = await invoke('priors.list', { studyId: this.review.studyId });
      if (this.closed) return;
      this.list = list;
      this.loaded = true;
      if (this.chosenId !== null && !this.chosen) this.chosenId = null;
    });
  }

  close(): void {
    this.closed = true;
    this.stopListening();
    if (this.job) void invoke('jobs.cancel', { jobId: this.job.jobId }).catch(() => undefined);
  }

  async cancel(jobId: string): Promise<void> {
    await app.attempt(() => invoke('jobs.cancel', { jobId }));
  }

  /** Hangs an examination beside, or takes it away. */
  choose(studyId: string | null): void {
    this.chosenId = studyId;
  }

  /** The newest beside, or none. */
  toggle(): void {
    this.choose(this.chosenId === null ? (this.list[0]?.studyId ?? null) : null);
  }

  /** The one before it; after the oldest the newest. */
  older(): void {
    const at = this.list.findIndex((prior) => prior.studyId === this.chosenId);
    this.choose(this.list[(at + 1) % this.list.length]?.studyId ?? null);
  }

  /** Looks for how the volume that is read lies to the one beside, once a pair. */
  async register(): Promise<void> {
    const { pair, series, review } = this;
    const current = review.series;
    if (!pair || !series || !current || this.registering === pair || pair in this.registrations) return;
    if (current.pixels.kind !== 'volume' || !current.analysable || !series.analysable) return;
    this.registering = pair;
    await app.attempt(async () => {
      const { studyId } = review;
      const job = await app.finished(() =>
        invoke('priors.register', {
          studyId,
          seriesId: current.seriesId,
          priorSeriesId: series.seriesId,
        }),
      );
      if (this.closed || job.result?.kind !== 'registration') return;
      this.registrations = { ...this.registrations, [pair]: job.result.registration };
    });
    if (this.registering === pair) this.registering = null;
  }
}
