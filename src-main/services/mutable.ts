/**
 * Core's types are readonly, zod's are not; contract/entities.spec.ts proves that this is their only difference. These
 * casts are the one place where a value goes from the first kind to the second.
 */
export type Mutable<T> = T extends ArrayBuffer | Uint8Array
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

export const mutable = <T>(value: T): Mutable<T> => value as Mutable<T>;
