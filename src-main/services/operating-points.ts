import { volumeThreshold } from '../core/evaluation/volume-estimate';
import type { ScannedSeries, ThresholdPoint } from '../core/study/entities';
import type { ModelBundle } from '../inference';
import { mutable, type Mutable } from './mutable';

/** False marks a volume that rows are estimated for, and the one that is the default. */
const estimatedRates = [0.5, 1, 2, 4, 8];
const defaultPerVolume = 2;

/**
 * Where the threshold for a series begins, and what other thresholds would give. A model of pictures was measured on
 * pictures: for a volume, which it reads slice by slice, false marks are estimated by the number of slices
 * (core/evaluation/volume-estimate.ts) and nothing is claimed of what is found.
 */
export function operatingPointsFor(
  bundle: ModelBundle,
  pixels: ScannedSeries['pixels'],
): { threshold: number; operatingPoints?: Mutable<ThresholdPoint>[] } {
  const { scoreFloor, default: threshold } = bundle.thresholds;
  if (pixels.kind === 'volume' && bundle.kind === 'picture') {
    if (!bundle.falsePositiveTail) return { threshold };
    const tail = bundle.falsePositiveTail;
    const points = estimatedRates.flatMap((falsePositives): ThresholdPoint[] => {
      const estimated = volumeThreshold(tail, pixels.geometry.dims[2], falsePositives);
      if (estimated === null || estimated < scoreFloor) return [];
      return [
        {
          per: 'scan',
          threshold: estimated,
          falsePositives,
          measured: false,
          sensitivity: null,
          sensitivity95: null,
        },
      ];
    });
    const chosen = points.find((p) => p.falsePositives === defaultPerVolume) ?? points[points.length - 1];
    return chosen ? { threshold: chosen.threshold, operatingPoints: mutable(points) } : { threshold };
  }
  if (!bundle.operatingPoints?.length) return { threshold };
  const operatingPoints = bundle.operatingPoints.map((p): ThresholdPoint => ({
    per: p.per,
    threshold: Math.max(scoreFloor, p.threshold),
    falsePositives: p.falsePositives,
    measured: true,
    sensitivity: p.sensitivity,
    sensitivity95: p.sensitivity95,
  }));
  return { threshold, operatingPoints: mutable(operatingPoints) };
}
