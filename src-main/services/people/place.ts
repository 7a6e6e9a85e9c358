import type { Place } from '../../contract/people';
import type { Store } from '../../storage';
import type { ServiceHandlers } from '../types';
import type { Session } from './session';

interface Places {
  readonly handlers: Pick<ServiceHandlers, 'place.get' | 'place.set'>;
  /** Whoever closes the window is done. What its page still says while it closes is no place to come back to. */
  forget(): void;
}

/** Where each reader is: kept, so that a program that was killed opens again at the same finding. */
export function createPlaces(store: Store, session: Session): Places {
  const reader = (): string => session.user?.userId ?? '';
  let closing = false;
  return {
    handlers: {
      'place.get'() {
        const place = store.getPlace(reader()) as Place | null;
        return place && store.getStudy(place.studyId) ? place : null;
      },
      'place.set'(place) {
        if (!closing) store.putPlace(reader(), place);
      },
    },
    forget() {
      closing = true;
      store.clearPlaces();
    },
  };
}
