import type { StudySummary } from '../../../src-main/contract/entities';
import { studyFlags, type StudyFlag } from '../../../src-main/core/study/study-flags';
import type { Command } from '../commands/commands';
import { commands as titles } from '../i18n/areas/commands';
import { double } from '../i18n/areas/double';
import { worklistCommandTitles as own } from '../i18n/areas/worklist-commands';
import { openModelsCommand } from '../models/models-commands';
import { app } from '../state/app.svelte';
import { session } from '../state/session.svelte';
import { worklistState as list } from './worklist-state.svelte';

export interface WorklistActions {
  openModels(): void;
  deidentify(): void;
  open(study: StudySummary): void;
  /** Asks first. */
  remove(studies: readonly StudySummary[]): void;
  /** Asks who reads them twice. */
  assign(): void;
  focusSearch(): void;
  toggleQueue(): void;
  /** Shows the line that keys act on. */
  reveal(): void;
  /** Lines of one screen. */
  page(): number;
}

/** Everything the worklist does with keys; buttons run the same. */
export function worklistCommands(actions: WorklistActions): Command[] {
  const some = (): boolean => list.chosen.length > 0;
  const step = (by: () => number, extending: boolean) => () => {
    list.step(by(), extending);
    actions.reveal();
  };
  const moves: readonly [id: string, key: string, title: Command['title'], by: () => number][] = [
    ['next', 'ArrowDown', own.next, () => 1],
    ['previous', 'ArrowUp', own.previous, () => -1],
    ['page-down', 'PageDown', own.pageDown, () => actions.page()],
    ['page-up', 'PageUp', own.pageUp, () => -actions.page()],
    ['last', 'End', own.last, () => Infinity],
    ['first', 'Home', own.first, () => -Infinity],
  ];
  const extensions: readonly [id: string, key: string, title: Command['title'], by: () => number][] = [
    ['extend-next', 'Shift+ArrowDown', own.extendNext, () => 1],
    ['extend-previous', 'Shift+ArrowUp', own.extendPrevious, () => -1],
  ];
  const command = (
    commandId: string,
    title: Command['title'],
    keys: readonly string[],
    run: Command['run'],
    enabled?: () => boolean,
  ): Command => ({
    commandId: `worklist.${commandId}`,
    title,
    keys,
    group: 'Study',
    run,
    ...(enabled && { enabled }),
  });
  const flag = (which: StudyFlag): void => {
    const on = !list.chosen.every((study) => study.flags.includes(which));
    void app.flag(
      list.chosen.map(({ studyId }) => studyId),
      which,
      on,
    );
  };
  const fold = (open: boolean): void => {
    if (list.cursor) list.fold(list.cursor, open);
  };
  return [
    openModelsCommand(actions.openModels),
    {
      commandId: 'study.deidentify',
      title: titles.deidentify,
      keys: ['I'],
      group: 'Study',
      enabled: () => app.studies.length > 0,
      run: actions.deidentify,
    },
    ...moves.map(([id, key, title, by]) => command(id, title, [key], step(by, false))),
    ...extensions.map(([id, key, title, by]) => command(id, title, [key], step(by, true))),
    command(
      'open',
      own.open,
      ['Enter'],
      () => {
        const { cursor } = list;
        if (cursor?.kind === 'study') actions.open(cursor.study);
        else if (cursor) list.fold(cursor);
      },
      () => list.cursor !== null,
    ),
    command('unfold', own.unfold, ['ArrowRight'], () => fold(true)),
    command('fold', own.fold, ['ArrowLeft'], () => fold(false)),
    command(
      'choose-all',
      own.chooseAll,
      ['Ctrl+A'],
      () => list.chooseAll(),
      () => list.missing === 0,
    ),
    command('choose-nothing', own.chooseNothing, ['Escape'], () => list.chooseNothing(), some),
    command('detect', own.detect, ['D'], () => app.detectMany(list.chosen), some),
    ...studyFlags.map((which, n) =>
      command(`flag-${which}`, own[which], [String(n + 1)], () => flag(which), some),
    ),
    command(
      'assign',
      double.assignCommand,
      ['Shift+D'],
      actions.assign,
      () => some() && session.current?.mode === 'users',
    ),
    command('remove', own.remove, ['Delete'], () => actions.remove(list.chosen), some),
    command('group', own.group, ['G'], () => list.setOrder({ grouped: !list.order.grouped })),
    command('triage', own.triage, ['T'], () => list.toggleTriage()),
    command('search', own.search, ['/'], actions.focusSearch),
    command('queue', own.queue, ['J'], actions.toggleQueue),
  ];
}
