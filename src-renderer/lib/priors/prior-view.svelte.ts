import type { Finding } from '../../../src-main/contract/entities';
import { FindingTools } from '../review/finding-tools.svelte';
import type { ShownStudy } from '../viewer/shown-study';
import type { Priors } from './priors.svelte';

/** An earlier study in a viewer: its confirmed findings are shown, and nothing is done to them. */
export class PriorView implements ShownStudy {
  readonly tools = new FindingTools(() => Promise.resolve());

  constructor(private readonly priors: Priors) {}

  get findings(): readonly Finding[] {
    return this.priors.chosen?.findings ?? [];
  }
  get boxesShown(): boolean {
    return this.priors.review.boxesShown;
  }
  /** What the finding under review is linked to, or may be. */
  readonly selectedId = $derived.by((): string | null => {
    const { selected } = this.priors.review;
    if (!selected) return null;
    const linked = selected.link?.history.find((h) => h.studyId === this.priors.chosenId);
    return linked?.findingId ?? this.priors.proposalFor(selected.findingId)?.priorFindingId ?? null;
  });
  readonly selected = $derived<Finding | null>(
    this.findings.find((f) => f.findingId === this.selectedId) ?? null,
  );
  /** Where the examinations are registered, it follows the place that is read; else it goes to the lesion itself. */
  get jump(): number {
    return this.priors.transform ? 0 : 1;
  }

  add(): Promise<void> {
    return Promise.resolve();
  }
  suggest(): Promise<void> {
    return Promise.resolve();
  }
  painted(): Promise<void> {
    return Promise.resolve();
  }
}
