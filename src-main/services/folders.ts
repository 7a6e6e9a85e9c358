import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Folders {
  /** The encrypted store. `REGIO_DATA_DIR`, else the system's place for a user's data. */
  data: string;
  /** The store's key. `REGIO_CONFIG_DIR`, else the system's place for a user's configuration: apart from the data. */
  config: string;
}

/** Models made here from reviewed cases: beside the store, since they are what this user's cases taught. */
export const ownModels = (folders: Folders): string => join(folders.data, 'models');

export function userFolders(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): Folders {
  return {
    data: env['REGIO_DATA_DIR'] || defaultData(env, platform, home),
    config: env['REGIO_CONFIG_DIR'] || defaultConfig(env, platform, home),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

function defaultData(env: Env, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Regio');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Regio');
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'regio');
}

function defaultConfig(env: Env, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Regio');
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'Regio');
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'regio');
}
