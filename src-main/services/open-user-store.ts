import { loadStoreKey, openStore, storeExists, type Store } from '../storage';
import { userFolders, type Folders } from './folders';

/**
 * The store of this account, with its key from the configuration folder (wrapped when `REGIO_PASSPHRASE` is set).
 *
 * @throws AppError 'store.locked' where Regio has it open already, 'store.failed' for all else.
 */
export function openUserStore(
  folders: Folders = userFolders(),
  passphrase: string | undefined = process.env['REGIO_PASSPHRASE'] || undefined,
): Store {
  const key = loadStoreKey({
    configFolder: folders.config,
    passphrase,
    storeExists: storeExists(folders.data),
  });
  return openStore({ folder: folders.data, key });
}
