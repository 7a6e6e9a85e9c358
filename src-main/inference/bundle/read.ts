import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../core/app-error';
import type { FeatureModel } from '../../core/quality/feature-model';
import { unpackGate } from '../gate/gate-shard';
import type { GateSpec } from '../gate/gate-spec';
import { halvesToFloats } from '../half';
import { parameterSpecs, type Architecture } from '../network/architecture';
import { parameterSpecs3d } from '../network3d/architecture3d';
import { retinanetParameters } from '../retinanet3d/retinanet-architecture';
import { tfjsManifest, type TfjsManifest } from '../tfjs/tfjs-model';
import { parseChecksums, sha256 } from './checksums';
import { goldenFile, goldenName, type GoldenFile } from './golden-file';
import {
  bundleFile,
  mappedModelFile,
  pictureModelFile,
  volumeModelFile,
  type MappedBundle,
  type ModelBundle,
  type PictureBundle,
  type PictureBundleFile,
  type PictureModelFile,
  type VolumeBundle,
  type VolumeBundleFile,
  type VolumeModelFile,
} from './schema';

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
      const bundle = await checkedBundle(folder);
      const twin = bundles.find((b) => b.id === bundle.id);
      if (twin) throw sameId(bundle, twin);
      bundles.push(bundle);
    } catch (error) {
      refused.push({ folder, error: AppError.from(error) });
    }
  }
  return { bundles, refused };
}

/** Bundles that were checked in this process, and how their files lay on disk before that. */
const checked = new Map<string, { readonly stamp: string; readonly bundle: ModelBundle }>();

/** Files that were changed less than so long ago may be changed again within what the file system's clock tells apart. */
const settledMs = 1000;

/**
 * What {@link readBundle} says of a folder. A program asks for the list at every detection, and 36 MB of weights to read and
 * hash cost more than a small picture: they are read anew where size, place or times of any file are others.
 */
async function checkedBundle(folder: string): Promise<ModelBundle> {
  const files = await Promise.all(
    (await readdir(folder)).sort().map(async (name) => {
      const found = await stat(join(folder, name), { bigint: true }).catch(() => null);
      if (!found) return { text: name, changed: Infinity };
      const { size, ino, mtimeNs, ctimeNs } = found;
      return { text: [name, size, ino, mtimeNs, ctimeNs].join(' '), changed: Number(ctimeNs / 1_000_000n) };
    }),
  );
  const stamp = files.map(({ text }) => text).join('\n');
  const known = checked.get(folder);
  if (known?.stamp === stamp) return known.bundle;
  checked.delete(folder);
  const { bundle } = await readBundle(folder);
  if (files.every(({ changed }) => Date.now() - changed > settledMs)) checked.set(folder, { stamp, bundle });
  return bundle;
}

/** Which of the two is meant by the id, nobody knows: a copy of an older version may lie beside the newer one. */
const sameId = ({ id, folder }: ModelBundle, twin: ModelBundle): AppError =>
  new AppError(
    'model.invalid',
    `The model "${id}" is installed twice; ${twin.version} is used.`,
    'Remove one of the two folders.',
    { file: folder, field: 'id' },
  );

export interface OpenedPictureBundle {
  readonly kind: 'picture';
  readonly bundle: PictureBundle;
  readonly architecture: Architecture;
  /** Every parameter by name, float32. */
  parameters(): Map<string, Float32Array>;
  /** Of its quality gate; null where it has none. */
  readonly gateFeatures: FeatureModel | null;
}

export interface OpenedVolumeBundle {
  readonly kind: 'volume';
  readonly bundle: VolumeBundle;
  readonly model: VolumeModelFile;
  /** Every parameter by name, float32; none of a tfjs-1 model, whose files hold them. */
  parameters(): Map<string, Float32Array>;
  /** A file that CHECKSUMS lists. @throws AppError model.invalid where it does not */
  bytes(name: string): Uint8Array;
}

export interface OpenedMappedBundle {
  readonly kind: 'mapped';
  readonly bundle: MappedBundle;
  readonly manifest: TfjsManifest;
  /** All weights, one after the other. */
  weights(): Uint8Array;
}

export type OpenedBundle = (OpenedPictureBundle | OpenedVolumeBundle | OpenedMappedBundle) & {
  /** Of the self-test; null in bundles older than it, and in imported ones. */
  readonly golden: GoldenFile | null;
};

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
  const file = parseJson(folder, files, 'bundle.json', bundleFile);
  const whole = { folder, modelHash: sha256(checksumText) };
  // Where the bundle says that it has a self-test, one that is missing was taken away.
  const golden =
    file.selfTest || files.has(goldenName) ? parseJson(folder, files, goldenName, goldenFile) : null;
  if (file.kind === 'mapped') return { ...openMapped({ ...file, ...whole }, files), golden };
  return file.kind === 'picture'
    ? { ...openPicture({ ...file, ...whole }, file, files), golden }
    : { ...openVolume({ ...file, ...whole }, file, files), golden };
}

type Files = ReadonlyMap<string, Buffer>;

function openPicture(bundle: PictureBundle, file: PictureBundleFile, files: Files): OpenedPictureBundle {
  const { folder } = bundle;
  const model: PictureModelFile = parseJson(folder, files, 'model.json', pictureModelFile);
  const specs = parameterSpecs(model.architecture);
  const perLocation = file.anchors.scales.length * file.anchors.aspectRatios.length;
  if (perLocation !== model.architecture.anchorsPerLocation) throw unfit(folder);
  const parameters = openWeights(folder, files, model, specs);
  const gateFeatures = file.gate ? openGate(folder, files, file.gate) : null;
  return { kind: 'picture', bundle, architecture: model.architecture, parameters, gateFeatures };
}

function openGate(folder: string, files: Files, gate: GateSpec): FeatureModel {
  const { shard } = gate.features;
  const features = unpackGate(gate.features, shardBytes(folder, files, shard));
  if (!features) throw invalid(folder, shard.file, 'it does not hold what bundle.json says of it', 'gate');
  return features;
}

function openVolume(bundle: VolumeBundle, file: VolumeBundleFile, files: Files): OpenedVolumeBundle {
  const { folder } = bundle;
  const model = parseJson(folder, files, 'model.json', volumeModelFile);
  const bytes = (name: string): Uint8Array => {
    const found = files.get(name);
    if (!found) throw invalid(folder, name, 'CHECKSUMS does not list it');
    return found;
  };
  let specs: readonly { name: string; size: number }[];
  if (model.format === 'regio-rpn3d-1') {
    specs = parameterSpecs3d(model.architecture);
    const { levels } = file.anchors;
    const { stages, finestLevel, anchorsPerLocation } = model.architecture;
    const fits =
      levels.length === stages.length - finestLevel + 1 &&
      levels.every((l) => l.shapes.length === anchorsPerLocation) &&
      file.labels.length === 1;
    if (!fits) throw unfit(folder);
  } else {
    specs = retinanetParameters(model.architecture);
    const { returnedStages, anchorsPerLocation, classes } = model.architecture;
    const fits =
      file.anchors.levels.length === returnedStages.length + 1 &&
      file.anchors.levels.every((l) => l.shapes.length === anchorsPerLocation) &&
      file.labels.length === classes;
    if (!fits) throw unfit(folder);
  }
  return { kind: 'volume', bundle, model, parameters: openWeights(folder, files, model, specs), bytes };
}

function openMapped(bundle: MappedBundle, files: Files): OpenedMappedBundle {
  const { folder } = bundle;
  const model = parseJson(folder, files, 'model.json', mappedModelFile);
  shardBytes(folder, files, model.topology);
  const manifest = parseJson(folder, files, model.topology.file, tfjsManifest);
  const weights = Buffer.concat(model.shards.map((s) => shardBytes(folder, files, s)));
  return { kind: 'mapped', bundle, manifest, weights: () => weights };
}

/** Checks that the shards hold these parameters and no more; unpacks them when called for. */
function openWeights(
  folder: string,
  files: Files,
  model: Pick<PictureModelFile, 'parameterCount' | 'shards'> & { readonly dtype: 'float16' | 'float32' },
  specs: readonly { readonly name: string; readonly size: number }[],
): () => Map<string, Float32Array> {
  const count = specs.reduce((sum, s) => sum + s.size, 0);
  if (count !== model.parameterCount) throw unfit(folder);
  const packed = Buffer.concat(model.shards.map((s) => shardBytes(folder, files, s)));
  const bytesEach = model.dtype === 'float16' ? 2 : 4;
  if (packed.length !== count * bytesEach) throw invalid(folder, 'model.json', 'its weights are cut short');
  return () => {
    const own = packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.length);
    const flat = model.dtype === 'float16' ? halvesToFloats(new Uint16Array(own)) : new Float32Array(own);
    const values = new Map<string, Float32Array>();
    let at = 0;
    for (const s of specs) values.set(s.name, flat.subarray(at, (at += s.size)));
    return values;
  };
}

function shardBytes(folder: string, files: Files, shard: { file: string; bytes: number }): Buffer {
  const bytes = files.get(shard.file);
  if (!bytes || bytes.length !== shard.bytes)
    throw invalid(folder, shard.file, 'it is not listed in CHECKSUMS or has another size');
  return bytes;
}

const unfit = (folder: string): AppError =>
  invalid(folder, 'model.json', 'its parameters do not fit its architecture');

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
