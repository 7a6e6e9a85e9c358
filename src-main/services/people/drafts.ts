import type { EndpointOutput } from '../../contract/endpoints';
import type { ServiceHandlers } from '../types';
import type { Session } from './session';

type Draft = EndpointOutput<'drafts.take'>[number] & { readonly studyId: string };

/** More than anybody types at a time: the oldest go. */
const most = 50;

/**
 * What a reader was typing when the screen was locked over it. Kept in memory, by reader, and given back to nobody else;
 * it may be handed in while the screen is locked, which tells nothing, and is given out once it is open again.
 */
export function createDrafts(session: Session): Pick<ServiceHandlers, 'drafts.keep' | 'drafts.take'> {
  const drafts = new Map<string, Draft[]>();
  const reader = (): string => session.user?.userId ?? '';
  return {
    'drafts.keep'({ reader: typedBy, ...draft }) {
      // Somebody else is there by now, or nobody: it is no draft of theirs.
      if (typedBy !== reader() || session.state().state === 'signed-out') return;
      const others = (drafts.get(typedBy) ?? []).filter(
        (known) => known.studyId !== draft.studyId || known.key !== draft.key,
      );
      drafts.set(typedBy, [...others, draft].slice(-most));
    },

    'drafts.take'({ studyId }) {
      const own = drafts.get(reader()) ?? [];
      drafts.set(
        reader(),
        own.filter((draft) => draft.studyId !== studyId),
      );
      return own.filter((draft) => draft.studyId === studyId).map(({ key, text }) => ({ key, text }));
    },
  };
}
