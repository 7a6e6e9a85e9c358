import { settings as schema, type Settings } from '../contract/entities';
import type { Store } from '../storage';

export interface SettingsService {
  get(): Settings;
  set(change: Partial<Omit<Settings, 'version'>>): Settings;
}

/** Settings that cannot be read (of another version, damaged) fall back to the defaults rather than stop the program. */
export function createSettings(store: Store, defaultReviewer: string): SettingsService {
  const defaults: Settings = {
    version: 1,
    reviewer: defaultReviewer.trim().slice(0, 128),
    institution: '',
    theme: 'dark',
    detectOnImport: true,
  };
  const get = (): Settings => {
    const parsed = schema.safeParse(store.readSettings());
    return parsed.success ? parsed.data : defaults;
  };
  return {
    get,
    set(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const next = schema.parse({ ...get(), ...given, version: 1 });
      next.reviewer = next.reviewer.trim();
      next.institution = next.institution.trim();
      store.writeSettings(next);
      return next;
    },
  };
}
