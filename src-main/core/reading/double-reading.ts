import type { ReadingEvent } from './events';
import type { AdjudicationWay, Reader } from './readers';
import type { UserRole } from './roles';

export interface Adjudication {
  readonly way: AdjudicationWay;
  /** Who began it; of a consensus both. */
  readonly by: readonly Reader[];
  readonly at: string;
  /** Of the event: what is done to findings after it is the adjudication's. */
  readonly seq: number;
}

/** Two people read one study, neither knowing what the other finds until both are done. */
export interface DoubleReading {
  readonly readers: readonly [Reader, Reader];
  readonly assignedBy: string;
  readonly assignedAt: string;
  /** Who is done, and since when. */
  readonly finished: readonly { readonly userId: string; readonly at: string }[];
  readonly adjudication: Adjudication | null;
}

/** `reading`: blind; `read`: both are done and may look; then somebody says what holds. */
export type DoublePhase = 'reading' | 'read' | 'adjudicating';

export const phaseOf = ({ finished, adjudication }: DoubleReading): DoublePhase =>
  adjudication ? 'adjudicating' : finished.length === 2 ? 'read' : 'reading';

export const isReader = ({ readers }: DoubleReading, userId: string): boolean =>
  readers.some((reader) => reader.userId === userId);

export const hasFinished = ({ finished }: DoubleReading, userId: string): boolean =>
  finished.some((reader) => reader.userId === userId);

/** What one more event of the study makes of its double reading. */
export function foldDouble(before: DoubleReading | null, event: ReadingEvent): DoubleReading | null {
  const { action, at, seq, reviewer: name, userId = '' } = event;
  if (action.type === 'double-assigned') {
    const { readers } = action;
    const stays = (id: string): boolean => readers.some((reader) => reader.userId === id);
    return {
      readers,
      assignedBy: name,
      assignedAt: at,
      finished: before?.finished.filter((reader) => stays(reader.userId)) ?? [],
      adjudication: null,
    };
  }
  if (!before) return null;
  const others = before.finished.filter((reader) => reader.userId !== userId);
  if (action.type === 'double-finished') return { ...before, finished: [...others, { userId, at }] };
  if (action.type === 'double-reopened') return { ...before, finished: others };
  if (action.type !== 'adjudicating') return before;
  const by = action.way === 'consensus' ? before.readers : [{ userId, name }];
  return { ...before, adjudication: { way: action.way, by, at, seq } };
}

/** Whether somebody may say which reader is right, and how; null: they may not. */
export function mayAdjudicate(
  double: DoubleReading,
  user: { readonly userId: string; readonly role: UserRole } | null,
): AdjudicationWay | null {
  if (!user) return null;
  if (isReader(double, user.userId)) return 'consensus';
  return user.role === 'adjudicator' ? 'third' : null;
}

/** Whether somebody may change findings now. */
export function mayChange(
  double: DoubleReading,
  user: { readonly userId: string; readonly role: UserRole } | null,
): boolean {
  if (!user) return false;
  const phase = phaseOf(double);
  if (phase === 'reading') return isReader(double, user.userId) && !hasFinished(double, user.userId);
  return phase === 'adjudicating' && mayAdjudicate(double, user) === double.adjudication?.way;
}
