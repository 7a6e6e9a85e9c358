export interface TrainProgress {
  readonly phase: 'load' | 'train' | 'validate' | 'done';
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
  /** Mean of the steps since the last report; null before the first. */
  readonly loss: { readonly total: number; readonly objectness: number; readonly box: number } | null;
}

/** Fills in what a report leaves out. */
export const progressReporter =
  (onProgress: ((progress: TrainProgress) => void) | undefined) =>
  (given: Partial<TrainProgress> & Pick<TrainProgress, 'phase'>): void =>
    onProgress?.({
      step: 0,
      steps: 0,
      epoch: 0,
      imagesPerSecond: 0,
      etaSeconds: 0,
      loss: null,
      ...given,
    });
