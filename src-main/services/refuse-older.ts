import { AppError } from '../core/app-error';
import type { ModelSummary } from '../contract/entities';

/**
 * A model's folder may have been put back to an older release, which every checksum and self-test agrees with: results
 * would get worse and nobody would know. Whoever names the model gets it: that is going back on purpose.
 * @param seen versions of the model that have read studies here
 * @throws AppError model.older
 */
export function refuseOlder(
  { name, version }: Pick<ModelSummary, 'name' | 'version'>,
  seen: readonly string[],
): void {
  const newer = seen.find((v) => isNewer(v, version));
  if (newer === undefined) return;
  throw new AppError(
    'model.older',
    `${name} ${version} is older than ${newer}, which has read studies here.`,
    'Install the newer version again, or choose this model by its name to use it on purpose.',
  );
}

/** Of three numbers each. */
function isNewer(a: string, b: string): boolean {
  const [x, y] = [a, b].map((v) => v.split('.').map(Number)) as [number[], number[]];
  const at = x.findIndex((n, i) => n !== y[i]);
  return at >= 0 && x[at]! > (y[at] ?? 0);
}
