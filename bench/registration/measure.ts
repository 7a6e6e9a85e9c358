import { add, scale, subtract, type Vec3 } from '../../src-main/core/geometry/vec3';
import { corners, boxIjkToLps } from '../../src-main/core/geometry/affine';
import { seededRandom } from '../../src-main/core/seeded-random';
import { createGridSampler } from '../../src-main/core/volume/resample';
import type { Volume } from '../../src-main/core/volume/volume';
import { registrationPyramid } from '../../src-main/core/registration/registration-image';
import { registerRigid } from '../../src-main/core/registration/rigid-registration';
import {
  applyRigid,
  invertRigid,
  rotationRound,
  turned,
  turnDegrees,
  type RigidTransform,
} from '../../src-main/core/registration/rigid-transform';
import { readVolume } from '../../src-main/services/read-volume';

/** The volume as if its patient lay elsewhere: what lay at x lies at `transform` of x, on a grid of its own, with other noise. */
function moved(volume: Volume, transform: RigidTransform, seed: number): Volume {
  const back = invertRigid(transform);
  const grid: Volume = {
    ...volume,
    origin: applyRigid(back, volume.origin),
    direction: volume.direction.map((d) => turned(back, d)) as unknown as Volume['direction'],
  };
  const size = volume.dims[0] * volume.dims[1] * volume.dims[2];
  const tile = new Float32Array(size);
  createGridSampler(volume, grid).fill(tile, [0, 0, 0], volume.dims, -1000);
  const random = seededRandom(seed);
  const noise = (): number => 20 * (random() + random() + random() + random() - 2);
  return { ...volume, data: Int16Array.from(tile, (v) => Math.round(v + noise())) };
}

async function timed(fixed: Volume, moving: Volume) {
  const began = performance.now();
  const [a, b] = [await registrationPyramid(fixed), await registrationPyramid(moving)];
  const reduced = performance.now();
  const found = await registerRigid(a, b);
  return { found, reduceMs: reduced - began, registerMs: performance.now() - reduced };
}

/** Prints a line of JSON for each pair. @param args two volumes for a pair, or one, which is moved and registered with itself */
async function main([first, second]: string[]): Promise<void> {
  const fixed = await readVolume(first!);
  if (second) {
    const { found, reduceMs, registerMs } = await timed(fixed, await readVolume(second));
    console.log(JSON.stringify({ ...found, degrees: turnDegrees(found.transform), reduceMs, registerMs }));
    return;
  }
  const center = scale(
    corners(boxIjkToLps(fixed, [0, 0, 0, ...fixed.dims])).reduce<Vec3>((s, c) => add(s, c), [0, 0, 0]),
    1 / 8,
  );
  for (const [degrees, shift] of [
    [
      [0, 0, 0],
      [3, -4, 7],
    ],
    [
      [4, -3, 6],
      [12, -18, 35],
    ],
    [
      [-8, 5, -10],
      [-30, 22, -48],
    ],
  ] as [Vec3, Vec3][]) {
    const rotation = rotationRound(scale(degrees, Math.PI / 180));
    const about = subtract(center, turned({ rotation, translation: [0, 0, 0] }, center));
    const truth: RigidTransform = { rotation, translation: add(about, shift) };
    // What is at x now was at truth(x) then.
    const { found, reduceMs, registerMs } = await timed(fixed, moved(fixed, truth, 1));
    const errors = corners(
      boxIjkToLps(fixed, fixed.dims.flatMap((n) => n * 0.2).concat(fixed.dims.map((n) => n * 0.8)) as never),
    ).map((p) => Math.hypot(...subtract(applyRigid(found.transform, p), applyRigid(truth, p))));
    console.log(
      JSON.stringify({
        degrees,
        shift,
        worstMm: Math.max(...errors),
        similarity: found.similarity,
        overlap: found.overlap,
        fits: found.fits,
        reduceMs,
        registerMs,
      }),
    );
  }
}

void main(process.argv.slice(2));
