import type { Command } from '../commands/commands';
import { describing } from '../i18n/areas/describe';
import type { ReviewState } from '../state/review.svelte';

interface DescribeContext {
  readonly review: ReviewState;
  /** True (and asks) while nobody has said who decides. */
  readonly needReviewer: () => boolean;
}

/** T and G: what is said of the selected finding by list, and what a guideline makes of it. */
export function describeCommands({ review, needReviewer }: DescribeContext): Command[] {
  const open = (panel: 'describe' | 'guideline') => (): void => {
    if (!needReviewer()) review.panel = review.panel === panel ? null : panel;
  };
  const enabled = (): boolean => review.selected !== null;
  return [
    {
      commandId: 'finding.describe',
      title: describing.describeKey,
      keys: ['T'],
      group: 'Findings',
      enabled,
      run: open('describe'),
    },
    {
      commandId: 'finding.guideline',
      title: describing.guidelineKey,
      keys: ['G'],
      group: 'Findings',
      enabled,
      run: open('guideline'),
    },
  ];
}
