import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { VoiWindow } from '../../../src-main/core/volume/volume';
import type { SlabMode } from '../../../src-main/core/volume/slab';
import type { Markers } from './planes';

/** Values shown black and white, as in a drag. */
export interface ShownRange {
  readonly lower: number;
  readonly upper: number;
}

/** One pane, whoever draws its pixels. `revision` goes up whenever the picture in it moves. */
export interface ViewPane {
  readonly revision: number;
  readonly ready: boolean;
  readonly element: HTMLElement;
  /** Middle of the pane, LPS mm. */
  readonly focalPoint: Vec3;
  /** Towards the person. */
  readonly normal: Vec3;
  /** Up on the screen. */
  readonly up: Vec3;
  readonly markers: Markers;
  readonly window: { readonly center: number; readonly width: number; readonly word: string } | null;
  readonly zoom: number;
  /** CSS px in the pane of a point of the patient (mm), and back. */
  toCanvas(world: Vec3): readonly [number, number];
  toWorld(canvas: readonly [number, number]): Vec3;
  show(window: VoiWindow): void;
  follow(range: ShownRange): void;
  fit(cornersLps: readonly Vec3[]): void;
  /** Moves the plane (not the picture in it) by `mm` along its normal. */
  shift(mm: number): void;
  /** Swaps the sides of the picture, or its top and bottom. */
  mirror(swaps: 'sides' | 'ends'): void;
  /** By a quarter, clockwise. */
  turn(): void;
  /** Bright for dark, dark for bright. */
  invert(on: boolean): void;
  readonly inverted: boolean;
  /** Shows the brightest, darkest or mean value of what lies within `mm`, half of it on each side of the plane. */
  slab(mode: SlabMode | null, mm: number): void;
  draw(): void;
}
