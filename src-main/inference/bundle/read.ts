import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../core/app-error';
import { halvesToFloats } from '../half';
import { parameterSpecs, type Architecture } from '../network/architecture';
import { parseChecksums, sha256 } from './checksums';
import { bundleFile, modelFile, type ModelBundle } from './schema';

export interface BundleList {
  readonly bundles: ModelBundle[];
  readonly refused: { folder: string; error: AppError }[];
}

/** Every folder under `modelsFolder` that holds a bundle.json, by id. A missing models folder is an empty one. */
export async function listBundles(modelsFolder: string): Promise<BundleList> {
  const bundles: ModelBundle[] = [];
  const refused: BundleList['refused'] = [];
  let names: string[];
  try {
    names = (await readdir(modelsFolder, { withFileTypes: true }))
      .filter((e) => e.isDirectory())
      .map((e) => e.name);
  } catch {
    return { bundles, refused };
  }
  for (const name of names.sort()) {
    const folder = join(modelsFolder, name);
    // A bundle being written ends in ".writing"; recipes/ holds no bundle.json.
    if (name.endsWith('.writing') || !(await readdir(folder)).includes('bundle.json')) continue;
    try {
      bundles.push((await readBundle(folder)).bundle);
    } catch (error) {
      refused.push({ folder, error: AppError.from(error) });
    }
  }
  return { bundles, refused };
}

export interface OpenedBundle {
  readonly bundle: ModelBundle;
  readonly architecture: Architecture;
  /** Every parameter by name, float32. */
  parameters(): Map<string, Float32Array>;
}

/**
 * Reads a bundle and checks every file's sha256.
 * @throws AppError model.not-found, model.checksum (a file differs from CHECKSUMS) or model.invalid
 */
export async function readBundle(folder: string): Promise<OpenedBundle> {
  const checksumText = await readFile(join(folder, 'CHECKSUMS'), 'utf8').catch((cause: unknown) => {
    throw new AppError(
      'model.not-found',
      'There is no model in this folder.',
      'Choose a folder that holds bundle.json and CHECKSUMS.',
      { file: folder },
      { cause },
    );
  });
  const sums = parseChecksums(checksumText);
  if (!sums) throw invalid(folder, 'CHECKSUMS', 'it is not a list of sha256 sums');

  const files = new Map<string, Buffer>();
  for (const [name, expected] of sums) {
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (!bytes || sha256(bytes) !== expected) {
      throw new AppError(
        'model.checksum',
        `The model file ${name} ${bytes ? 'is not the one that was released' : 'is missing'}.`,
        'Install the model again; do not use it as it is.',
        { file: join(folder, name) },
      );
    }
    files.set(name, bytes);
  }
  const bundle = parseJson(folder, files, 'bundle.json', bundleFile);
  const model = parseJson(folder, files, 'model.json', modelFile);

  const specs = parameterSpecs(model.architecture);
  const count = specs.reduce((sum, s) => sum + s.size, 0);
  const perLocation = bundle.anchors.scales.length * bundle.anchors.aspectRatios.length;
  if (count !== model.parameterCount || perLocation !== model.architecture.anchorsPerLocation) {
    throw invalid(folder, 'model.json', 'its parameters do not fit its architecture');
  }
  const shards = model.shards.map((s) => {
    const bytes = files.get(s.file);
    if (!bytes || bytes.length !== s.bytes)
      throw invalid(folder, s.file, 'it is not listed in CHECKSUMS or has another size');
    return bytes;
  });
  const packed = Buffer.concat(shards);
  if (packed.length !== count * 2) throw invalid(folder, 'model.json', 'its weights are cut short');

  return {
    bundle: { ...bundle, folder, modelHash: sha256(checksumText) },
    architecture: model.architecture,
    parameters() {
      const halves = new Uint16Array(
        packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.length),
      );
      const flat = halvesToFloats(halves);
      const values = new Map<string, Float32Array>();
      let at = 0;
      for (const s of specs) values.set(s.name, flat.subarray(at, (at += s.size)));
      return values;
    },
  };
}

function parseJson<T>(
  folder: string,
  files: ReadonlyMap<string, Buffer>,
  name: string,
  schema: z.ZodType<T>,
): T {
  const bytes = files.get(name);
  if (!bytes) throw invalid(folder, name, 'CHECKSUMS does not list it');
  let raw: unknown;
  try {
    raw = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid(folder, name, 'it is not JSON');
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw invalid(folder, name, `${issue.path.join('.')}: ${issue.message}`, issue.path.join('.'));
}

function invalid(folder: string, file: string, why: string, field?: string): AppError {
  return new AppError(
    'model.invalid',
    `The model's ${file} cannot be used: ${why}.`,
    'Install the model again, or a version made for this program.',
    { file: join(folder, file), field },
  );
}
