import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Engine, EngineCallOptions } from '../contract/engine-protocol';
import type { Job } from '../contract/entities';
import { AppError } from '../core/app-error';
import type { Services } from '../services/types';
import { modelsFolder, ownModelsFolder, softwareVersion } from './app-root';
import type { CommandContext } from './command';

/** Opens the engine for one piece of work. */
export async function withEngine<T>(
  context: CommandContext,
  work: (engine: Engine, call: EngineCallOptions) => Promise<T>,
): Promise<T> {
  const engine = await context.io.openEngine(modelsFolder(context.io), ownModelsFolder(context.io));
  try {
    return await work(engine, { signal: context.io.signal, onProgress: context.progress.report });
  } finally {
    await engine.close();
  }
}

/**
 * Opens store, engine and services for one piece of work; Ctrl+C cancels their jobs.
 * @param own where models that are made here go, in place of the user's own folder
 */
export async function withServices<T>(
  context: CommandContext,
  work: (services: Services) => Promise<T>,
  own?: string,
): Promise<T> {
  const { createServices, openUserStore, userFolders } = await import('../services');
  const { io, progress } = context;
  const store = openUserStore(userFolders(io.env), io.env['REGIO_PASSPHRASE'] || undefined);
  try {
    return await withEngine(context, async (engine) => {
      const services = createServices({
        store,
        engine,
        clock: { now: () => new Date() },
        newId: randomUUID,
        softwareVersion: softwareVersion(),
        ownModelsFolder: own ?? ownModelsFolder(io),
        defaultReviewer: accountName(),
        emit: (name, payload) => {
          if (name !== 'job.changed') return;
          const job = payload as Job;
          if (job.state === 'running') progress.report(job.progress, `${job.title}: ${job.step}`);
        },
      });
      // close() cancels what runs; the work then fails with what its job says.
      const stop = (): void => void services.close();
      io.signal.addEventListener('abort', stop);
      try {
        await logIn(services, io.env);
        return await work(services);
      } finally {
        io.signal.removeEventListener('abort', stop);
        await services.close();
      }
    });
  } finally {
    store.close();
  }
}

/** Where the store has users a command says who it works for. @throws AppError session.needed, session.refused */
async function logIn(services: Services, env: NodeJS.ProcessEnv): Promise<void> {
  const { handlers } = services;
  if ((await handlers['session.current']()).state === 'open') return;
  const name = env['REGIO_USER'] ?? '';
  const passphrase = env['REGIO_USER_PASSPHRASE'] ?? '';
  if (name !== '') await handlers['session.login']({ name, passphrase });
  else
    throw new AppError(
      'session.needed',
      'This store has users: a command needs to know whom it works for.',
      'Set REGIO_USER and REGIO_USER_PASSPHRASE, then run it again.',
    );
}

/** A job that is done. @throws AppError of the job where it failed or was cancelled. */
export async function finishedJob(services: Services, jobId: string): Promise<Job> {
  const job = await services.waitForJob(jobId);
  if (job.error) throw new AppError(job.error.code, job.error.message, job.error.hint, job.error.details);
  if (job.state === 'cancelled') throw new AppError('job.cancelled', 'Cancelled.', 'Run the command again.');
  return job;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without a name, as some containers have it.
    return '';
  }
}
