import type { CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import type { Compared } from '../bundle/fine-tuned-record';
import type { Architecture } from '../network/architecture';
import type { Recipe } from '../training/recipe';
import type { CasePicture } from './case-picture';

/** A network that went on learning, and what is known of it. */
export interface FineTuned {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** Every parameter by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly epochs: number;
  readonly steps: number;
  readonly trainingSeconds: number;
  readonly learnt: readonly CasePicture[];
  readonly held: readonly CasePicture[];
  /** Its operating point, chosen on the held-back cases; null: its base's. */
  readonly threshold: number | null;
  /** On the held-back cases; null in the draft that is measured. */
  readonly measured: {
    readonly compared: Compared;
    readonly evaluation: CocoEvaluation;
  } | null;
}
