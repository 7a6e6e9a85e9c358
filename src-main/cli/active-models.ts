import { AppError } from '../core/app-error';
import { userFolders } from '../services/folders';
import type { ActiveModels } from '../services/model-family';
import type { CliIo } from './io';

/** Null while Regio is open: the store has one reader. @throws AppError 'store.failed' for a wrong or missing passphrase */
export async function activeModels(io: CliIo): Promise<ActiveModels | null> {
  const { peekActiveModels } = await import('../services/peek-active-models');
  return peekActiveModels(userFolders(io.env), io.env['REGIO_PASSPHRASE'] || undefined);
}

/**
 * For commands that choose a model as the program does. Where the store cannot be read the shipped models are chosen, and
 * that is said: whoever switched on another would not know.
 */
export async function activeModelsOrShipped(io: CliIo): Promise<ActiveModels> {
  const shipped = (why: string): ActiveModels => {
    io.err(`${why} The shipped models are used; name another with --model.\n`);
    return {};
  };
  try {
    return (await activeModels(io)) ?? shipped('Regio is open, so its choice of models cannot be read.');
  } catch (error) {
    const { code, message } = AppError.from(error);
    if (code !== 'store.failed') throw error;
    return shipped(message);
  }
}
