import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import { disagreement, geometryFromColumns, isSheared } from '../acquired-plane';
import { malformed } from '../errors';
import type { NiftiHeader } from './header';

export interface PlacedNifti {
  readonly geometry: VolumeGeometry;
  readonly warnings: readonly string[];
  /** False where the file says nothing about where the voxels lie. */
  readonly placed: boolean;
}

/**
 * Where the voxels lie, in LPS mm. NIfTI's axes are RAS: x and y change sign. sform before qform
 * before neither, as nibabel and ITK choose for scanner coordinates (nifti1.h, METHOD 3, 2, 1).
 *
 * @throws AppError file.malformed where the chosen matrix spans no space.
 */
export function placeNifti(file: string, header: NiftiHeader): PlacedNifti {
  const warnings: string[] = [];
  const sform = header.sformCode > 0 ? sformGeometry(header) : null;
  const qform = header.qformCode > 0 ? qformGeometry(header) : null;
  if (header.sformCode > 0 && !sform && !qform) {
    throw malformed(file, 'srow_x..srow_z', 'the sform matrix spans no space');
  }
  if (header.qformCode > 0 && !qform && !sform) {
    throw malformed(file, 'quatern_b..quatern_d', 'the qform is no rotation');
  }
  if (header.sformCode > 0 && !sform) warnings.push('The sform matrix spans no space; the qform is used.');
  if (header.qformCode > 0 && !qform) warnings.push('The qform is no rotation; the sform is used.');
  if (sform && qform) {
    const apart = disagreement(sform, qform);
    const voxel = Math.max(...qform.spacing);
    if (apart > Math.max(0.5, voxel / 2)) {
      warnings.push(
        `The file's two positions (sform and qform) disagree by up to ${apart.toFixed(1)} mm; the sform is used.`,
      );
    }
  }
  const chosen = sform ?? qform;
  if (chosen) {
    if (isSheared(chosen)) warnings.push('The voxel axes are not at right angles (sheared volume).');
    const off = [0, 1, 2].some((a) => {
      const declared = header.spacing[a]! * header.unitMm;
      return header.dims[a]! > 1 && Math.abs(chosen.spacing[a]! - declared) > 0.02 * declared;
    });
    if (off) warnings.push('The voxel size of the matrix differs from pixdim; the matrix is used.');
    return { geometry: chosen, warnings, placed: true };
  }
  warnings.push(
    'The file does not say how the patient lay (no sform or qform): left and right may be swapped.',
  );
  const spacing = header.spacing.map((s) => s * header.unitMm) as unknown as Vec3;
  // METHOD 1: no orientation; voxel axes are taken as RAS, as nibabel does.
  const columns: [Vec3, Vec3, Vec3] = [
    [-spacing[0], 0, 0],
    [0, -spacing[1], 0],
    [0, 0, spacing[2]],
  ];
  const geometry = geometryFromColumns(header.dims, columns, [0, 0, 0]);
  if (!geometry) throw malformed(file, 'pixdim', 'the voxel size is out of range');
  return { geometry, warnings, placed: false };
}

function sformGeometry(h: NiftiHeader): VolumeGeometry | null {
  const column = (n: number): Vec3 => [
    -h.srows[0]![n]! * h.unitMm,
    -h.srows[1]![n]! * h.unitMm,
    h.srows[2]![n]! * h.unitMm,
  ];
  return geometryFromColumns(h.dims, [column(0), column(1), column(2)], column(3));
}

/** The rotation of a unit quaternion, nifti1.h METHOD 2. */
function qformGeometry(h: NiftiHeader): VolumeGeometry | null {
  const [b, c, d, x, y, z] = h.quaternion;
  const rest = 1 - (b * b + c * c + d * d);
  if (rest < -1e-3) return null;
  const a = Math.sqrt(Math.max(0, rest));
  const rows = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
  ];
  const column = (n: number): Vec3 => {
    const step = h.spacing[n]! * h.unitMm * (n === 2 ? h.qfac : 1);
    return [-rows[0]![n]! * step, -rows[1]![n]! * step, rows[2]![n]! * step];
  };
  return geometryFromColumns(
    h.dims,
    [column(0), column(1), column(2)],
    [-x * h.unitMm, -y * h.unitMm, z * h.unitMm],
  );
}
