/**
 * When a reader sees what the network marked, from loose to strict: with the images; when they ask for it; only after they
 * marked their own unaided read as done. Why the last: wrong marks make readers miss more, marks after an unaided read do
 * not (RELIABILITY, "Also from the field").
 */
export const readingModes = ['concurrent', 'on-request', 'second-reader'] as const;
export type ReadingMode = (typeof readingModes)[number];

export const isLooser = (mode: ReadingMode, than: ReadingMode): boolean =>
  readingModes.indexOf(mode) < readingModes.indexOf(than);

/** Whether the network's marks came before or after a finding of the reader's own. */
export const findingPhases = ['unaided', 'unaided-changed', 'aided'] as const;
export type FindingPhase = (typeof findingPhases)[number];
