import { AppError } from '../core/app-error';
import { settings as schema, type Settings } from '../contract/entities';
import type { Store } from '../storage';
import type { Session } from './people/session';

export interface SettingsService {
  get(): Settings;
  set(change: Partial<Omit<Settings, 'version'>>): Settings;
}

const usualLockMinutes = 10;
export const lockMinutesOf = ({ lockMinutes = usualLockMinutes }: Settings): number => lockMinutes;

/**
 * Settings that cannot be read (of another version, damaged) fall back to the defaults rather than stop the program.
 *
 * @param session where the store has users the reviewer is who is logged in, whatever name was kept before
 */
export function createSettings(
  store: Store,
  defaultReviewer: string,
  session?: Pick<Session, 'user' | 'hasUsers' | 'assertRole'>,
): SettingsService {
  const defaults: Settings = {
    version: 1,
    reviewer: defaultReviewer.trim().slice(0, 128),
    institution: '',
    theme: 'dark',
    detectOnImport: true,
  };
  const kept = (): Settings => {
    const parsed = schema.safeParse(store.readSettings());
    return parsed.success ? parsed.data : defaults;
  };
  const get = (): Settings =>
    session?.hasUsers ? { ...kept(), reviewer: session.user?.name ?? '' } : kept();
  return {
    get,
    set(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      if (session?.hasUsers && given['reviewer'] !== undefined && given['reviewer'] !== session.user?.name) {
        throw new AppError(
          'request.invalid',
          'The reviewer is who is logged in.',
          'Log in under the other name.',
          { field: 'reviewer' },
        );
      }
      if (session?.hasUsers) delete given['reviewer'];
      if (given['lockMinutes'] === 0) session?.assertRole('admin');
      const next = schema.parse({ ...kept(), ...given, version: 1 });
      next.reviewer = next.reviewer.trim();
      next.institution = next.institution.trim();
      store.writeSettings(next);
      return get();
    },
  };
}
