import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** log2 of scrypt's N. 2^15 with r = 8 and p = 3 is OWASP's (Password Storage Cheat Sheet) for 32 MiB. */
export const usualCost = 15;
const keyLength = 32;

/** `scrypt$15$salt$key`, in base64: what the store keeps. */
export async function hashPassphrase(passphrase: string, cost: number): Promise<string> {
  const salt = randomBytes(16);
  return [
    'scrypt',
    cost,
    salt.toString('base64'),
    (await derive(passphrase, salt, cost)).toString('base64'),
  ].join('$');
}

/** @param stored null: nobody has this name, which must take as long to say as that the passphrase is wrong */
export async function isPassphrase(
  passphrase: string,
  stored: string | null,
  cost: number,
): Promise<boolean> {
  const [, storedCost, salt = '', key = ''] = (stored ?? `scrypt$${cost}$AAAA$AAAA`).split('$');
  const derived = await derive(passphrase, Buffer.from(salt, 'base64'), Number(storedCost));
  const known = Buffer.from(key, 'base64');
  return known.length === derived.length && timingSafeEqual(known, derived);
}

function derive(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** cost, r: 8, p: 3, maxmem: 2 ** (cost + 11) };
  return new Promise((resolve, reject) => {
    // The same signs typed on two keyboards may be composed differently.
    scrypt(passphrase.normalize('NFKC'), salt, keyLength, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
