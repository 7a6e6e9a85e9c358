import { createHash } from 'node:crypto';
import { isUid } from './values';

/**
 * A UID that is always the same for the same name: `2.25.` and the decimal of a name-based UUID
 * (PS3.5 B.2, RFC 9562 version 8 over SHA-256). `kind` keeps equal names of different things apart.
 */
export function uidFromName(kind: string, name: string): string {
  const bytes = createHash('sha256').update(`regio\0${kind}\0${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`).toString(10)}`;
}

/** The source's own UID where it has a valid one, else one derived from what it has. */
export const uidOr = (uid: string, kind: string, name: string): string =>
  isUid(uid) ? uid : uidFromName(kind, name);
