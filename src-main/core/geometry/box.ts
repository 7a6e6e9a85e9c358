import { iouAt } from './box-overlap';
import type { Vec3 } from './vec3';

/**
 * Shape shorthand: Box2 = [x0, y0, x1, y1], Box3 = [x0, y0, z0, x1, y1, z1]; half-open, so that
 * width = x1 - x0. In pixel or voxel space the first pixel covers [0, 1).
 */
export type Box2 = readonly [number, number, number, number];
export type Box3 = readonly [number, number, number, number, number, number];

/** COCO's form of a 2D box: [x, y, width, height]. */
export type BoxXywh = readonly [number, number, number, number];

export const box3Volume = (b: Box3): number =>
  Math.max(0, b[3] - b[0]) * Math.max(0, b[4] - b[1]) * Math.max(0, b[5] - b[2]);

export const box3Center = (b: Box3): Vec3 => [(b[0] + b[3]) / 2, (b[1] + b[4]) / 2, (b[2] + b[5]) / 2];

export const box3Size = (b: Box3): Vec3 => [b[3] - b[0], b[4] - b[1], b[5] - b[2]];

export const toXywh = (b: Box2): BoxXywh => [b[0], b[1], b[2] - b[0], b[3] - b[1]];

export const fromXywh = (b: BoxXywh): Box2 => [b[0], b[1], b[0] + b[2], b[1] + b[3]];

/** Intersection over union; 0 where either box is empty. */
export const box2Iou = (a: Box2, b: Box2): number => iouAt(a, 0, b, 0, 2);

/** Intersection over union; 0 where either box is empty. */
export const box3Iou = (a: Box3, b: Box3): number => iouAt(a, 0, b, 0, 3);
