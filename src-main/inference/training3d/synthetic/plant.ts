import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import { drawLookAlike } from './look-alikes';
import { drawNodule, type NoduleLook } from './nodule';
import { drawDirection } from './radius-map';
import { insertSolid } from './insert-solid';
import type { Tile } from './tile';

/**
 * Puts made nodules where real ones grow: free in the lung, at the pleura, on a vessel.
 *
 * Shape shorthand: mm from the tile's corner along x, y, z
 */
export interface Planted extends NoduleLook {
  readonly box: Box3;
  /** Too faint to ask a reader for. */
  readonly faint: boolean;
  readonly place: Place;
}

export type Place = 'free' | 'pleura' | 'vessel';

/** How deep in the lung a place lies, mm; below 0 outside. */
export type LungDepth = (x: number, y: number, z: number) => number;

export interface Ground {
  readonly tile: Tile;
  readonly depth: LungDepth;
  /** Where centres may lie. */
  readonly within: Box3;
  /** Whether what is too faint to ask for is put in all the same. */
  readonly keepsFaint: boolean;
}

const tries = 300;
/** Boxes keep this distance, mm. */
const apartMm = 3;

/**
 * @param taken places that must stay as they are
 * @returns null where no place was found
 */
export function plantNodule(
  ground: Ground,
  look: NoduleLook,
  taken: readonly Box3[],
  random: Random,
): Planted | null {
  const chance = random.uniform();
  const place: Place = chance < 0.45 ? 'free' : chance < 0.75 ? 'pleura' : 'vessel';
  const found = findPlace(ground, look.diameter / 2, place, taken, random);
  if (!found) return null;
  const solid = drawNodule(look, found.center, found.background, random);
  if (taken.some((box) => near(box, solid.box))) return null;
  const least = leastRise(look, ground.tile.noise);
  const seen = insertSolid(
    ground.tile,
    solid,
    random,
    ({ share, rise }) => share > 0.4 && (ground.keepsFaint || rise >= least),
  );
  return seen && { ...look, place, box: seen.box, faint: seen.rise < least };
}

/** Anywhere in the lung; an odd one more or less does not matter. */
export function plantLookAlike(ground: Ground, taken: readonly Box3[], random: Random): void {
  for (let t = 0; t < tries; t++) {
    const center = drawPoint(ground.within, random);
    if (ground.depth(...center) < 1 || taken.some((box) => near(box, [...center, ...center]))) continue;
    // It must not run through what is kept.
    const solid = drawLookAlike(center, random);
    const parts = solid.layers.flatMap((l) => l.parts);
    if (parts.some((p) => taken.some((box) => near(box, p.box)))) continue;
    insertSolid(ground.tile, solid, random, () => true);
    return;
  }
}

/** What a reader would not see for sure: a rise lost in noise, or a small spot thinned out by a thick slice. HU. */
const leastRise = ({ diameter }: NoduleLook, noise: number): number =>
  Math.max(diameter < 6 ? 200 : 90, 3 * noise);

function findPlace(
  { tile, depth, within }: Ground,
  radius: number,
  place: Place,
  taken: readonly Box3[],
  random: Random,
): { center: Vec3; background: number } | null {
  for (let t = 0; t < tries; t++) {
    let center = drawPoint(within, random);
    const deep = depth(...center);
    if (deep < 0) continue;
    if (place === 'free' && deep < radius + 1) continue;
    if (place === 'pleura' && (deep < 0.2 * radius || deep > 0.95 * radius)) continue;
    if (place === 'vessel') {
      const value = valueAt(tile, center);
      if (deep < 4 || value < -450 || value > 300) continue;
      const aside = drawDirection(random);
      center = [0, 1, 2].map((d) => center[d]! + 0.85 * radius * aside[d]!) as unknown as Vec3;
      if (!inside(center, within) || depth(...center) < 2) continue;
    }
    const around = [-0.6, 0, 0.6].flatMap((s) =>
      [0, 1, 2].map((d) =>
        valueAt(tile, center.map((v, a) => v + (a === d ? s * radius : 0)) as unknown as Vec3),
      ),
    );
    const sorted = around.sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    // Gas alone is a bronchus or the windpipe; tissue has no room.
    if (median > -550 || (median < -970 && radius > 3)) continue;
    if (place === 'free' && sorted[sorted.length - 1]! > -400 && radius < 8) continue;
    if (taken.some((box) => near(box, [...center, ...center]))) continue;
    return { center, background: Math.min(-600, Math.max(-930, median)) };
  }
  return null;
}

const drawPoint = (within: Box3, random: Random): Vec3 => [
  random.between(within[0], within[3]),
  random.between(within[1], within[4]),
  random.between(within[2], within[5]),
];

const inside = (p: Vec3, box: Box3): boolean =>
  [0, 1, 2].every((d) => p[d]! >= box[d]! && p[d]! < box[d + 3]!);

const near = (a: Box3, b: Box3): boolean =>
  [0, 1, 2].every((d) => a[d]! - apartMm < b[d + 3]! && b[d]! - apartMm < a[d + 3]!);

function valueAt({ values, dims, spacing }: Tile, p: Vec3): number {
  const [x, y, z] = p.map((v, a) =>
    Math.min(dims[a]! - 1, Math.max(0, Math.floor(v / spacing[a]!))),
  ) as unknown as Vec3;
  return values[(z * dims[1] + y) * dims[0] + x]!;
}
