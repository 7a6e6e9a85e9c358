import type { Finding } from '../../../src-main/contract/entities';
import type { FindingOrigin, FindingPlace } from '../../../src-main/core/study/entities';
import type { FindingTools } from '../review/finding-tools.svelte';
import type { SuggestedPoint } from '../state/review.svelte';
import type { Ghost } from './ghost';

/** What viewers need of a study whose series they show: the one under review, or an earlier one that is only looked at. */
export interface ShownStudy {
  readonly findings: readonly Finding[];
  readonly selected: Finding | null;
  readonly selectedId: string | null;
  readonly boxesShown: boolean;
  /** Where a jump goes; left out: to the selected finding. */
  readonly target?: { readonly seriesId: string; readonly place: FindingPlace } | null;
  /** Boxes beside those of the list; left out: none. */
  readonly ghosts?: readonly Ghost[];
  /** Boxes of the list give way to the others. */
  readonly comparing?: boolean;
  /** Goes up with every jump to the selected finding; 0: nobody jumps. */
  readonly jump: number;
  readonly tools: FindingTools;
  add(label: string, place: FindingPlace, origin?: FindingOrigin): Promise<void>;
  suggest(point: SuggestedPoint): Promise<void>;
  painted(): Promise<void>;
}
