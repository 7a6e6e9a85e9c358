import type { EndpointOutput } from '../../../src-main/contract/endpoints';
import type { ResultSet } from '../../../src-main/contract/entities';
import { matchPlaces, type Matching } from '../../../src-main/core/review/match-places';
import { invoke } from '../api/client';
import type { WhichResult } from '../results/which-result.svelte';
import { app } from '../state/app.svelte';
import { scoreText } from '../ui/text';
import type { Ghost } from '../viewer/ghost';

export type Mark = EndpointOutput<'results.findings'>[number];

/** One of the two that are compared: a result set, at and above a score. */
export interface Compared {
  readonly set: ResultSet;
  readonly threshold: number;
  readonly marks: readonly Mark[];
}
type Side = 'first' | 'second';

/** Of the open study, what is needed here. */
interface OpenStudy {
  readonly studyId: string;
  readonly results: WhichResult;
  readonly isClosed: boolean;
  goTo(seriesId: string, place: Mark['place']): void;
}

/** Two results of one series side by side: of two models, or of one model at two thresholds. Changes nothing. */
export class Comparison {
  shown = $state(false);
  private first = $state.raw<Compared | null>(null);
  private second = $state.raw<Compared | null>(null);
  /** Ids of the marks of the row that was gone to. */
  selected = $state<string | null>(null);

  constructor(private readonly study: OpenStudy) {}

  /** Of the series on screen, the newest first. */
  get sets(): readonly ResultSet[] {
    return this.study.results.sets;
  }

  readonly sides = $derived({ first: this.first, second: this.second });

  readonly matching = $derived.by<Matching<Mark, Mark> | null>(() => {
    if (!this.first || !this.second) return null;
    const { first, second } = this;
    // What one result set found once is one and the same at every threshold.
    const may =
      first.set === second.set ? (a: Mark, b: Mark): boolean => a.findingId === b.findingId : undefined;
    return matchPlaces(over(first), over(second), may);
  });

  readonly ghosts = $derived.by<readonly Ghost[]>(() => {
    if (!this.shown || !this.first || !this.second) return [];
    const of = (side: Side, { set, marks, threshold }: Compared, letter: string): Ghost[] =>
      over({ set, marks, threshold }).map((mark) => ({
        ghostId: `${side} ${mark.findingId}`,
        seriesId: mark.seriesId,
        place: mark.place,
        side,
        label: `${letter} ${scoreText(mark.score)}`,
        selected: this.selected?.split(' ').includes(mark.findingId) ?? false,
      }));
    return [...of('first', this.first, 'A'), ...of('second', this.second, 'B')];
  });

  /** Shows the two newest results of the series; of one that has only one, that at its own and at a lower threshold. */
  async toggle(): Promise<void> {
    this.shown = !this.shown;
    if (!this.shown) return;
    const [newest, before] = this.sets;
    if (!newest) return;
    await this.choose('first', before ?? newest, (before ?? newest).threshold);
    await this.choose('second', newest, before ? newest.threshold : lower(newest));
  }

  async choose(side: Side, set: ResultSet, threshold: number): Promise<void> {
    const { studyId } = this.study;
    await app.attempt(async () => {
      const known = [this.first, this.second].find((other) => other?.set.resultSetId === set.resultSetId);
      const marks =
        known?.marks ?? (await invoke('results.findings', { studyId, resultSetId: set.resultSetId }));
      if (this.study.isClosed) return;
      this[side] = { set: known?.set ?? set, threshold, marks };
    });
  }

  async chooseSet(side: Side, resultSetId: string): Promise<void> {
    const set = this.sets.find((other) => other.resultSetId === resultSetId);
    if (set) await this.choose(side, set, set.threshold);
  }

  setThreshold(side: Side, threshold: number): void {
    const chosen = this[side];
    if (chosen) this[side] = { ...chosen, threshold };
  }

  go(...marks: (Mark | null)[]): void {
    const [mark] = marks.filter((m) => m !== null);
    if (!mark) return;
    this.selected = marks.flatMap((m) => m?.findingId ?? []).join(' ');
    this.study.goTo(mark.seriesId, mark.place);
  }
}

const over = ({ marks, threshold }: Compared): Mark[] =>
  marks.filter((mark) => mark.score >= threshold).sort((a, b) => b.score - a.score);

const lower = ({ threshold, scoreFloor }: ResultSet): number => Math.max(scoreFloor, threshold / 2);
