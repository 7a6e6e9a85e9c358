import { box3Center } from '../../../src-main/core/geometry/box';
import { invoke } from '../api/client';
import { app } from '../state/app.svelte';
import type { ReviewState } from '../state/review.svelte';
import type { ExplainedPoint, ViewerControls } from '../viewer/viewer-controls.svelte';
import type { Explained } from './explained';

/** Asks the network about one place at a time; an answer about a place that was left is dropped. */
export class Inspector {
  open = $state(false);
  heat = $state(false);
  asking = $state(false);
  result = $state.raw<{ readonly seriesId: string; readonly explained: Explained } | null>(null);
  private asked = 0;

  constructor(
    private readonly review: ReviewState,
    private readonly controls: ViewerControls,
  ) {}

  /** What is asked about: where the reader clicked last, else the selected finding. */
  get point(): ExplainedPoint | null {
    const { clicked } = this.controls;
    if (clicked) return clicked;
    const place = this.review.selected?.place;
    if (!place) return null;
    if (place.space === 'lps') return { space: 'lps', point: [...box3Center(place.boxLps)] };
    const [x, y, width, height] = place.boxPx;
    return { space: 'px', frame: place.frame, point: [x + width / 2, y + height / 2] };
  }

  async ask(point: ExplainedPoint | null): Promise<void> {
    const { seriesId, studyId } = this.review;
    const mine = ++this.asked;
    this.result = null;
    if (!point || !seriesId) return;
    this.asking = true;
    await app.attempt(async () => {
      const explained = await invoke('series.explain', {
        studyId,
        seriesId,
        modelId: null,
        point,
        whole: false,
      });
      if (mine === this.asked) this.result = { seriesId, explained };
    });
    if (mine === this.asked) this.asking = false;
  }

  forget(): void {
    this.asked++;
    this.asking = false;
    this.result = null;
  }
}
