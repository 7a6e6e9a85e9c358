import { cross, normalize, type Vec3 } from '../../core/geometry/vec3';
import { examineStack } from '../../core/volume/examine-stack';
import type { SeriesIssue } from '../../core/volume/series-issues';
import type { VolumeGeometry } from '../../core/volume/volume';
import type { FrameInfo } from './frame-info';
import type { DicomInstance } from './instance';

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
  readonly issues: readonly SeriesIssue[];
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
  const places = slices.map(({ instance, info, frame }) => ({
    position: info.position!,
    number: instance.instanceNumber,
    frame,
  }));
  const examined = examineStack(places, normalize(normalOf(slices[0]!)));
  if (!examined) return null;
  const kept = examined.kept.map((n) => slices[n]!);
  const first = kept[0]!;
  const [rows, columns] = first.info.orientation!;
  return {
    slices: kept,
    doubled: examined.doubled.map((n) => slices[n]!),
    geometry: {
      dims: [first.instance.form.columns, first.instance.form.rows, kept.length],
      spacing: [...first.info.spacing!, examined.spacing],
      origin: first.info.position!,
      direction: [rows, columns, examined.direction],
    },
    issues: examined.issues,
  };
}
