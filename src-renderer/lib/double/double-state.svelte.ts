import { SvelteSet } from 'svelte/reactivity';
import type { ShownAgreement } from '../../../src-main/contract/double-reading';
import type { Finding, StudyDetail } from '../../../src-main/contract/entities';
import type { StudyReading } from '../../../src-main/contract/people';
import { invoke } from '../api/client';
import { app } from '../state/app.svelte';
import type { Ghost } from '../viewer/ghost';

export type AgreementItem = ShownAgreement['items'][number];
type Side = 'first' | 'second';

/** Of the open study, what is needed here. */
interface OpenStudy {
  readonly studyId: string;
  readonly detail: StudyDetail | null;
  readonly selectedId: string | null;
  readonly saving: boolean;
  readonly isClosed: boolean;
  readonly tools: { flush(): Promise<void> };
  load(): Promise<void>;
  selectNextOpen(): void;
  decideBy(say: () => Promise<Finding>): Promise<void>;
}

/** Of a study that two read: how far it is, and once both are done what each said. */
export class DoubleState {
  agreement = $state.raw<ShownAgreement | null>(null);
  /** The comparison stands in place of the list of findings. */
  panelShown = $state(false);
  asksConsensus = $state(false);

  constructor(private readonly review: OpenStudy) {}

  readonly reading = $derived.by<NonNullable<StudyReading['double']> | null>(
    () => this.review.detail?.reading.double ?? null,
  );
  readonly self = $derived(this.reading?.readers.find((reader) => reader.self) ?? null);
  readonly other = $derived(this.reading?.readers.find((reader) => !reader.self) ?? null);
  /** Who reads it blind, and is not done. */
  readonly isReading = $derived(this.reading?.phase === 'reading' && this.self?.finished === false);
  /** Nothing may be changed now by who looks. */
  readonly frozen = $derived(this.reading !== null && !this.reading.mayChange);
  readonly items = $derived<readonly AgreementItem[]>(this.agreement?.items ?? []);
  readonly disagreements = $derived(this.items.filter((item) => item.disagreed));
  readonly openCount = $derived(this.disagreements.filter((item) => item.resolved === null).length);
  readonly told = $derived<ReadonlySet<string>>(new SvelteSet(this.items.map((item) => item.findingId)));
  readonly selected = $derived<AgreementItem | null>(
    this.items.find((item) => item.findingId === this.review.selectedId) ?? null,
  );
  /** The selected finding is one that the readers differ about, and who looks may say who is right. */
  readonly mayResolve = $derived.by(
    () =>
      this.selected?.disagreed === true &&
      this.reading?.phase === 'adjudicating' &&
      this.reading.mayChange &&
      !this.review.saving,
  );

  /** Of the disagreement that is looked at, the box of each reader that marked something there. */
  readonly ghosts = $derived.by<readonly Ghost[]>(() => {
    const item = this.selected;
    if (!item?.disagreed) return [];
    return (['first', 'second'] as const).flatMap((side): Ghost[] => {
      const said = item[side];
      if (!said || ['pending', 'rejected'].includes(said.decision.verdict)) return [];
      const label = side === 'first' ? 'A' : 'B';
      return [{ ghostId: side, seriesId: said.seriesId, place: said.place, side, label, selected: false }];
    });
  });

  async load(): Promise<void> {
    const { studyId, detail } = this.review;
    const phase = detail?.reading.double?.phase;
    const agreement =
      phase === undefined || phase === 'reading' ? null : await invoke('double.agreement', { studyId });
    if (this.review.isClosed) return;
    if (agreement && !this.agreement) this.panelShown = true;
    this.agreement = agreement;
  }

  finish(): Promise<void> {
    return this.act(() => invoke('double.finish', { studyId: this.review.studyId }));
  }

  reopen(): Promise<void> {
    return this.act(() => invoke('double.reopen', { studyId: this.review.studyId }));
  }

  /** An adjudicator begins at once; a consensus asks the other reader first. */
  async adjudicate(): Promise<void> {
    const way = this.reading?.mayAdjudicate;
    if (way === 'consensus') this.asksConsensus = true;
    if (way === 'third') await this.begin('third', '');
  }

  async begin(way: 'third' | 'consensus', passphrase: string): Promise<boolean> {
    const { studyId } = this.review;
    const done = await app.attempt(() => invoke('double.adjudicate', { studyId, way, passphrase }));
    if (!done) return false;
    await this.review.load();
    this.review.selectNextOpen();
    return true;
  }

  async resolve(take: Side): Promise<void> {
    const { selected } = this;
    if (!selected || !this.mayResolve) return;
    const { studyId } = this.review;
    await this.review.decideBy(() =>
      invoke('double.resolve', { studyId, findingId: selected.findingId, take }),
    );
  }

  private async act(work: () => Promise<void>): Promise<void> {
    await this.review.tools.flush();
    if (await app.attempt(work)) await this.review.load();
  }
}
