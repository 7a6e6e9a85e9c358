import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SetupError } from './setup-error.mjs';

async function sha256File(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Does a whole file with the pin's length and hash lie at `path`? */
export async function matchesPin(path, pin) {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size !== pin.bytes) return false;
  return (await sha256File(path)) === pin.sha256;
}

/** @throws SetupError when the file is not, byte for byte, the one that was pinned. */
export async function requirePin(path, pin) {
  if (await matchesPin(path, pin)) return;
  throw new SetupError(
    `${pin.file} is not the pinned file (its sha256 or length differs); it was not used`,
    'A proxy or mirror may have changed it. Check the package index that pip uses, then run the command again.',
  );
}
