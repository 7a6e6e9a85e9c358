import { AppError } from '../../core/app-error';
import type { ReadingMode } from '../../core/reading/modes';
import type { Modality } from '../../core/volume/volume';
import type { Settings, StudySummary } from '../../contract/entities';
import type { SettingsService } from '../settings';
import type { StudySnapshot } from '../study-snapshot';
import type { Session } from './session';

/** A study as one reader may see it. */
export interface StudyView extends StudySnapshot {
  readonly mode: ReadingMode;
  /** What the network found is not in here: the unaided read is not done. */
  readonly lockedAway: boolean;
}

const modeOf = ({ readingModes = {} }: Settings, modalities: readonly Modality[]): ReadingMode =>
  modalities.map((modality) => readingModes[modality]).find((mode) => mode !== undefined) ?? 'concurrent';

/** Decides what of a study goes to the window of who is logged in: what is locked away never leaves main. */
export class Views {
  constructor(private readonly options: { session: Session; settings: SettingsService }) {}

  /** Who reads: a user, or whoever sits at a store without users. */
  get reader(): string {
    return this.options.session.user?.userId ?? '';
  }

  of(snapshot: StudySnapshot): StudyView {
    const { reading, series } = snapshot;
    const mode =
      reading.mode ??
      modeOf(
        this.options.settings.get(),
        series.map((s) => s.scanned.modality),
      );
    const revealed = reading.revealed.map((r) => r.reader);
    const lockedAway = this.isLocked(mode, revealed, reading.signature !== null);
    if (!lockedAway) return { ...snapshot, mode, lockedAway };
    const own = snapshot.findings.filter((finding) => finding.provenance === 'reader');
    return { ...snapshot, resultSets: [], findings: own, relevant: own, mode, lockedAway };
  }

  /**
   * The worklist's line of a study: counts and scores of what is locked away are not in it.
   *
   * @param settings read once for a list of thousands
   */
  summary(kept: StudySummary, settings: Settings = this.options.settings.get()): StudySummary {
    const { reading } = kept;
    const mode = reading.mode ?? modeOf(settings, kept.modalities);
    if (!this.isLocked(mode, reading.revealedBy, kept.state === 'signed')) return kept;
    const { added } = reading;
    const told = ['to-review', 'in-review', 'reviewed', 'not-analysable'].includes(kept.state);
    return {
      ...kept,
      // Neither that there is something nor that there is nothing.
      state: told ? (added > 0 ? 'in-review' : 'to-review') : kept.state,
      findingCount: added,
      pendingCount: 0,
      topScore: null,
      topOpenScore: null,
    };
  }

  private isLocked(mode: ReadingMode, revealedTo: readonly string[], signed: boolean): boolean {
    return mode === 'second-reader' && !signed && !revealedTo.includes(this.reader);
  }
}

/** @throws AppError 'review.locked-away' */
export function assertShown({ lockedAway }: Pick<StudyView, 'lockedAway'>): void {
  if (!lockedAway) return;
  throw new AppError(
    'review.locked-away',
    'What the network found is locked away until your unaided read is done.',
    'Read the images, add what you find, then mark the unaided read as done.',
  );
}
