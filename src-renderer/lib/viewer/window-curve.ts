import { applyWindow, windowEdges } from '../../../src-main/core/volume/windowing';
import type { VoiWindow } from '../../../src-main/core/volume/volume';

/** A window as the graphics card takes it: straight lines through [value, grey 0..1], flat beyond both ends. */
export interface WindowCurve {
  /** The ends, modality units: what Cornerstone moves and stretches when a person drags. */
  readonly range: { readonly lower: number; readonly upper: number };
  /** At least two, values rising from `lower` to `upper`. */
  readonly points: readonly (readonly [value: number, grey: number])[];
}

/** Of a sigmoid so many widths are drawn; beyond, it is within 0.0004 of black and white. */
const sigmoidWidths = 4;
const sigmoidLines = 128;

export function windowCurve(window: VoiWindow): WindowCurve {
  const { curve, shape, center, width } = window;
  if (curve) return { range: { lower: curve[0]![0], upper: curve[curve.length - 1]![0] }, points: curve };
  if (shape === 'sigmoid') {
    const lower = center - (sigmoidWidths * width) / 2;
    const points = Array.from({ length: sigmoidLines + 1 }, (_, n): [number, number] => {
      const value = lower + (n * sigmoidWidths * width) / sigmoidLines;
      return [value, applyWindow(value, window)];
    });
    return { range: { lower, upper: points[sigmoidLines]![0] }, points };
  }
  const [black, white] = windowEdges(window);
  // A width of 1 is a threshold, for which the card needs some room.
  const room = white > black ? 0 : 1e-3;
  return {
    range: { lower: black - room, upper: white + room },
    points: [
      [black - room, 0],
      [white + room, 1],
    ],
  };
}

/** The window that a curve of `shown`'s form is after it was moved and stretched to `range`. */
export function windowIn(
  range: { readonly lower: number; readonly upper: number },
  shown: VoiWindow,
): { center: number; width: number } {
  const [center, extent] = [(range.lower + range.upper) / 2, range.upper - range.lower];
  if (shown.curve) return { center, width: extent };
  if (shown.shape === 'sigmoid') return { center, width: extent / sigmoidWidths };
  // PS3.3 C.11.2.1.2.1 counts the steps of a linear window, not the distances between them.
  const [black, white] = windowEdges(shown);
  const steps = shown.width - (white - black);
  return { center: center + (shown.center - (black + white) / 2), width: extent + steps };
}

/** What stands behind width and level where the form is not the usual one. */
export function shapeWord({ shape, curve }: VoiWindow): string {
  if (curve) return 'table';
  return shape === undefined || shape === 'linear' ? '' : shape.replace('-', ' ');
}
