import type { Volume } from '../volume/volume';
import type { NotAnalysable } from './verdict';

/** What a CT must be like for a model of chest CT. */
export interface CtLimits {
  readonly leastSlices: number;
  /** mm that the slices span. */
  readonly leastExtent: number;
  /** mm between slices, and between voxels of a slice. */
  readonly mostSliceSpacing: number;
  readonly mostPixelSpacing: number;
}

/** Of Hounsfield units: air and lung, and what is soft tissue and water. */
const airBelow = -500;
const softTissue = [-200, 250] as const;
const leastShare = 0.02;
/** Metal reaches 3071 in 12 bits, and more where the scale is extended; sums of slices and raw counts lie beyond. */
const plausible = [-5000, 40000] as const;
const samples = 200_000;

/** @returns why a CT cannot be analysed, or null */
export function checkCtVolume(volume: Volume, limits: CtLimits): NotAnalysable | null {
  if (volume.modality !== 'CT' && volume.modality !== 'OT')
    return { reason: 'values', message: `The scan is ${volume.modality}, and this model reads CT.` };
  const slices = volume.dims[2];
  const extent = slices * volume.spacing[2];
  if (slices < limits.leastSlices || extent < limits.leastExtent) {
    return {
      reason: 'too-few-slices',
      message: `The scan has ${slices} slices over ${Math.round(extent)} mm; at least ${limits.leastSlices} slices over ${limits.leastExtent} mm are needed.`,
    };
  }
  const inPlane = Math.max(volume.spacing[0], volume.spacing[1]);
  if (volume.spacing[2] > limits.mostSliceSpacing || inPlane > limits.mostPixelSpacing) {
    return {
      reason: 'spacing',
      message: `The voxels are too coarse (${inPlane.toFixed(1)} mm in the slice, ${volume.spacing[2].toFixed(1)} mm between slices).`,
    };
  }
  const { low, high, air, soft } = shares(volume);
  if (!(high > low))
    return { reason: 'blank', message: 'The scan is blank: every voxel has the same value.' };
  if (low < plausible[0] || high > plausible[1] || air < leastShare || soft < leastShare) {
    return {
      reason: 'values',
      message:
        'The values are not those of a chest CT in Hounsfield units: air, lung and soft tissue are not all there.',
    };
  }
  return null;
}

function shares({ data }: Volume): { low: number; high: number; air: number; soft: number } {
  const step = Math.max(1, Math.floor(data.length / samples));
  let [low, high, air, soft, count] = [Infinity, -Infinity, 0, 0, 0];
  for (let n = 0; n < data.length; n += step, count++) {
    const value = data[n]!;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value < airBelow) air++;
    else if (value >= softTissue[0] && value <= softTissue[1]) soft++;
  }
  return { low, high, air: air / count, soft: soft / count };
}
