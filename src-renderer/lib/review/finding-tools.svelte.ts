import type { FindingOrigin, FindingPlace } from '../../../src-main/core/study/entities';
import type { RegionMask } from '../../../src-main/core/segmentation/outline-mask';
import type { Plane } from '../viewer/planes';

/** A box that was suggested, and waits for the reader to take or refuse it. */
export interface Suggestion {
  readonly seriesId: string;
  readonly place: FindingPlace;
  readonly origin: FindingOrigin;
}

/** What drags and keys do in the panes beyond looking. One at a time. */
export type FindingMode = 'none' | 'edit' | 'brush' | 'merge' | 'suggestion';

/** How long a box that is changed by keys waits for the next one before it is stored as one step, ms. */
const settleMs = 600;

/**
 * The tools for changing findings, and what they have in hand. The box that is being changed is drawn from here, and
 * stored once the hand rests: a run of keys is one step to undo.
 */
export class FindingTools {
  mode = $state<FindingMode>('none');
  /** The pane that keys mean: the pointer was there last. Null: the main one. */
  plane = $state<Plane | null>(null);
  /** A box as it is being changed. */
  draft = $state.raw<{ readonly findingId: string; readonly place: FindingPlace } | null>(null);
  /** The finding that the selected one would be merged with. */
  mergeWith = $state<string | null>(null);
  suggestion = $state.raw<Suggestion | null>(null);
  /** True while an outline or a suggestion is looked for. */
  asking = $state(false);
  /** The brush's radius, mm (px in a picture). */
  brush = $state(3);
  /** The outline as it is being painted. */
  mask = $state.raw<RegionMask | null>(null);
  /** Goes up when the mask changes: it is painted in place. */
  strokes = $state(0);
  private settling: ReturnType<typeof setTimeout> | null = null;

  /** @param store writes a changed box */
  constructor(private readonly store: (findingId: string, place: FindingPlace) => Promise<void>) {}

  /** Stores what is in hand and goes on with another mode. */
  enter(mode: FindingMode): void {
    void this.flush();
    this.mode = mode;
    if (mode !== 'merge') this.mergeWith = null;
    if (mode !== 'suggestion') this.suggestion = null;
    if (mode !== 'brush') this.mask = null;
  }

  /** A quarter larger or smaller. */
  sizeBrush(by: 1 | -1): void {
    this.brush = Math.min(100, Math.max(0.5, this.brush * (by > 0 ? 1.25 : 0.8)));
  }

  /** A box as a drag changes it; the drag's end stores it ({@link flush}). */
  hold(findingId: string, place: FindingPlace): void {
    this.cancelTimer();
    this.draft = { findingId, place };
  }

  /** A box as keys change it; stored when no key follows. */
  change(findingId: string, place: FindingPlace): void {
    if (this.draft && this.draft.findingId !== findingId) void this.flush();
    this.draft = { findingId, place };
    this.cancelTimer();
    this.settling = setTimeout(() => void this.flush(), settleMs);
  }

  /** Stores a changed box that still waits; resolves when it is stored. */
  async flush(): Promise<void> {
    this.cancelTimer();
    const { draft } = this;
    if (!draft) return;
    await this.store(draft.findingId, draft.place);
    // Keys may have gone on meanwhile.
    if (this.draft === draft) this.draft = null;
  }

  private cancelTimer(): void {
    if (this.settling) clearTimeout(this.settling);
    this.settling = null;
  }
}
