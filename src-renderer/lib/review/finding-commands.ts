import type { Command } from '../commands/commands';
import { findings as words } from '../i18n/areas/findings';
import type { ReviewState } from '../state/review.svelte';

export interface FindingContext {
  readonly review: ReviewState;
  /** True (and asks) while nobody has said who decides. */
  readonly needReviewer: () => boolean;
}

/** What changes findings beyond deciding on them. */
export function findingCommands({ review, needReviewer }: FindingContext): Command[] {
  const free = (): boolean => review.selected !== null && !review.saving && !review.frozen;
  const named = (action: () => void | Promise<void>) => (): void | Promise<void> =>
    needReviewer() ? undefined : action();
  return [
    {
      commandId: 'decision.reject-again',
      title: words.rejectAgain,
      keys: ['Shift+X'],
      group: 'Decision',
      enabled: () => free() && review.lastReason !== null,
      run: named(() => review.decide('rejected', review.lastReason)),
    },
    {
      commandId: 'decision.redo',
      title: words.redo,
      keys: ['Ctrl+Shift+Z'],
      group: 'Decision',
      enabled: () => !review.saving && (review.detail?.canRedo ?? false),
      run: () => review.redo(),
    },
    {
      commandId: 'finding.edit',
      title: words.edit,
      keys: ['E'],
      group: 'Findings',
      enabled: free,
      run: named(() => review.tools.enter(review.tools.mode === 'edit' ? 'none' : 'edit')),
    },
    {
      commandId: 'finding.outline',
      title: words.outline,
      keys: ['K'],
      group: 'Findings',
      enabled: () => free() && !review.tools.asking,
      run: named(() => review.outline()),
    },
    {
      commandId: 'finding.brush',
      title: words.brush,
      keys: ['Shift+K'],
      group: 'Findings',
      enabled: free,
      run: named(() => review.toggleBrush()),
    },
    {
      commandId: 'finding.strip',
      title: words.strip,
      keys: ['Q'],
      group: 'View',
      run: () => {
        review.stripShown = !review.stripShown;
      },
    },
    {
      commandId: 'finding.remove',
      title: words.remove,
      keys: ['Delete'],
      group: 'Findings',
      enabled: () => free() && review.selected?.provenance === 'reader',
      run: named(() => review.remove()),
    },
    {
      commandId: 'finding.merge',
      title: words.merge,
      keys: ['J'],
      group: 'Findings',
      enabled: free,
      run: named(() => review.chooseMerge()),
    },
    {
      commandId: 'finding.split',
      title: words.split,
      keys: ['Shift+J'],
      group: 'Findings',
      enabled: free,
      run: named(() => review.split()),
    },
  ];
}
