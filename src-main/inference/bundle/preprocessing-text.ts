import type { PictureBundleFile, VolumeBundleFile } from './schema';

/** How an image is turned into what the network reads, in a person's words. */
export function preprocessingText(bundle: PictureBundleFile | VolumeBundleFile): string {
  if (bundle.kind === 'volume') {
    const { spacing, orientation, intensity, window, overlap, flipAveraging } = bundle.input;
    const lungs = bundle.lungMask
      ? ` Only the lungs are looked at (thresholds and morphology), with ${bundle.lungMask.marginMm} mm around them: windows lie around these, and are larger where that takes fewer voxels.`
      : '';
    return `The volume is resampled to ${spacing.join(' x ')} mm (${orientation}), values ${intensity.low} to ${intensity.high} become 0 to 1, and it is read in windows of
${window.join(' x ')} voxels that have ${percent(overlap)} in common${flipAveraging ? ', each also with left and right changed' : ''}.${lungs}`;
  }
  const { size, channels, intensity, foreground, localContrast, tiles, marks, mean, deviation } =
    bundle.input;
  const range = localContrast
    ? `shown against its surroundings (${localContrast.gain} times the Weber contrast to a Gaussian mean of ${localContrast.sigma} px)`
    : intensity.kind === 'percentile'
      ? `black and white at ${percent(intensity.low)} and ${percent(intensity.high)} of its values`
      : 'its full range of values';
  const part =
    foreground === undefined
      ? 'The picture'
      : `The ${foreground === 'breast' ? 'breast' : 'disc of the retina'}`;
  const canvas = tiles
    ? `is resampled to ${tiles.longestSide} px on its longest side and read in tiles of ${size} x ${size} px that overlap by ${percent(tiles.overlap)}`
    : `is letterboxed to ${size} x ${size} px`;
  const volume = bundle.volume
    ? ' Volumes are read slice by slice, and boxes of neighbouring slices are merged.'
    : '';
  const cleaned = marks ? ' Burnt-in measuring callipers are painted over first.' : '';
  return `${part} ${canvas}, ${channels === 1 ? 'grey' : 'RGB'}, ${range}; then (value - ${mean}) / ${deviation} on a scale of 0 to 255.${cleaned}${volume}`;
}

const percent = (share: number): string => `${+(100 * share).toFixed(1)} %`;
