import type { Command } from '../commands/commands';
import { double as words } from '../i18n/areas/double';
import { session } from '../state/session.svelte';
import type { ReviewState } from '../state/review.svelte';

/** Two readers of one study. What one of them does when done is the command of signing. */
export function doubleCommands(
  { double }: ReviewState,
  { openAssign, needReviewer }: { openAssign: () => void; needReviewer: () => boolean },
): Command[] {
  const named = (action: () => void | Promise<void>) => (): void | Promise<void> =>
    needReviewer() ? undefined : action();
  return [
    {
      commandId: 'double.assign',
      title: words.assignCommand,
      keys: ['Shift+D'],
      group: 'Study',
      enabled: () => session.current?.mode === 'users',
      run: openAssign,
    },
    {
      commandId: 'double.agreement',
      title: words.agreementCommand,
      keys: ['Shift+T'],
      group: 'Study',
      enabled: () => double.agreement !== null,
      run: () => {
        double.panelShown = !double.panelShown;
      },
    },
    {
      commandId: 'double.adjudicate',
      title: words.adjudicateCommand,
      keys: ['Shift+U'],
      group: 'Study',
      enabled: () => (double.reading?.mayAdjudicate ?? null) !== null,
      run: named(() => double.adjudicate()),
    },
    {
      commandId: 'double.take-first',
      title: words.takeFirst,
      keys: ['8'],
      group: 'Decision',
      enabled: () => double.mayResolve,
      run: named(() => double.resolve('first')),
    },
    {
      commandId: 'double.take-second',
      title: words.takeSecond,
      keys: ['9'],
      group: 'Decision',
      enabled: () => double.mayResolve,
      run: named(() => double.resolve('second')),
    },
  ];
}
