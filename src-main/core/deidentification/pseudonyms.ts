/**
 * Names in place of names: the same input and secret always give the same output, and without the secret none can be
 * told from the other (HMAC). Given the secret, a second run over other files of the same patient fits the first.
 */
export interface Pseudonyms {
  /** `2.25.` and the decimal of a version 8 UUID (PS3.5 B.2, RFC 9562). */
  uid(original: string): string;
  /** Ten letters and digits for what `kind` and `text` name. */
  code(kind: string, text: string): string;
  /** Whole days, back in time, the same for all of a patient's dates: -30 to -3652. */
  dateShift(patientKey: string): number;
}

/** @param keyed a keyed hash of at least 16 bytes: HMAC-SHA-256 under the secret */
export function createPseudonyms(keyed: (text: string) => Uint8Array): Pseudonyms {
  return {
    uid(original) {
      const bytes = Uint8Array.from(keyed(`uid\0${original}`).subarray(0, 16));
      bytes[6] = (bytes[6]! & 0x0f) | 0x80;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return `2.25.${bytes.reduce((sum, b) => (sum << 8n) | BigInt(b), 0n).toString()}`;
    },
    code(kind, text) {
      const bytes = keyed(`${kind}\0${text}`);
      return Array.from({ length: 10 }, (_, n) => alphabet[bytes[n]! & 31]).join('');
    },
    dateShift(patientKey) {
      const bytes = keyed(`dates\0${patientKey}`);
      const number = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
      return -30 - (number % 3623);
    },
  };
}

/** 32 letters and digits without I, L, O and U, which are misread or spell words (Crockford). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
