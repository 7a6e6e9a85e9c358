import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floatsToHalves } from '../half';
import { makeGolden } from '../self-test/self-test';
import { formatChecksums, sha256 } from './checksums';
import { goldenName } from './golden-file';

/** Code hosts and package registries dislike large files. */
const shardBytes = 4 * 1024 * 1024;

export interface PackedWeights {
  readonly shards: [string, Uint8Array][];
  /** What model.json says of them. */
  readonly record: {
    readonly dtype: 'float16' | 'float32';
    readonly parameterCount: number;
    readonly shards: { file: string; bytes: number }[];
  };
}

/** All parameters one after the other, cut into shards. */
export function packWeights(
  parameters: readonly Float32Array[],
  dtype: 'float16' | 'float32' = 'float16',
): PackedWeights {
  const parameterCount = parameters.reduce((sum, p) => sum + p.length, 0);
  const flat = new Float32Array(parameterCount);
  let at = 0;
  for (const p of parameters) {
    flat.set(p, at);
    at += p.length;
  }
  const shards = packBytes(new Uint8Array((dtype === 'float16' ? floatsToHalves(flat) : flat).buffer));
  const record = { dtype, parameterCount, shards: shards.map(([file, b]) => ({ file, bytes: b.length })) };
  return { shards, record };
}

/** Weights cut into shards. */
export function packBytes(bytes: Uint8Array): [string, Uint8Array][] {
  const count = Math.ceil(bytes.length / shardBytes);
  const name = (n: number): string =>
    `weights-${String(n + 1).padStart(2, '0')}-of-${String(count).padStart(2, '0')}.bin`;
  return Array.from({ length: count }, (_, n): [string, Uint8Array] => [
    name(n),
    bytes.subarray(n * shardBytes, (n + 1) * shardBytes),
  ]);
}

/** sha256 of all weights, shard after shard. */
export const weightsHash = (shards: readonly (readonly [string, Uint8Array])[]): string =>
  sha256(Buffer.concat(shards.map(([, bytes]) => bytes)));

export interface BundleParts {
  readonly bundle: unknown;
  readonly model: unknown;
  /** MODEL_CARD.md. */
  readonly card: string;
  readonly shards: readonly (readonly [string, Uint8Array])[];
}

/**
 * Writes the bundle beside its place and then moves it there: a half-written bundle is never loaded.
 * @param selfTest run the network on a made input and keep what it finds as golden.json
 */
export async function writeBundleFiles(
  folder: string,
  parts: BundleParts,
  { selfTest = true }: { readonly selfTest?: boolean } = {},
): Promise<void> {
  // A bundle that was made from another one's record must not claim that one's self-test.
  const { selfTest: _others, ...bundle } = parts.bundle as { readonly selfTest?: unknown };
  const files = new Map<string, Uint8Array>([
    ['bundle.json', encodeJson(bundle)],
    ['model.json', encodeJson(parts.model)],
    ['MODEL_CARD.md', Buffer.from(parts.card)],
    ...parts.shards,
  ]);
  const beside = `${folder}.writing`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  await writeAll(beside, files);
  // What is loaded here is what will be loaded there, weights rounded to how they are stored.
  const golden = selfTest ? await makeGolden(beside) : null;
  if (golden) {
    files.set('bundle.json', encodeJson({ ...bundle, selfTest: goldenName }));
    files.set(goldenName, encodeJson(golden));
    await writeAll(beside, files);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(beside, folder);
}

async function writeAll(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'CHECKSUMS'), formatChecksums(files));
}

const encodeJson = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
