import type { FittedGate } from '../gate/fit-gate';
import type { Sample } from '../training/dataset';
import type { InitialModel } from './schema';
import type { Recipe } from '../training/recipe';
import type { Validation } from '../training/validate';

/** What training hands over for a bundle to be written from. */
export interface TrainedModel {
  readonly recipe: Recipe;
  /** As people name it, e.g. recipes/brain-mr-tumour.json. */
  readonly recipeName: string;
  /** Every parameter by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly samples: readonly Sample[];
  readonly validation: Validation;
  /** Null where there were too few pictures to fit one. */
  readonly gate: FittedGate | null;
  readonly trainingSeconds: number;
  /** The model it began from; null for ImageNet's backbone and drawn weights. */
  readonly initial: InitialModel | null;
  /** Drawn in training, repeats included. */
  readonly images: number;
}
