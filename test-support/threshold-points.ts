import type { ThresholdPoint } from '../src-main/core/study/entities';

/** A row of operating points as a model measured on single images has it. */
export const thresholdPoint = (
  falsePositives: number,
  threshold: number,
  more: Partial<ThresholdPoint> = {},
): ThresholdPoint => ({
  per: 'image',
  threshold,
  falsePositives,
  measured: true,
  sensitivity: 0.951,
  sensitivity95: [0.9, 0.994],
  ...more,
});
