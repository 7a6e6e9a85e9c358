/**
 * No array is larger: one native allocation of 1.96 GiB ends an Electron process, half of that is fine
 * (docs/architecture.md). Bytes.
 */
export const maxArrayBytes = 2 ** 30;
