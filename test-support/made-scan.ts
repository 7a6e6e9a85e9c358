import { writeFileSync } from 'node:fs';
import { encode } from 'fast-png';

/**
 * A small head-like volume as NRRD (detached from any patient): a grey ball with one bright cube, 3 mm voxels in
 * LPS. Returns the cube's box in LPS mm.
 */
export function writeMadeNrrd(file: string): [number, number, number, number, number, number] {
  const [nx, ny, nz] = [32, 32, 10];
  const voxels = new Int16Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const radius = Math.hypot((i - 16) / 14, (j - 16) / 14, (k - 5) / 5);
        const cube = i >= 8 && i < 14 && j >= 10 && j < 16 && k >= 3 && k < 6;
        voxels[i + nx * (j + ny * k)] = cube ? 900 : radius < 1 ? 300 + ((i * 7 + j * 13) % 40) : 0;
      }
    }
  }
  const header = [
    'NRRD0004',
    'type: short',
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${nx} ${ny} ${nz}`,
    'space directions: (3,0,0) (0,3,0) (0,0,3)',
    'kinds: domain domain domain',
    'endian: little',
    'encoding: raw',
    'space origin: (-48,-48,-15)',
  ];
  writeFileSync(file, Buffer.concat([Buffer.from(header.join('\n') + '\n\n'), Buffer.from(voxels.buffer)]));
  const edge = (index: number, origin: number): number => origin + (index - 0.5) * 3;
  return [edge(8, -48), edge(10, -48), edge(3, -15), edge(14, -48), edge(16, -48), edge(6, -15)];
}

/** A 64 x 48 colour picture with a bright square. */
export function writeMadePng(file: string): void {
  const [width, height] = [64, 48];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const lesion = x >= 20 && x < 34 && y >= 10 && y < 22;
      data.set(lesion ? [240, 200, 90] : [150 + (x % 20), 60 + (y % 10), 50], 3 * (x + width * y));
    }
  }
  writeFileSync(file, encode({ width, height, channels: 3, data }));
}
