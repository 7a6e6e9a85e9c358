import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeatureModel } from '../../core/quality/feature-model';
import type { GateSpec } from './gate-spec';

export const gateShardFile = 'gate.bin';

/** mean [D], scale [D], variances [K], directions [K, D], float32 little endian. */
export function packGate(model: FeatureModel): Uint8Array {
  const parts = [model.mean, model.scale, model.variances, model.directions];
  const flat = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    flat.set(part, at);
    at += part.length;
  }
  return new Uint8Array(flat.buffer);
}

/** The gate's file of a bundle, for another one that is made from it and keeps its `gate`; none where it has no gate. */
export async function carriedGate({
  folder,
  gate,
}: {
  readonly folder: string;
  readonly gate?: GateSpec | undefined;
}): Promise<[string, Uint8Array][]> {
  if (!gate) return [];
  const { file } = gate.features.shard;
  return [[file, await readFile(join(folder, file))]];
}

/** @returns null where the bytes are not what the bundle says of them */
export function unpackGate(spec: GateSpec['features'], bytes: Uint8Array): FeatureModel | null {
  const { count: d, kept: k, residual, shard } = spec;
  if (bytes.length !== shard.bytes || bytes.length !== 4 * (2 * d + k + k * d)) return null;
  const flat = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  let at = 0;
  const take = (length: number): Float32Array => flat.subarray(at, (at += length));
  const [mean, scale, variances, directions] = [take(d), take(d), take(k), take(k * d)];
  return { mean, scale, variances, directions, residual };
}
