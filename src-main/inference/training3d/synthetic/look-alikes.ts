import { add, normalize, scale, type Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import { drawAxes, drawDirection } from './radius-map';
import { boxAround, capsule, ellipsoid, type Solid, type SolidPart } from './solid';

/**
 * What is put into a scan and is no nodule, so that a network does not learn that whatever was put in is one: vessels that
 * bend and branch, and scars.
 *
 * Shape shorthand: mm from the tile's corner along x, y, z
 */
export function drawLookAlike(center: Vec3, random: Random): Solid {
  return random.uniform() < 0.75 ? drawVessel(center, random) : drawScar(center, random);
}

/** Radii of a branching vessel: the cubes of the branches' add up to that of the stem (Murray 1926). */
const murray = 2 ** (-1 / 3);

function drawVessel(center: Vec3, random: Random): Solid {
  const parts: SolidPart[] = [];
  const grow = (from: Vec3, towards: Vec3, radius: number, length: number, branches: number): void => {
    let [at, heading] = [from, towards];
    const piece = Math.max(2.5, 1.5 * radius);
    for (let run = 0; run < length; run += piece) {
      const bend = drawDirection(random);
      heading = normalize(stepped(heading, bend, 0.18));
      const next = stepped(at, heading, piece);
      parts.push(capsule(at, next, radius, 0.8));
      at = next;
    }
    if (branches === 0) return;
    const aside = drawDirection(random);
    for (const sign of [1, -1]) {
      const fork = normalize(stepped(heading, aside, sign * 0.6));
      grow(at, fork, radius * murray, length * random.between(0.6, 1.1), branches - 1);
    }
  };
  const radius = Math.exp(random.between(Math.log(0.8), Math.log(3.5)));
  const heading = drawDirection(random);
  const length = random.between(10, 22) + 4 * radius;
  // The first fork, a frequent false mark, lies at the centre.
  grow(stepped(center, heading, -length), heading, radius, length, random.uniform() < 0.7 ? 1 : 0);
  const value = random.uniform() < 0.3 ? random.between(80, 220) : random.between(-40, 60);
  return {
    // A layer each: blurring the box around a whole tree would cost far more than its pieces.
    layers: parts.map((part) => ({ parts: [part], value, mix: 'replace' as const })),
    box: boxAround(center, [length, length, length]),
  };
}

/** A thin plate. */
function drawScar(center: Vec3, random: Random): Solid {
  const halves: Vec3 = [random.between(6, 14), random.between(3, 8), random.between(0.5, 1.1)];
  return {
    layers: [
      {
        parts: [ellipsoid(center, drawAxes(random), halves, 0.8)],
        value: random.between(-350, 30),
        mix: 'replace',
      },
    ],
    box: boxAround(center, [halves[0], halves[0], halves[0]]),
  };
}

const stepped = (at: Vec3, heading: Vec3, by: number): Vec3 => add(at, scale(heading, by));
