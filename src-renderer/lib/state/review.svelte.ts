import type {
  Finding,
  FindingOrigin,
  FindingPlace,
  RejectReason,
  ResultSet,
  SeriesSummary,
  StudyDetail,
  Verdict,
} from '../../../src-main/contract/entities';
import type * as core from '../../../src-main/core/study/entities';
import type { EndpointInput } from '../../../src-main/contract/endpoints';
import { invoke, listen } from '../api/client';
import { Comparison } from '../compare/comparison.svelte';
import { DoubleState } from '../double/double-state.svelte';
import { WhichResult } from '../results/which-result.svelte';
import { FindingTools } from '../review/finding-tools.svelte';
import { isShown, neighbour, nextPending } from '../review/measure';
import { mergeable } from '../review/merging';
import { encodeMask } from '../../../src-main/core/segmentation/outline-mask';
import { paintable } from '../viewer/outline-shapes';
import { thresholdFor, type ThresholdChoice } from '../review/threshold-steps';
import { findings as words } from '../i18n/areas/findings';
import { t } from '../i18n/i18n.svelte';
import { app } from './app.svelte';
import { draftKeys, Drafts } from './drafts';
import { notices } from './notices.svelte';

export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly rgba: ArrayBuffer;
}

/** Where somebody pointed. */
export type SuggestedPoint = EndpointInput<'review.suggest'>['point'];
type OutlineMask = NonNullable<EndpointInput<'review.outline'>['mask']>;

/**
 * One open study. Made anew for each study and closed when left: whatever answers later is dropped
 * (RELIABILITY W1, W3), so that banner, pixels and list are always of one study.
 */
export class ReviewState {
  /** Replaced whole: watched down to each number of each box, a list of a hundred findings takes its time. */
  detail = $state.raw<StudyDetail | null>(null);
  seriesId = $state<string | null>(null);
  selectedId = $state<string | null>(null);
  /** Where the threshold stands; of results whose model says nothing of its thresholds the score alone counts. */
  choice = $state<ThresholdChoice>('default');
  private chosenScore = $state<number | null>(null);
  boxesShown = $state(true);
  /** What stands under the decision in place of the comment. */
  panel = $state<'describe' | 'guideline' | 'change' | null>(null);
  /** Small pictures of all findings under the viewer. */
  stripShown = $state(false);
  saving = $state(false);
  /** True while another volume of the file is on its way. */
  bringing = $state(false);
  thumbnails = $state<Record<string, Thumbnail>>({});
  /** Goes up with every jump, so that jumping to the same finding twice centres it twice. */
  jump = $state(0);
  readonly tools = new FindingTools((findingId, place) => this.edit(findingId, place));
  readonly double = new DoubleState(this);
  readonly results = new WhichResult(this);
  readonly comparison = new Comparison(this);
  readonly drafts: Drafts;
  /** A place that was gone to and is no finding of the list. */
  private spot = $state.raw<{ seriesId: string; place: FindingPlace } | null>(null);
  private closed = false;
  private readonly stopListening: () => void;

  constructor(readonly studyId: string) {
    this.drafts = new Drafts(studyId);
    this.stopListening = listen('study.changed', (event) => {
      // What this window is doing itself, it takes from the answer: reading the whole study anew would hold up the reader.
      if (event.studyId === studyId && !(event.byReview && this.saving)) void this.load();
    });
  }

  readonly series = $derived<SeriesSummary | null>(
    this.detail?.series.find((series) => series.seriesId === this.seriesId) ?? null,
  );
  /** The result that is read of the series on screen, else the newest of the study. */
  readonly resultSet = $derived<ResultSet | null>(
    this.results.read ?? this.detail?.resultSets.slice(-1)[0] ?? null,
  );
  private readonly thresholds = $derived<Record<string, number>>(
    Object.fromEntries(this.detail?.resultSets.map((set) => [set.resultSetId, this.thresholdOf(set)]) ?? []),
  );
  /** The score at and above which undecided findings of the shown result are listed. */
  readonly score = $derived(this.resultSet ? this.thresholdOf(this.resultSet) : 0);
  readonly findings = $derived<Finding[]>(
    (this.detail?.findings ?? []).filter(
      (finding) =>
        isShown(finding, this.thresholds[finding.resultSetId ?? ''] ?? 0) ||
        this.double.told.has(finding.findingId),
    ),
  );
  readonly hiddenCount = $derived((this.detail?.findings.length ?? 0) - this.findings.length);
  readonly selected = $derived<Finding | null>(
    this.findings.find((finding) => finding.findingId === this.selectedId) ?? null,
  );
  /** Why a finding of this study was rejected last; null: none was. */
  readonly lastReason = $derived.by<RejectReason | null>(() => {
    const decisions = (this.detail?.findings ?? []).map((f) => f.decision).filter((d) => d.reason !== null);
    const at = (decidedAt: string | null): string => decidedAt ?? '';
    return (
      decisions.reduce<(typeof decisions)[number] | null>(
        (last, d) => (last && at(last.decidedAt) > at(d.decidedAt) ? last : d),
        null,
      )?.reason ?? null
    );
  });
  /** What the viewers show: the last place that was gone to. */
  readonly target = $derived(this.spot ?? this.selected);
  readonly comparing = $derived(this.comparison.shown);
  /** Boxes beside those of the list. */
  readonly ghosts = $derived(this.comparison.shown ? this.comparison.ghosts : this.double.ghosts);
  /** Nothing is changed any more but by an addendum. */
  readonly signed = $derived((this.detail?.reading.signature ?? null) !== null);
  /** Nothing is changed now by who looks: it is signed, or others read or adjudicate it. */
  readonly frozen = $derived(this.signed || this.double.frozen);
  readonly pendingCount = $derived(this.findings.filter((f) => f.decision.verdict === 'pending').length);

  get isClosed(): boolean {
    return this.closed;
  }

  close(): void {
    void this.tools.flush();
    if (this.drafts.locked && this.panel) this.drafts.keep(draftKeys.panel, this.panel);
    this.closed = true;
    this.stopListening();
  }

  /** Whether an answer comes after its study was left: it is dropped, and the console says so (RELIABILITY W3). */
  private isLate(): boolean {
    if (this.closed) console.warn('an answer was dropped: its study had been left');
    return this.closed;
  }

  async load(): Promise<void> {
    await app.attempt(async () => {
      const opening = this.detail === null;
      if (opening) {
        await invoke('reading.begin', { studyId: this.studyId });
        // What main hands out of a draft it keeps no longer.
        if (this.isLate()) return;
        await this.drafts.load();
        const panel = this.drafts.take(draftKeys.panel);
        if (panel === 'describe' || panel === 'guideline') this.panel = panel;
      }
      const detail = await invoke('studies.open', { studyId: this.studyId });
      if (this.isLate()) return;
      this.detail = detail;
      await this.double.load();
      if (this.isLate()) return;
      const first = detail.series.find((series) =>
        detail.findings.some((f) => f.seriesId === series.seriesId),
      );
      this.seriesId ??= (first ?? detail.series[0])?.seriesId ?? null;
      if (opening) await this.takePlace();
      await this.loadThumbnails();
    });
  }

  /** The unaided read is done, or the marks are asked for: from now on the network's findings are there, and that is recorded. */
  async reveal(): Promise<void> {
    const done = await app.attempt(() => invoke('reading.reveal', { studyId: this.studyId }));
    if (!done) return;
    await this.load();
    this.selectNextOpen();
  }

  /** Shows another volume of the file of the series on screen; one that was not looked at yet is brought in first. */
  async showVolume(index: number): Promise<void> {
    const { series } = this;
    if (!series?.volume || this.bringing) return;
    const { count } = series.volume;
    const find = (): SeriesSummary | undefined =>
      this.detail?.series.find(
        (other) =>
          other.volume?.index === index && other.volume.count === count && other.format === series.format,
      );
    if (!find()) {
      this.bringing = true;
      await app.attempt(async () => {
        const { seriesId } = series;
        await app.finished(() => invoke('import.volume', { seriesId, volume: index }));
        await this.load();
      });
      this.bringing = false;
    }
    const found = find();
    // Where the reader went on to another series meanwhile, it is not taken away.
    if (!this.closed && found && this.seriesId === series.seriesId) this.seriesId = found.seriesId;
  }

  chooseThreshold(choice: ThresholdChoice): void {
    this.choice = choice;
    void app.attempt(() => this.loadThumbnails());
  }

  setScore(score: number): void {
    this.chosenScore = score;
    void app.attempt(() => this.loadThumbnails());
  }

  private thresholdOf(set: ResultSet): number {
    return set.operatingPoints?.length ? thresholdFor(set, this.choice) : (this.chosenScore ?? set.threshold);
  }

  private async loadThumbnails(): Promise<void> {
    const missing = this.findings.map((f) => f.findingId).filter((findingId) => !this.thumbnails[findingId]);
    for (let at = 0; at < missing.length; at += 16) {
      const crops = await invoke('findings.thumbnails', {
        studyId: this.studyId,
        findingIds: missing.slice(at, at + 16),
        size: 96,
      });
      if (this.isLate()) return;
      for (const { findingId, ...crop } of crops) this.thumbnails[findingId] = crop;
    }
  }

  /**
   * Goes where this reader was when the program was killed or the screen locked, else to the first undecided finding, so
   * that N decisions take N keys. Later nothing is selected unasked: it would take the reader elsewhere.
   */
  private async takePlace(): Promise<void> {
    const place = await invoke('place.get');
    if (this.closed || this.selectedId !== null) return;
    const left = place?.studyId === this.studyId ? place.findingId : null;
    const found = this.findings.find((f) => f.findingId === left) ?? nextPending(this.findings, null);
    if (found) this.select(found);
    else await invoke('place.set', { studyId: this.studyId, findingId: null });
  }

  select(finding: Finding): void {
    if (finding.findingId !== this.selectedId && this.tools.mode !== 'suggestion') this.tools.enter('none');
    if (finding.findingId !== this.selectedId)
      void app.attempt(() => invoke('place.set', { studyId: this.studyId, findingId: finding.findingId }));
    this.spot = null;
    this.selectedId = finding.findingId;
    this.seriesId = finding.seriesId;
    this.jump++;
  }

  goTo(seriesId: string, place: FindingPlace): void {
    this.spot = { seriesId, place };
    this.seriesId = seriesId;
    this.jump++;
  }

  step(by: 1 | -1): void {
    const finding = neighbour(this.findings, this.selectedId, by);
    if (finding) this.select(finding);
  }

  /** Shows a decision only after the store has it, then goes on to the next pending finding. */
  async decide(
    verdict: Extract<Verdict, 'accepted' | 'rejected' | 'uncertain' | 'pending'>,
    reason: RejectReason | null,
  ): Promise<void> {
    const { selectedId, studyId } = this;
    if (!selectedId) return;
    await this.tools.flush();
    const say = (): Promise<Finding> =>
      invoke('review.decide', { studyId, findingId: selectedId, verdict, reason });
    if (verdict === 'pending') await this.save(say);
    else await this.decideBy(say);
  }

  /** Says something final of the selected finding, then goes on to the next pending one. */
  async decideBy(say: () => Promise<Finding>): Promise<void> {
    if (await this.save(say)) this.selectNextOpen();
  }

  selectNextOpen(): void {
    const next = nextPending(this.findings, this.selectedId);
    if (next) this.select(next);
  }

  /** Says something of a finding by list, or takes it back. */
  async describe(findingId: string, change: EndpointInput<'review.describe'>['change']): Promise<void> {
    await this.save(() => invoke('review.describe', { studyId: this.studyId, findingId, change }));
  }

  /** The finding is this lesion of an earlier study. */
  async link(findingId: string, priorStudyId: string, priorFindingId: string): Promise<void> {
    const { studyId } = this;
    await this.save(() => invoke('review.link', { studyId, findingId, priorStudyId, priorFindingId }));
  }

  async unlink(findingId: string): Promise<void> {
    await this.save(() => invoke('review.unlink', { studyId: this.studyId, findingId }));
  }

  /** It is another lesion than the one that was proposed. */
  async refuseLink(findingId: string, priorFindingId: string): Promise<void> {
    await this.save(() => invoke('review.refuseLink', { studyId: this.studyId, findingId, priorFindingId }));
  }

  async comment(findingId: string, comment: string): Promise<void> {
    await this.save(() => invoke('review.comment', { studyId: this.studyId, findingId, comment }));
  }

  /** @param origin left out: it was drawn */
  async add(label: string, place: core.FindingPlace, origin?: core.FindingOrigin): Promise<void> {
    const { seriesId, studyId } = this;
    if (!seriesId) return;
    let added: Finding | null = null;
    await this.save(async () => {
      added = await invoke('review.add', {
        studyId,
        seriesId,
        label,
        place: place as FindingPlace,
        origin: origin as FindingOrigin | undefined,
      });
      return added;
    });
    if (added) this.select(added);
  }

  async edit(findingId: string, drawn: core.FindingPlace): Promise<void> {
    // Zod's types are mutable, core's are not.
    const place = drawn as FindingPlace;
    const saved = await this.save(() => invoke('review.edit', { studyId: this.studyId, findingId, place }));
    if (!saved) return;
    delete this.thumbnails[findingId];
    await app.attempt(() => this.loadThumbnails());
  }

  undo(): Promise<void> {
    return this.retrace('review.undo');
  }

  redo(): Promise<void> {
    return this.retrace('review.redo');
  }

  private async retrace(direction: 'review.undo' | 'review.redo'): Promise<void> {
    await this.tools.flush();
    this.saving = true;
    await app.attempt(async () => {
      const moved = await invoke(direction, { studyId: this.studyId });
      // Its box may be another one now.
      if (moved) delete this.thumbnails[moved.findingId];
      await this.load();
      const finding = this.findings.find((f) => f.findingId === moved?.findingId);
      if (finding) this.select(finding);
      else if (!this.selected) this.selectedId = null;
      if (this.tools.mode === 'brush') this.loadBrush();
    });
    this.saving = false;
  }

  /** Another result of the series on screen is read from now on. */
  async chooseResult(resultSetId: string): Promise<boolean> {
    const { seriesId, selectedId, studyId } = this;
    if (!seriesId) return false;
    const done = await this.reshape(
      () => invoke('results.choose', { studyId, seriesId, resultSetId }),
      () => selectedId,
    );
    if (done && !this.selected) this.selectNextOpen();
    return done;
  }

  /** Deletes the selected finding, which is the reader's own, and selects the next one to decide on, if any. */
  async remove(): Promise<void> {
    const { selectedId, studyId } = this;
    if (!selectedId) return;
    const next = neighbour(this.findings, selectedId, 1);
    await this.reshape(
      () => invoke('review.remove', { studyId, findingId: selectedId }),
      () => (next?.findingId === selectedId ? null : (next?.findingId ?? null)),
    );
  }

  /** Shows what the selected finding would be merged with; asked again, the next one. */
  chooseMerge(): void {
    if (!this.selected) return;
    const others = mergeable(this.selected, this.findings);
    if (others.length === 0) {
      notices.add('info', t(words.nothingToMerge));
      return;
    }
    const at = others.findIndex((f) => f.findingId === this.tools.mergeWith);
    this.tools.enter('merge');
    this.tools.mergeWith = others[(at + 1) % others.length]!.findingId;
  }

  async merge(): Promise<void> {
    const { selectedId, studyId, tools } = this;
    const other = tools.mergeWith;
    if (!selectedId || !other) return;
    tools.enter('none');
    await this.reshape(
      () => invoke('review.merge', { studyId, findingIds: [selectedId, other] }),
      (merged) => merged.findingId,
    );
  }

  /** Makes the selected finding two, and lets the first be edited. */
  async split(): Promise<void> {
    const { selectedId, studyId } = this;
    if (!selectedId) return;
    const done = await this.reshape(
      () => invoke('review.split', { studyId, findingId: selectedId }),
      (parts) => parts[0]?.findingId ?? null,
    );
    if (done) this.tools.enter('edit');
  }

  /** Looks for the lesion's outline in the selected finding's box. */
  async outline(): Promise<void> {
    const { selectedId, studyId, tools } = this;
    if (!selectedId) return;
    await tools.flush();
    if (tools.mode === 'brush') tools.enter('none');
    await this.ask(() =>
      this.save(() => invoke('review.outline', { studyId, findingId: selectedId, mask: null })),
    );
  }

  /** Begins or ends painting the selected finding's outline. */
  async toggleBrush(): Promise<void> {
    const { tools } = this;
    if (tools.mode === 'brush') {
      tools.enter('none');
      return;
    }
    await tools.flush();
    tools.enter('brush');
    this.loadBrush();
  }

  private loadBrush(): void {
    const { selected, series, tools } = this;
    if (!selected || !series) return;
    tools.mask = paintable(selected, series.pixels);
    tools.strokes++;
  }

  /** Stores what was painted, a stroke a step; nothing left is no outline. */
  async painted(): Promise<void> {
    const { selectedId, studyId, tools } = this;
    if (!selectedId || !tools.mask) return;
    const mask = encodeMask(tools.mask) as OutlineMask | null;
    await this.ask(() =>
      this.save(() =>
        mask
          ? invoke('review.outline', { studyId, findingId: selectedId, mask })
          : invoke('review.clearOutline', { studyId, findingId: selectedId }),
      ),
    );
  }

  /** Asks for a box around a point, and shows it until it is taken or refused. */
  async suggest(point: SuggestedPoint): Promise<void> {
    const { seriesId, studyId, tools } = this;
    if (!seriesId) return;
    await this.ask(() =>
      app.attempt(async () => {
        const suggestion = await invoke('review.suggest', { studyId, seriesId, point });
        if (this.closed || this.seriesId !== seriesId) return;
        if (!suggestion) {
          notices.add('info', t(words.nothingSuggested));
          return;
        }
        tools.enter('suggestion');
        tools.suggestion = { seriesId, ...suggestion };
      }),
    );
  }

  async takeSuggestion(): Promise<void> {
    const { suggestion } = this.tools;
    if (!suggestion) return;
    this.tools.enter('none');
    await this.add('lesion', suggestion.place, suggestion.origin);
  }

  /** Ends what is being looked for. */
  async stopAsking(): Promise<void> {
    await invoke('review.cancelOutline', { studyId: this.studyId }).catch(() => undefined);
  }

  private async ask(work: () => Promise<unknown>): Promise<void> {
    if (this.tools.asking) return;
    this.tools.asking = true;
    await work();
    this.tools.asking = false;
  }

  /** Does what changes which findings there are, and selects what comes of it. */
  private async reshape<T>(action: () => Promise<T>, choose: (made: T) => string | null): Promise<boolean> {
    await this.tools.flush();
    this.saving = true;
    const done = await app.attempt(async () => {
      const made = await action();
      if (this.isLate()) return;
      const wanted = choose(made);
      await this.load();
      const finding = this.findings.find((f) => f.findingId === wanted);
      if (finding) this.select(finding);
      else this.selectedId = null;
    });
    this.saving = false;
    return done;
  }

  private async save(action: () => Promise<Finding>): Promise<boolean> {
    this.saving = true;
    const saved = await app.attempt(async () => {
      const finding = await action();
      if (this.isLate() || !this.detail) return;
      const others = this.detail.findings.filter((known) => known.findingId !== finding.findingId);
      const findings = [...others, finding].sort((a, b) => a.number - b.number);
      this.detail = { ...this.detail, findings, canUndo: true, canRedo: false };
      await this.double.load();
    });
    this.saving = false;
    return saved;
  }
}
