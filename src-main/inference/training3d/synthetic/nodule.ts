import type { Box3 } from '../../../core/geometry/box';
import { dot, type Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import { drawAxes, drawDirection, RadiusMap } from './radius-map';
import { boxAround, ellipsoid, ramp, type Solid, type SolidLayer, type SolidPart } from './solid';

/**
 * Made nodules. Kinds and words are the Fleischner Society's (Hansell et al. 2008; MacMahon et al. 2017): solid, part-solid
 * (a solid core in ground glass) and pure ground glass. Densities span those of the chest phantoms that CT studies of
 * nodules use (-800 and -630 HU for ground glass, +100 HU for solid) and soft tissue with and without contrast medium;
 * diameters are the 3 to 30 mm that define a nodule, and somewhat beyond.
 *
 * Shape shorthand: mm from the tile's corner along x, y, z
 */
export type NoduleKind = 'solid' | 'part-solid' | 'ground-glass';

export interface NoduleLook {
  readonly kind: NoduleKind;
  /** Of the ball of the same volume, about. mm. */
  readonly diameter: number;
}

export interface SizeBand {
  readonly fromMm: number;
  readonly toMm: number;
  readonly weight: number;
}

export function drawLook(bands: readonly SizeBand[], random: Random): NoduleLook {
  let at = random.uniform() * bands.reduce((sum, b) => sum + b.weight, 0);
  const band = bands.find((b) => (at -= b.weight) < 0) ?? bands[bands.length - 1]!;
  const diameter = Math.exp(random.between(Math.log(band.fromMm), Math.log(band.toMm)));
  const chance = random.uniform();
  // Ground glass of 3 mm is below what scans of any spacing show.
  const kind: NoduleKind =
    diameter < 5 || chance < 0.62 ? 'solid' : chance < 0.8 || diameter < 6 ? 'ground-glass' : 'part-solid';
  return { kind, diameter };
}

/** @param background HU of the lung around, above which ground glass must stand out */
export function drawNodule(
  { kind, diameter }: NoduleLook,
  center: Vec3,
  background: number,
  random: Random,
): Solid {
  const radius = diameter / 2;
  const body = drawBody(radius, random);
  const box = body.reach.map((r, d) => center[d % 3]! + (d < 3 ? -r : r)) as unknown as Box3;
  const spiculated = kind !== 'ground-glass' && diameter > 6 && random.uniform() < 0.35;
  const shape = spiculated ? withSpicules(body, radius, random) : body;
  if (kind === 'solid') {
    const soft = Math.min(90, Math.max(-80, 20 + 35 * random.normal()));
    const calcified = random.uniform() < 0.06;
    const layers: SolidLayer[] = [
      {
        parts: [star(shape, center, 0.6)],
        value: calcified ? random.between(150, 500) : soft,
        mix: 'replace',
      },
    ];
    if (diameter > 12 && random.uniform() < 0.08)
      layers.push({ parts: [hole(center, radius, random)], value: -950, mix: 'replace' });
    return { layers, box };
  }
  const glass = Math.max(background + 110, random.between(-760, -450));
  const layers: SolidLayer[] = [
    { parts: [star(shape, center, random.between(1, 0.35 * radius + 1))], value: glass, mix: 'cloud' },
  ];
  if (kind === 'part-solid') {
    const core = drawBody(radius * random.between(0.3, 0.7), random);
    const aside = drawDirection(random).map((v, d) => center[d]! + v * 0.25 * radius) as unknown as Vec3;
    layers.push({ parts: [star(core, aside, 0.8)], value: random.between(-120, 60), mix: 'replace' });
  }
  return { layers, box };
}

/** An ellipsoid with lobes: zonal harmonics of degree 2 to 5 about drawn axes. */
function drawBody(radius: number, random: Random): RadiusMap {
  const axes = drawAxes(random);
  const [long, short] = [random.between(1, 1.35), random.between(0.8, 1)];
  const halves = [long, short, 1 / (long * short)];
  const lobulation = random.uniform() < 0.5 ? random.between(0.03, 0.18) : random.between(0, 0.05);
  const lobes = Array.from({ length: 5 }, () => ({
    axis: drawDirection(random),
    degree: 2 + random.below(4),
    height: lobulation * random.normal(),
  }));
  return new RadiusMap((u) => {
    let inverse = 0;
    for (let a = 0; a < 3; a++) inverse += (dot(axes[a]!, u) / halves[a]!) ** 2;
    let lobed = 1;
    for (const { axis, degree, height } of lobes) lobed += height * legendre(degree, dot(axis, u));
    return (radius / Math.sqrt(inverse)) * Math.min(1.5, Math.max(0.55, lobed));
  });
}

/** Thin rays that run out into the lung. */
function withSpicules(body: RadiusMap, radius: number, random: Random): RadiusMap {
  const rays = Array.from({ length: 6 + random.below(14) }, () => ({
    axis: drawDirection(random),
    length: radius * random.between(0.15, 0.7),
    sharpness: random.between(40, 160),
  }));
  return new RadiusMap((u) => {
    let beyond = 0;
    for (const { axis, length, sharpness } of rays)
      beyond = Math.max(beyond, length * Math.exp(sharpness * (dot(axis, u) - 1)));
    return body.towards(...u) + beyond;
  });
}

function star(map: RadiusMap, center: Vec3, edge: number): SolidPart {
  const reach = map.longest + edge;
  return {
    box: boxAround(center, [reach, reach, reach]),
    covers(x, y, z) {
      const [dx, dy, dz] = [x - center[0], y - center[1], z - center[2]];
      return ramp(map.towards(dx, dy, dz) - Math.sqrt(dx * dx + dy * dy + dz * dz), edge);
    },
  };
}

function hole(center: Vec3, radius: number, random: Random): SolidPart {
  const r = radius * random.between(0.25, 0.5);
  return ellipsoid(center, drawAxes(random), [r, r * random.between(0.6, 1), r], 0.8);
}

function legendre(degree: number, x: number): number {
  let [before, value] = [1, x];
  for (let n = 2; n <= degree; n++)
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return value;
}
