import type { Settings, StudySummary } from '../../../src-main/contract/entities';
import { studyFlags } from '../../../src-main/core/study/study-flags';
import { stateWords } from '../i18n/areas/worklist';
import { app } from '../state/app.svelte';
import {
  countsOf,
  dayText,
  filterStudies,
  isFiltering,
  noFilter,
  type DateRange,
  type Filtered,
  type StudyFilter,
} from './filter';
import { linesOf, newestFirst, sortKeys, sortStudies, type Line, type Order } from './order';
import { choose, chooseAll, extend, nothingChosen, toggle, type Selection } from './selection';

type View = NonNullable<Settings['worklist']>;
export const modalities = ['CT', 'MR', 'MG', 'US', 'ES', 'OP', 'OT'] as const;
export const studyStates = Object.keys(stateWords) as StudySummary['state'][];

/** How the worklist is looked at. It outlives the screen: who comes back from a study finds the list as it was. */
class WorklistState {
  filter = $state.raw<StudyFilter>(noFilter);
  order = $state.raw<Order>(newestFirst);
  selection = $state.raw<Selection>(nothingChosen);
  unfolded = $state.raw<ReadonlySet<string>>(new Set());
  collapsed = $state.raw<ReadonlySet<string>>(new Set());
  today = $state(dayText(new Date()));
  /** Not for the screen to follow: where it takes up again. */
  scrollTop = 0;
  private restored = false;
  private saving: ReturnType<typeof setTimeout> | null = null;

  readonly filtered = $derived.by<Filtered>(() => {
    const { head, studies } = app;
    if (head && !isFiltering(this.filter)) return { studies: [...studies], counts: countsOf(head) };
    return filterStudies(studies, this.filter, this.today);
  });
  /** How many lines are to come, below those that are there. */
  readonly missing = $derived(
    app.head && !isFiltering(this.filter) && !this.order.grouped ? app.head.total - app.studies.length : 0,
  );
  readonly lines = $derived<Line[]>(
    linesOf(sortStudies(this.filtered.studies, this.order), this.order.grouped, {
      unfolded: this.unfolded,
      collapsed: this.collapsed,
    }),
  );
  /** What the arrows step through. */
  private readonly stops = $derived(this.lines.filter((line) => line.kind !== 'series'));
  private readonly stopKeys = $derived(this.stops.map(({ key }) => key));
  /** Chosen and shown, in the order shown; a patient stands for all of its studies. */
  readonly chosen = $derived.by<StudySummary[]>(() => {
    const { chosen } = this.selection;
    if (chosen.size === 0) return [];
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- lives in here only
    const studies = new Set<StudySummary>();
    for (const line of this.stops) {
      if (!chosen.has(line.key)) continue;
      if (line.kind === 'patient') line.studies.forEach((study) => studies.add(study));
      else studies.add(line.study);
    }
    return [...studies];
  });
  /** The line that keys act on; null: none, or it is not shown. */
  readonly cursor = $derived<Line | null>(
    this.stops.find(({ key }) => key === this.selection.cursor) ?? null,
  );
  readonly unreadCount = $derived.by(() => {
    if (app.head) return (app.head.states['failed'] ?? 0) + (app.head.states['not-analysable'] ?? 0);
    return app.studies.filter(({ state }) => state === 'failed' || state === 'not-analysable').length;
  });

  setFilter(change: Partial<StudyFilter>): void {
    this.filter = { ...this.filter, ...change };
    this.remember();
  }

  setOrder(change: Partial<Order>): void {
    this.order = { ...this.order, ...change };
    this.remember();
  }

  sortBy(key: Order['key']): void {
    const again = this.order.key === key;
    this.setOrder({ key, descending: again ? !this.order.descending : firstDescending.has(key) });
  }

  toggleTriage(): void {
    const { grouped } = this.order;
    this.setOrder(
      this.order.key === 'triage' ? { ...newestFirst, grouped } : { key: 'triage', descending: false },
    );
  }

  click(key: string, { ctrl, shift }: { ctrl: boolean; shift: boolean }): void {
    if (shift) this.selection = extend(this.selection, key, this.stopKeys);
    else this.selection = ctrl ? toggle(this.selection, key) : choose(key);
  }

  /** Moves the cursor by so many lines; to the ends with an infinite number. */
  step(by: number, extending: boolean): void {
    const { stopKeys: keys } = this;
    if (keys.length === 0) return;
    const at = this.selection.cursor === null ? -1 : keys.indexOf(this.selection.cursor);
    const to = Math.min(Math.max(at < 0 && by < 0 ? 0 : at + by, 0), keys.length - 1);
    this.click(keys[to]!, { ctrl: false, shift: extending });
  }

  chooseAll(): void {
    this.selection = chooseAll(this.selection, this.stopKeys);
  }

  chooseNothing(): void {
    this.selection = { ...nothingChosen, cursor: this.selection.cursor };
  }

  fold(line: Line, open?: boolean): void {
    if (line.kind === 'patient') {
      const shown = open ?? this.collapsed.has(line.key);
      this.collapsed = withOrWithout(this.collapsed, line.key, !shown);
    } else {
      const { studyId } = line.study;
      this.unfolded = withOrWithout(this.unfolded, studyId, open ?? !this.unfolded.has(studyId));
    }
  }

  /** Once, as soon as the settings are there. Words of another version are left out. */
  restore(view: View | undefined): void {
    if (this.restored) return;
    this.restored = true;
    if (!view) return;
    const known = <T extends string>(all: readonly T[], words: readonly string[]): T[] =>
      all.filter((word) => words.includes(word));
    const [key = newestFirst.key] = known(sortKeys, [view.sort]);
    this.order = { key, descending: view.descending, grouped: view.grouped };
    this.filter = {
      text: '',
      modalities: known(modalities, view.modalities),
      states: known(studyStates, view.states),
      flags: known(studyFlags, view.flags),
      dates: datesOf(view),
    };
  }

  /** @param kept how the list was looked at last, taken over when it is first shown */
  isNewestFirst(kept: View | undefined): boolean {
    if (this.restored || !kept)
      return JSON.stringify(this.order) === JSON.stringify(newestFirst) && !isFiltering(this.filter);
    const { sort, descending, grouped, modalities: kinds, states, flags } = kept;
    const filtered = kinds.length + states.length + flags.length > 0 || datesOf(kept).kind !== 'any';
    return sort === newestFirst.key && descending && !grouped && !filtered && this.filter.text.trim() === '';
  }

  /** The session is over: what was searched for may be a name, and whoever comes next has an order of their own. */
  forget(): void {
    this.filter = noFilter;
    this.order = newestFirst;
    this.selection = nothingChosen;
    this.scrollTop = 0;
    this.restored = false;
  }

  private remember(): void {
    if (this.saving) clearTimeout(this.saving);
    // Not with every letter of a date.
    this.saving = setTimeout(() => {
      const { order, filter } = this;
      const { dates } = filter;
      const view: View = {
        sort: order.key,
        descending: order.descending,
        grouped: order.grouped,
        modalities: [...filter.modalities],
        states: [...filter.states],
        flags: [...filter.flags],
        days: dates.kind === 'days' ? dates.days : null,
        from: dates.kind === 'between' ? dates.from : '',
        to: dates.kind === 'between' ? dates.to : '',
      };
      void app.change({ worklist: view });
    }, 400);
  }
}

const firstDescending: ReadonlySet<Order['key']> = new Set([
  'importedAt',
  'studyDate',
  'flags',
  'findings',
  'topScore',
]);

const withOrWithout = (set: ReadonlySet<string>, key: string, has: boolean): Set<string> => {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced whole, never changed
  const next = new Set(set);
  if (has) next.add(key);
  else next.delete(key);
  return next;
};

function datesOf({ days, from, to }: View): DateRange {
  if (days === 1 || days === 7 || days === 30) return { kind: 'days', days };
  return from !== '' || to !== '' ? { kind: 'between', from, to } : { kind: 'any' };
}

export const worklistState = new WorklistState();
// The list knows how it is looked at, and asks the window's state for studies: it cannot be asked the other way round.
app.listsNewestFirst = () => worklistState.isNewestFirst(app.settings.worklist);
