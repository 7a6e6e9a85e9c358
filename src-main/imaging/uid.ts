import { createHash } from 'node:crypto';

/**
 * A UID made from content: the same file always gets the same one. `2.25.` and the decimal value of a
 * UUID (PS3.5 B.2); the UUID is the SHA-256's first 16 bytes with version 8 (custom) and the RFC 9562 variant set.
 */
export function contentUid(role: 'study' | 'series' | 'frame-of-reference', contentSha256: string): string {
  const bytes = createHash('sha256').update(`regio ${role} ${contentSha256}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`).toString()}`;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
