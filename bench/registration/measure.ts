import { basename } from 'node:path';
import { add, scale, subtract, type Vec3 } from '../../src-main/core/geometry/vec3';
import { corners, boxIjkToLps } from '../../src-main/core/geometry/affine';
import type { Volume } from '../../src-main/core/volume/volume';
import {
  registrationPyramid,
  type RegistrationImage,
} from '../../src-main/core/registration/registration-image';
import { registerRigid } from '../../src-main/core/registration/rigid-registration';
import {
  applyRigid,
  rotationRound,
  turned,
  type RigidTransform,
} from '../../src-main/core/registration/rigid-transform';
import { readVolume } from '../../src-main/services/read-volume';
import { alteredCt, alteredMr, examinedAgain, mirrored, type Altered } from './altered';

interface Patient {
  readonly name: string;
  readonly volume: Volume;
  readonly pyramid: readonly RegistrationImage[];
}

/** Turned about the middle of the volume, and shifted. */
function movement(volume: Volume, degrees: Vec3, shift: Vec3): RigidTransform {
  const center = scale(
    corners(boxIjkToLps(volume, [0, 0, 0, ...volume.dims])).reduce<Vec3>((s, c) => add(s, c), [0, 0, 0]),
    1 / 8,
  );
  const rotation = rotationRound(scale(degrees, Math.PI / 180));
  const about = subtract(center, turned({ rotation, translation: [0, 0, 0] }, center));
  return { rotation, translation: add(about, shift) };
}

/** mm at the worst corner of the middle three fifths. */
const worstOf = ({ dims, ...volume }: Volume, found: RigidTransform, truth: RigidTransform): number =>
  Math.max(
    ...corners(
      boxIjkToLps(
        { dims, ...volume },
        dims.flatMap((n) => n * 0.2).concat(dims.map((n) => n * 0.8)) as never,
      ),
    ).map((p) => Math.hypot(...subtract(applyRigid(found, p), applyRigid(truth, p)))),
  );

interface Measured {
  readonly same: boolean;
  readonly agreement: number;
  readonly similarity: number;
  readonly fits: boolean;
}

async function pair(
  what: string,
  same: { volume: Volume; truth: RigidTransform } | null,
  fixed: readonly RegistrationImage[],
  moving: readonly RegistrationImage[],
): Promise<Measured> {
  const began = performance.now();
  const { transform, similarity, agreement, overlap, fits } = await registerRigid(fixed, moving);
  const ms = Math.round(performance.now() - began);
  const worst = same ? `worst corner ${worstOf(same.volume, transform, same.truth).toFixed(2)} mm, ` : '';
  const figures = `agreement ${agreement.toFixed(3)}, similarity ${similarity.toFixed(3)}, overlap ${overlap.toFixed(2)}`;
  console.log(`${what}: ${worst}${figures}, ${fits ? 'fits' : 'refused'}, ${ms} ms`);
  return { same: same !== null, agreement, similarity, fits };
}

async function samePatient({ name, volume, pyramid }: Patient, moves: [Vec3, Vec3][]): Promise<Measured[]> {
  const most = volume.modality === 'CT' ? 1 : (volume.data as Int16Array).reduce((m, v) => Math.max(m, v), 0);
  const kinds: readonly Altered[] = volume.modality === 'CT' ? alteredCt : alteredMr(most);
  const out: Measured[] = [];
  for (const how of kinds)
    for (const [degrees, shift] of how === kinds[0] ? moves : moves.slice(1, 2)) {
      const truth = movement(volume, degrees, shift);
      const again = await registrationPyramid(examinedAgain(volume, truth, how));
      out.push(await pair(`${name}, ${how.name}, moved by ${shift}`, { volume, truth }, pyramid, again));
    }
  return out;
}

/**
 * Each volume with itself mirrored and with each of the others (another patient's), the first ones with themselves examined
 * again; then what separates the two. @param args how many first ones; volumes of one modality, each of another patient
 */
async function main([again, ...files]: string[]): Promise<void> {
  const patients: Patient[] = [];
  for (const file of files) {
    const volume = await readVolume(file);
    patients.push({ name: basename(file), volume, pyramid: await registrationPyramid(volume) });
  }
  const measured: Measured[] = [];
  for (const patient of patients.slice(0, Number(again)))
    measured.push(
      ...(await samePatient(patient, [
        [
          [0, 0, 0],
          [3, -4, 7],
        ],
        [
          [4, -3, 6],
          [12, -18, 25],
        ],
        [
          [-8, 5, -10],
          [-30, 22, -48],
        ],
      ])),
    );
  for (const [n, a] of patients.entries()) {
    for (const b of patients.slice(n + 1))
      measured.push(await pair(`${a.name} and ${b.name}`, null, a.pyramid, b.pyramid));
    const other = await registrationPyramid(mirrored(a.volume));
    measured.push(await pair(`${a.name} mirrored`, null, a.pyramid, other));
  }
  const [own, others] = [measured.filter((m) => m.same), measured.filter((m) => !m.same)];
  for (const key of ['similarity', 'agreement'] as const)
    console.log(
      `${key}: one patient from ${Math.min(...own.map((m) => m[key])).toFixed(3)}, others to ${Math.max(...others.map((m) => m[key])).toFixed(3)}`,
    );
  console.log(
    `refused of one patient: ${own.filter((m) => !m.fits).length} of ${own.length}; taken of others: ${others.filter((m) => m.fits).length} of ${others.length}`,
  );
}

void main(process.argv.slice(2));
