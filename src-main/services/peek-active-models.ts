import { AppError } from '../core/app-error';
import { storeExists } from '../storage';
import type { Folders } from './folders';
import type { ActiveModels } from './model-family';
import { openUserStore } from './open-user-store';
import { createSettings } from './settings';

/**
 * Which models are switched on, for commands that need no store otherwise: none is made where there is none.
 *
 * @returns null while another Regio has the store open
 */
export function peekActiveModels(folders: Folders, passphrase: string | undefined): ActiveModels | null {
  if (!storeExists(folders.data)) return {};
  let store;
  try {
    store = openUserStore(folders, passphrase);
  } catch (error) {
    if (AppError.from(error).code === 'store.locked') return null;
    throw error;
  }
  try {
    return createSettings(store, '').get().activeModels ?? {};
  } finally {
    store.close();
  }
}
