import type { Box3 } from '../geometry/box';
import type { FieldValue } from './subgroups';

/** A reference for detections in volumes: what `regio evaluate volumes --truth` reads (docs/evaluation.md). */
export interface VolumeTruth {
  readonly series: readonly VolumeSeries[];
  readonly lesions: readonly VolumeLesion[];
}

export interface VolumeSeries {
  readonly id: string;
  /** Series of one patient are drawn together in a bootstrap. */
  readonly patient?: FieldValue | undefined;
  readonly site?: FieldValue | undefined;
  /** Any other field, to make a table by. */
  readonly [field: string]: unknown;
}

export interface VolumeLesion {
  readonly series: string;
  /** LPS mm. */
  readonly box: Box3;
  /** mm, diameter or longest side as the reference has it; left out: the box's longest side. */
  readonly size?: number | undefined;
  /** Need not be found; a mark on it counts for nothing. */
  readonly ignore?: boolean | undefined;
}

export interface VolumeMark {
  readonly series: string;
  /** LPS mm. */
  readonly box: Box3;
  readonly score: number;
}
