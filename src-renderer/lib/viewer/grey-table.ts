import type { VoiWindow } from '../../../src-main/core/volume/volume';
import type { ShownRange } from './view-pane';
import { windowCurve } from './window-curve';

/** Steps between black and white: far more than a screen's greys. */
const steps = 4096;

/** Greys 0..255 of values evenly spread from `lower` to `upper`, when a window of this form is moved and stretched to it. */
export function greyTable(window: VoiWindow, { lower, upper }: ShownRange): Uint8Array {
  const { range, points } = windowCurve(window);
  const stretch = (upper - lower) / (range.upper - range.lower);
  const moved = points.map(([value, grey]) => [lower + (value - range.lower) * stretch, grey] as const);
  const table = new Uint8Array(steps + 1);
  for (let n = 0, p = 0; n <= steps; n++) {
    const value = lower + (n / steps) * (upper - lower);
    while (p < moved.length - 2 && moved[p + 1]![0] <= value) p++;
    const [[x0, y0], [x1, y1]] = [moved[p]!, moved[p + 1]!];
    const share = x1 > x0 ? Math.min(1, Math.max(0, (value - x0) / (x1 - x0))) : 1;
    table[n] = Math.round(255 * (y0 + (y1 - y0) * share));
  }
  return table;
}

/** @param rgba four bytes a value; what is outside of the volume (NaN) is black */
export function paintGrey(
  values: Float32Array,
  table: Uint8Array,
  { lower, upper }: ShownRange,
  rgba: Uint8ClampedArray,
): void {
  const last = table.length - 1;
  const factor = last / (upper - lower);
  // A pixel is one word; every processor that Electron runs on has its lowest byte first. Signed, since V8 makes of the
  // highest unsigned ones floating numbers.
  const words = new Int32Array(rgba.buffer, rgba.byteOffset, values.length);
  const opaque = 0xff000000 | 0;
  const shades = Int32Array.from(table, (grey) => opaque | (grey * 0x010101));
  const [lowest, highest] = [shades[0]!, shades[last]!];
  for (let n = 0; n < words.length; n++) {
    const value = values[n]!;
    const step = (value - lower) * factor;
    // NaN fails every comparison.
    words[n] = step >= last ? highest : step > 0 ? shades[(step + 0.5) | 0]! : value === value ? lowest : opaque; // prettier-ignore
  }
}
