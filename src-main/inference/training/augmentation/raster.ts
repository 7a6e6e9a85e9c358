import type { Box2 } from '../../../core/geometry/box';
import type { Pixels } from '../../preprocess/sample';

/** A picture in work: 0 is black, 1 is white; row-major, channels interleaved. Effects change it in place. */
export interface Raster extends Pixels {
  readonly data: Float32Array;
}

/** A picture on the canvas with what it shows, in work. */
export interface Scene {
  /** [S, S, C] */
  readonly raster: Raster;
  /** Canvas px. */
  readonly boxes: readonly Box2[];
  /** Index into the labels, a box each. */
  readonly classes: readonly number[];
  readonly crowds: readonly Box2[];
  /** Places that a reader marked as no lesion. */
  readonly rejected?: readonly Box2[] | undefined;
}

/** 0 .. 1. */
export const toUnit = (v: number): number => (v < 0 ? 0 : v > 1 ? 1 : v);
