/** What people mark a study with; in the order in which they are shown. */
export const studyFlags = ['urgent', 'follow-up', 'teaching'] as const;
export type StudyFlag = (typeof studyFlags)[number];

/** The audit chain holds {@link StudyFlagged} under this type: the flags of a study are what its history says. */
export const flaggedEventType = 'study.flagged';

export interface StudyFlagged {
  readonly reviewer: string;
  readonly flag: StudyFlag;
  readonly on: boolean;
}

/** Flags that are on after these events, oldest first. */
export function flagsOf(events: readonly StudyFlagged[]): StudyFlag[] {
  const on = new Set<StudyFlag>();
  for (const event of events) {
    if (event.on) on.add(event.flag);
    else on.delete(event.flag);
  }
  return studyFlags.filter((flag) => on.has(flag));
}
