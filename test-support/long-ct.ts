import type { Vec3 } from '../src-main/core/geometry/vec3';
import type { Volume } from '../src-main/core/volume/volume';

/**
 * A made CT of any length, slice by slice (Hounsfield units): a trunk of water in air, a bright spine, and a rod that
 * turns round it by one step a slice, so that every slice differs from its neighbours and shows its place.
 */
export function longCt(dims: Vec3): {
  readonly volume: Omit<Volume, 'data'>;
  readonly slice: (k: number) => Int16Array;
} {
  const [ni, nj] = dims;
  const trunk = new Int16Array(ni * nj);
  for (let j = 0; j < nj; j++) {
    for (let i = 0; i < ni; i++) {
      const [x, y] = [(i + 0.5) / ni - 0.5, (j + 0.5) / nj - 0.5];
      const inside = (x / 0.45) ** 2 + (y / 0.35) ** 2 < 1;
      const spine = Math.hypot(x, y - 0.25) < 0.05;
      const grain = ((i * 31 + j * 17 + ((i * j) % 13)) % 41) - 20;
      trunk[j * ni + i] = spine ? 700 + grain : inside ? 30 + grain : -1000;
    }
  }
  const slice = (k: number): Int16Array => {
    const voxels = trunk.slice();
    const angle = (2 * Math.PI * k) / 500;
    const radius = Math.max(1, Math.round(ni / 40));
    const [ci, cj] = [ni * (0.5 + 0.25 * Math.cos(angle)), nj * (0.5 + 0.2 * Math.sin(angle))].map(
      Math.round,
    );
    for (let j = cj! - radius; j <= cj! + radius; j++)
      for (let i = ci! - radius; i <= ci! + radius; i++)
        if (Math.hypot(i - ci!, j - cj!) <= radius) voxels[j * ni + i] = 300 + (k % 100);
    return voxels;
  };
  const direction = [[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const; // prettier-ignore
  return {
    volume: {
      dims,
      spacing: [0.7, 0.7, 0.5],
      origin: [-0.35 * ni, -0.35 * nj, -0.25 * dims[2]],
      direction,
      modality: 'CT',
    },
    slice,
  };
}
