import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../core/app-error';

/** A secret for one run: nobody can tell later which UID became which. */
export const newSecret = (): string => randomBytes(32).toString('hex');

/**
 * The secret kept in `file`, made there on first use, readable by its owner alone.
 * @throws AppError `file.malformed`, `file.unreadable`
 */
export async function keptSecret(file: string): Promise<string> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'wx', 0o600);
    const secret = newSecret();
    try {
      await handle.writeFile(`${secret}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, error);
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(file, error);
  });
  if (!/^[0-9a-f]{64}\s*$/.test(text))
    throw new AppError(
      'file.malformed',
      'The key file does not hold 64 hex digits.',
      'Name a file that Regio made, or one that does not exist yet.',
      { file },
    );
  return text.trim();
}

const unusable = (file: string, cause: unknown): AppError =>
  new AppError(
    'file.unreadable',
    'The key file can be neither read nor made.',
    'Check its path and rights.',
    { file },
    { cause },
  );
