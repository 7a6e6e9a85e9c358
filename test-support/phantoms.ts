import type { Vec3 } from '../src-main/core/geometry/vec3';
import { seededRandom } from '../src-main/core/seeded-random';
import type { Volume } from '../src-main/core/volume/volume';

/** Made pictures with one known lesion each: never the same as real anatomy, always the same from run to run. */
export interface Blob {
  readonly centerIjk: Vec3;
  readonly radiusMm: number;
  readonly value: number;
}

type Placement = Pick<Volume, 'dims' | 'spacing' | 'origin' | 'direction'>;
const axial = (dims: Vec3, spacing: Vec3, origin: Vec3): Placement => ({
  dims,
  spacing,
  origin,
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
});

function paint(place: Placement, value: (i: number, j: number, k: number) => number): Int16Array {
  const [ni, nj, nk] = place.dims;
  const data = new Int16Array(ni * nj * nk);
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) for (let i = 0; i < ni; i++) data[n++] = value(i, j, k);
  return data;
}

const inside = (place: Placement, blob: Blob, i: number, j: number, k: number): boolean =>
  Math.hypot(
    (i - blob.centerIjk[0]) * place.spacing[0],
    (j - blob.centerIjk[1]) * place.spacing[1],
    (k - blob.centerIjk[2]) * place.spacing[2],
  ) <= blob.radiusMm;

/** A thorax of water with two lungs of air and nodules in them, Hounsfield units. */
export function ctPhantom(options: Partial<Placement> & { nodules?: readonly Blob[] } = {}): Volume {
  const base = axial([64, 64, 24], [2, 2, 2.5], [-64, -64, -100]);
  const { nodules: given, ...placement } = options;
  const place = { ...base, ...placement };
  const nodules = given ?? [{ centerIjk: [20, 32, 12], radiusMm: 5, value: 40 }];
  const noise = seededRandom(1);
  const [ni, nj] = place.dims;
  const data = paint(place, (i, j, k) => {
    const x = (i + 0.5) / ni - 0.5;
    const y = (j + 0.5) / nj - 0.5;
    const grain = Math.round((noise() - 0.5) * 20);
    if ((x / 0.45) ** 2 + (y / 0.38) ** 2 > 1) return -1000;
    const nodule = nodules.find((b) => inside(place, b, i, j, k));
    if (nodule) return nodule.value + grain;
    const inLung = ((Math.abs(x) - 0.2) / 0.14) ** 2 + (y / 0.26) ** 2 < 1;
    return (inLung ? -850 : 40) + grain;
  });
  return { ...place, data, modality: 'CT' };
}

/** A head with a bright tumour, arbitrary MR units. */
export function brainPhantom(tumour: Blob = { centerIjk: [40, 28, 10], radiusMm: 9, value: 900 }): Volume {
  const place = axial([64, 64, 20], [3, 3, 5], [-96, -96, -50]);
  const noise = seededRandom(2);
  const data = paint(place, (i, j, k) => {
    const r = Math.hypot((i - 32) / 26, (j - 32) / 30, (k - 10) / 11);
    const grain = Math.round(noise() * 30);
    if (r > 1) return grain;
    if (inside(place, tumour, i, j, k)) return tumour.value + grain;
    return (r > 0.92 ? 700 : 400) + grain;
  });
  return { ...place, data, modality: 'MR' };
}

export interface Photo {
  readonly width: number;
  readonly height: number;
  /** Interleaved RGB. */
  readonly data: Uint8Array;
}

/** Reddish folds with one round, brighter, polyp-like swelling at the given place. */
export function polypPhoto(width = 160, height = 120, polyp = { x: 100, y: 50, radius: 22 }): Photo {
  const noise = seededRandom(3);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n += 3) {
      const fold = 20 * Math.sin((x + 2 * y) / 17) + 10 * noise();
      const d = Math.hypot(x - polyp.x, y - polyp.y) / polyp.radius;
      const swell = d < 1 ? 60 * Math.sqrt(1 - d * d) : 0;
      data[n] = Math.min(255, Math.max(0, 150 + fold + swell));
      data[n + 1] = Math.min(255, Math.max(0, 70 + fold / 2 + swell));
      data[n + 2] = Math.min(255, Math.max(0, 60 + fold / 2 + swell / 2));
    }
  }
  return { width, height, data };
}
