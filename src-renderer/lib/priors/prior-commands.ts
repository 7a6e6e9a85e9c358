import type { Command } from '../commands/commands';
import { priors as words } from '../i18n/areas/priors';
import type { Priors } from './priors.svelte';

interface PriorContext {
  readonly priors: Priors;
  /** True (and asks) while nobody has said who decides. */
  readonly needReviewer: () => boolean;
}

/** Earlier examinations beside, and which of their lesions a finding is. */
export function priorCommands({ priors, needReviewer }: PriorContext): Command[] {
  const { review } = priors;
  const selected = (): boolean => review.selected !== null;
  const mayChange = (): boolean => selected() && !review.saving && !review.signed;
  const proposal = () => (review.selected ? priors.proposalFor(review.selected.findingId) : null);
  return [
    {
      commandId: 'view.prior',
      title: words.beside,
      keys: ['Shift+O'],
      group: 'View',
      enabled: () => priors.list.length > 0,
      run: () => priors.toggle(),
    },
    {
      commandId: 'view.older-prior',
      title: words.older,
      keys: ['Shift+W'],
      group: 'View',
      enabled: () => priors.list.length > 0,
      run: () => priors.older(),
    },
    {
      commandId: 'finding.change',
      title: words.changeKey,
      keys: ['Shift+C'],
      group: 'Findings',
      enabled: selected,
      run: () => {
        review.panel = review.panel === 'change' ? null : 'change';
      },
    },
    {
      commandId: 'finding.link',
      title: words.linkKey,
      keys: ['Shift+G'],
      group: 'Findings',
      enabled: () => mayChange() && proposal() !== null,
      run: async () => {
        const [found, prior] = [proposal(), priors.chosen];
        if (found && prior && !needReviewer())
          await review.link(found.findingId, prior.studyId, found.priorFindingId);
      },
    },
    {
      commandId: 'finding.refuse-link',
      title: words.refuseKey,
      keys: ['Shift+M'],
      group: 'Findings',
      enabled: () => mayChange() && proposal() !== null,
      run: async () => {
        const found = proposal();
        if (found && !needReviewer()) await review.refuseLink(found.findingId, found.priorFindingId);
      },
    },
    {
      commandId: 'finding.unlink',
      title: words.unlinkKey,
      keys: [],
      group: 'Findings',
      enabled: () => mayChange() && review.selected?.link !== undefined,
      run: async () => {
        if (review.selected && !needReviewer()) await review.unlink(review.selected.findingId);
      },
    },
  ];
}
