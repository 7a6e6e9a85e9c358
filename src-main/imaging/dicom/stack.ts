import { add, cross, dot, length, normalize, scale, subtract, type Vec3 } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import type { DicomInstance, FrameInfo } from './instance';

/** One frame of one file, as a candidate slice. */
export interface Slice {
  readonly instance: DicomInstance;
  /** From 0. */
  readonly frame: number;
  readonly info: FrameInfo;
}

export interface Stack {
  /** Sorted along the normal. */
  readonly slices: readonly Slice[];
  readonly doubled: readonly Slice[];
  readonly geometry: VolumeGeometry;
  readonly warnings: readonly string[];
  readonly analysable: boolean;
}

/** The slice normal: rows x columns (PS3.3 C.7.6.2.1.1). */
export const normalOf = (slice: Slice): Vec3 => cross(...slice.info.orientation!);

/**
 * Puts slices of one orientation and size in order along their normal and finds the grid they form.
 * Slices are evenly `spacing[2]` apart along `direction[2]`, which is the normal, or the line through the
 * slice corners where the gantry was tilted.
 *
 * @param slices at least two, all with position, orientation and spacing
 * @returns null where fewer than two different positions are left
 */
export function stackSlices(slices: readonly Slice[]): Stack | null {
  const normal = normalize(normalOf(slices[0]!));
  const along = (s: Slice): number => dot(s.info.position!, normal);
  const sorted = [...slices].sort(
    (a, b) =>
      along(a) - along(b) ||
      (a.instance.instanceNumber ?? 0) - (b.instance.instanceNumber ?? 0) ||
      a.frame - b.frame,
  );
  const kept: Slice[] = [];
  const doubled: Slice[] = [];
  for (const slice of sorted) {
    const before = kept[kept.length - 1];
    if (before && along(slice) - along(before) < 0.01) doubled.push(slice);
    else kept.push(slice);
  }
  if (kept.length < 2) return null;

  const warnings: string[] = [];
  let analysable = true;
  const first = kept[0]!;
  const last = kept[kept.length - 1]!;
  const gaps = kept.slice(1).map((s, n) => along(s) - along(kept[n]!));
  const usual = median(gaps);
  if (doubled.length > 0) {
    warnings.push(
      `${plural(doubled.length, 'slice lies', 'slices lie')} where another one lies already; the first is shown.`,
    );
  }
  const missing = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / usual) - 1), 0);
  const regular = gaps.every((gap) => Math.abs(gap - usual) <= Math.max(0.1 * usual, 0.02));
  if (missing > 0) {
    analysable = false;
    warnings.push(
      `${plural(missing, 'slice is', 'slices are')} missing: positions beyond the gap would be wrong, so nothing is measured or detected.`,
    );
  } else if (!regular) {
    const [low, high] = [Math.min(...gaps), Math.max(...gaps)];
    warnings.push(`The slices are unevenly spaced (${low.toFixed(2)} to ${high.toFixed(2)} mm).`);
  }

  const step = scale(subtract(last.info.position!, first.info.position!), 1 / (kept.length - 1));
  const between = length(step);
  const tilt = (Math.acos(Math.min(1, dot(step, normal) / between)) * 180) / Math.PI;
  const tilted = tilt > 0.5;
  if (tilted)
    warnings.push(
      `The slices are tilted by ${tilt.toFixed(1)} degrees (gantry tilt); positions account for it.`,
    );
  const [spacingI, spacingJ] = first.info.spacing!;
  const geometry: VolumeGeometry = {
    dims: [first.instance.form.columns, first.instance.form.rows, kept.length],
    spacing: [spacingI, spacingJ, tilted ? between : dot(step, normal)],
    origin: first.info.position!,
    direction: [
      first.info.orientation![0],
      first.info.orientation![1],
      tilted ? scale(step, 1 / between) : normal,
    ],
  };
  const off = Math.max(
    ...kept.map((s, k) => {
      const expected = add(geometry.origin, scale(geometry.direction[2], geometry.spacing[2] * k));
      return length(subtract(s.info.position!, expected));
    }),
  );
  if (analysable && off > Math.max(0.5 * usual, 0.5)) {
    analysable = false;
    warnings.push(
      `Some slices lie ${off.toFixed(1)} mm from where an even stack has them, so nothing is measured or detected.`,
    );
  }
  return { slices: kept, doubled, geometry, warnings, analysable };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
export const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
