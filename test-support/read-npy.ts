import { readFileSync } from 'node:fs';
import { openZip } from '../src-main/inference/import/zip';

/** A NumPy array of little-endian float32 in C order (numpy.lib.format, version 1). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function parseNpy(bytes: Uint8Array): NpyArray {
  const headerLength = bytes[8]! | (bytes[9]! << 8);
  const header = Buffer.from(bytes.subarray(10, 10 + headerLength)).toString('latin1');
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False"))
    throw new Error(`not float32 in C order: ${header}`);
  const shape = /'shape': \(([\d, ]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((s) => s.trim() !== '')
    .map(Number);
  return { shape, data: new Float32Array(new Uint8Array(bytes.subarray(10 + headerLength)).buffer) };
}

export const readNpy = (file: string): NpyArray => parseNpy(readFileSync(file));

export function readNpz(file: string): Map<string, NpyArray> {
  const zip = openZip(readFileSync(file), file);
  return new Map(zip.names.map((name) => [name.replace(/\.npy$/, ''), parseNpy(zip.read(name, 2 ** 28))]));
}
