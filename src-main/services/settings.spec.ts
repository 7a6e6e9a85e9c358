import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servicesHarness, type Harness } from '../../test-support/services-harness';
import { userFolders } from './folders';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({}, 'account');
});
afterEach(() => h.end());

describe('settings', () => {
  it('start with the account name and keep what is set, over a restart', async () => {
    expect(await h.ask('settings.get', undefined)).toEqual({
      version: 1,
      reviewer: 'account',
      institution: '',
      theme: 'dark',
      detectOnImport: true,
    });
    await h.ask('settings.set', { theme: 'light' });
    await h.ask('settings.set', { reviewer: '  Dr A ' });
    await h.restart();
    expect(await h.ask('settings.get', undefined)).toMatchObject({ theme: 'light', reviewer: 'Dr A' });
  });

  it.each([[{ version: 2 }], ['nonsense'], [null], [{ version: 1, theme: 'pink' }]])(
    'fall back to the defaults for %j',
    async (stored) => {
      h.store.writeSettings(stored);
      expect(await h.ask('settings.get', undefined)).toMatchObject({ reviewer: 'account', theme: 'dark' });
    },
  );
});

describe('userFolders', () => {
  const of = (env: Record<string, string>, platform: NodeJS.Platform) =>
    userFolders(env, platform, '/home/u');
  it('keeps the key apart from the data on every system', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const { data, config } = of({}, platform);
      expect(config).not.toBe(data);
      expect(config.startsWith(data) || data.startsWith(config)).toBe(false);
    }
    expect(of({}, 'linux')).toEqual({ data: '/home/u/.local/share/regio', config: '/home/u/.config/regio' });
  });
  it('follows REGIO_DATA_DIR, REGIO_CONFIG_DIR and XDG', () => {
    expect(of({ REGIO_DATA_DIR: '/d', REGIO_CONFIG_DIR: '/c' }, 'linux')).toEqual({
      data: '/d',
      config: '/c',
    });
    expect(of({ XDG_DATA_HOME: '/x', XDG_CONFIG_HOME: '/y' }, 'linux')).toEqual({
      data: '/x/regio',
      config: '/y/regio',
    });
  });
});
