import type { Modality, VoiWindow } from './volume';

export interface NamedWindow extends VoiWindow {
  readonly name: string;
}

/** Window presets in Hounsfield units as radiology departments use them; the lung's comes first for chests. */
export const ctPresets: readonly NamedWindow[] = [
  { name: 'Lung', center: -600, width: 1500 },
  { name: 'Mediastinum', center: 40, width: 400 },
  { name: 'Bone', center: 300, width: 1500 },
  { name: 'Brain', center: 40, width: 80 },
];

/**
 * Grey level 0..1 of a modality value, DICOM PS3.3 C.11.2.1.2.1 (linear: the width counts steps, so that width 1 is a
 * threshold at center - 0.5), C.11.2.1.3.1 (sigmoid), C.11.2.1.3.2 (linear exact), or by the window's table.
 */
export function applyWindow(value: number, window: VoiWindow): number {
  const { center, width, shape, curve } = window;
  if (curve) return alongCurve(value, curve);
  if (shape === 'sigmoid') return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const [black, white] = windowEdges(window);
  if (value <= black) return 0;
  return value > white ? 1 : (value - black) / (white - black);
}

/**
 * The values up to which a straight window is black and from which it is white; equal where it is a threshold. A linear
 * width under 1, which the standard does not allow, is taken as exact.
 */
export function windowEdges({ center, width, shape }: VoiWindow): [black: number, white: number] {
  if (shape === 'linear-exact' || width < 1) return [center - width / 2, center + width / 2];
  return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
}

function alongCurve(value: number, curve: readonly (readonly [number, number])[]): number {
  let [low, high] = [0, curve.length - 1];
  if (value <= curve[low]![0]) return curve[low]![1];
  if (value >= curve[high]![0]) return curve[high]![1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (curve[middle]![0] <= value) low = middle;
    else high = middle;
  }
  const [[x0, y0], [x1, y1]] = [curve[low]!, curve[high]!];
  return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}

/** The window that shows `low` as black and `high` as white. */
export function windowOfRange(low: number, high: number): VoiWindow {
  const whole = Number.isInteger(low) && Number.isInteger(high);
  const width = high > low ? high - low + (whole ? 1 : 0) : 1;
  // A linear window's width counts whole steps: of fractions it would cut one off, or be a threshold.
  return { center: low + width / 2, width, ...(!whole && high > low && { shape: 'linear-exact' as const }) };
}

/**
 * Values below which the fractions `low` and `high` of the (sampled) finite data lie. At most about
 * `samples` values are looked at, evenly spread, so that a volume costs milliseconds.
 */
export function percentiles(
  data: ArrayLike<number>,
  fractions: readonly number[],
  samples = 200_000,
): number[] {
  const step = Math.max(1, Math.floor(data.length / samples));
  const picked: number[] = [];
  for (let n = 0; n < data.length; n += step) {
    const value = data[n]!;
    if (Number.isFinite(value)) picked.push(value);
  }
  if (picked.length === 0) return fractions.map(() => 0);
  const sorted = Float64Array.from(picked).sort();
  return fractions.map(
    (f) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(f * (sorted.length - 1))))]!,
  );
}

/** MR has no unit: the window spans the 1st to 99th percentile, so that a few bright voxels do not darken the rest. */
export function percentileWindow(data: ArrayLike<number>): NamedWindow {
  const [low = 0, high = 0] = percentiles(data, [0.01, 0.99]);
  return { name: 'Percentile 1-99', ...windowOfRange(low, high) };
}

/** Puts the CT preset that suits the body part first. */
export function ctPresetsFor(bodyPart: string): readonly NamedWindow[] {
  const first = /BRAIN|HEAD|SKULL/.test(bodyPart)
    ? 'Brain'
    : /CHEST|LUNG|THORAX/.test(bodyPart)
      ? 'Lung'
      : 'Mediastinum';
  return [...ctPresets].sort((a, b) => Number(b.name === first) - Number(a.name === first));
}

/** Windows offered for a series: those of its file first, then its modality's. Never empty. */
export function windowsFor(
  modality: Modality,
  bodyPart: string,
  fromFile: readonly NamedWindow[],
  range: readonly [number, number],
  percentile: NamedWindow | null,
): NamedWindow[] {
  const windows = [...fromFile];
  if (modality === 'CT') windows.push(...ctPresetsFor(bodyPart));
  if (percentile) windows.push(percentile);
  windows.push({ name: 'Full range', ...windowOfRange(range[0], range[1]) });
  return windows;
}
