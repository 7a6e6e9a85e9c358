import type { FindingPlace } from '../../../src-main/core/study/entities';

/** A box that is no finding of the list: of one of two readers, or of one of two results. Told apart by line and letter. */
export interface Ghost {
  readonly ghostId: string;
  readonly seriesId: string;
  readonly place: FindingPlace;
  readonly side: 'first' | 'second';
  /** "A", "B 3". */
  readonly label: string;
  readonly selected: boolean;
}
