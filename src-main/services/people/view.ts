import { AppError } from '../../core/app-error';
import type { ReadingMode } from '../../core/reading/modes';
import type { Modality } from '../../core/volume/volume';
import type { Settings, StudySummary } from '../../contract/entities';
import type { UserRow } from '../../storage';
import type { SettingsService } from '../settings';
import type { StudySnapshot } from '../study-snapshot';
import type { KeptSummary } from './kept-summary';
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

  get user(): UserRow | null {
    return this.options.session.user;
  }

  of(all: StudySnapshot): StudyView {
    const snapshot = this.ofOne(all);
    const { reading, series } = snapshot;
    const mode =
      reading.mode ??
      modeOf(
        this.options.settings.get(),
        series.map((s) => s.scanned.modality),
      );
    const revealed = reading.revealed.map((r) => r.reader);
    // Once both of two readers are done nothing is left to be read unaided.
    const over =
      reading.signature !== null || (snapshot.double !== null && snapshot.double.phase !== 'reading');
    const lockedAway = this.isLocked(mode, revealed, over);
    if (!lockedAway) return { ...snapshot, mode, lockedAway };
    const own = snapshot.findings.filter((finding) => finding.provenance === 'reader');
    return { ...snapshot, resultSets: [], read: [], findings: own, relevant: own, mode, lockedAway };
  }

  /**
   * The worklist's line of a study: counts and scores of what is locked away are not in it.
   *
   * @param settings read once for a list of thousands
   */
  summary(all: KeptSummary, settings: Settings = this.options.settings.get()): StudySummary {
    const kept = this.summaryOfOne(all);
    const { reading } = kept;
    const mode = reading.mode ?? modeOf(settings, kept.modalities);
    const over =
      kept.state === 'signed' || (reading.double !== undefined && reading.double.phase !== 'reading');
    if (!this.isLocked(mode, reading.revealedBy, over)) return kept;
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

  /** While two read blind, each is given their own reading, and everybody else none. */
  private ofOne(all: StudySnapshot): StudySnapshot {
    if (all.double?.phase !== 'reading') return all;
    const readings = all.double.readings.filter(({ reader }) => reader.userId === this.reader);
    const [own] = readings;
    const { events, findings, relevant } = own ?? all;
    return { ...all, allEvents: events, events, findings, relevant, double: { ...all.double, readings } };
  }

  /** The same of a line of the worklist. */
  private summaryOfOne(kept: KeptSummary): StudySummary {
    if (!kept.ofReaders) return kept;
    const { ofReaders, ...summary } = kept;
    const own = ofReaders[this.reader];
    if (!own) return summary;
    const { added, ...line } = own;
    return { ...summary, ...line, reading: { ...summary.reading, added } };
  }

  private isLocked(mode: ReadingMode, revealedTo: readonly string[], over: boolean): boolean {
    return mode !== 'concurrent' && !over && !revealedTo.includes(this.reader);
  }
}

/** @throws AppError 'review.locked-away' */
export function assertShown({ lockedAway, mode }: Pick<StudyView, 'lockedAway' | 'mode'>): void {
  if (!lockedAway) return;
  if (mode === 'on-request')
    throw new AppError(
      'review.locked-away',
      'What the network found is shown when you ask for it.',
      'Press Shift+S.',
    );
  throw new AppError(
    'review.locked-away',
    'What the network found is locked away until your unaided read is done.',
    'Read the images, add what you find, then mark the unaided read as done.',
  );
}
