import type { Place } from '../../contract/people';
import type { Store } from '../../storage';
import type { ServiceHandlers } from '../types';
import type { Session } from './session';

/** Where each reader is: kept, so that a program that was killed opens again at the same finding. */
export function createPlace(
  store: Store,
  session: Session,
): Pick<ServiceHandlers, 'place.get' | 'place.set'> {
  const reader = (): string => session.user?.userId ?? '';
  return {
    'place.get'() {
      const place = store.getPlace(reader()) as Place | null;
      return place && store.getStudy(place.studyId) ? place : null;
    },
    'place.set': (place) => store.putPlace(reader(), place),
  };
}
