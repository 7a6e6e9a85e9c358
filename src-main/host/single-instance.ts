import type { App } from 'electron';
import { z } from 'zod';

const handedOver = z.object({ paths: z.array(z.string().min(1)).max(10_000) });

/**
 * One window on one data folder. A second start hands its paths to the first and steps aside.
 *
 * @returns false in the second instance: the caller quits.
 */
export function claimSingleInstance(
  app: App,
  paths: readonly string[],
  onSecond: (paths: string[]) => void,
): boolean {
  if (!app.requestSingleInstanceLock({ paths: [...paths] })) return false;
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const parsed = handedOver.safeParse(data);
    onSecond(parsed.success ? parsed.data.paths : []);
  });
  return true;
}
