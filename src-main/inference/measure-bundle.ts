import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../core/app-error';
import { weightsHash, writeBundleFiles } from './bundle/files';
import { goldenName } from './bundle/golden-file';
import { renderModelCard } from './bundle/model-card';
import { readBundle, type OpenedPictureBundle, type OpenedVolumeBundle } from './bundle/read';
import {
  pictureBundleFile,
  volumeBundleFile,
  type PictureBundleFile,
  type VolumeBundleFile,
} from './bundle/schema';
import { describeValidation } from './bundle/write';
import { openDetector } from './detector';
import { fitGate, type FittedGate } from './gate/fit-gate';
import { CompiledNetwork } from './network/compiled';
import { loadTensorflow } from './tensorflow';
import { loadSamples } from './training/dataset';
import { readRecipe } from './training/recipe';
import { validate, type Validation } from './training/validate';
import { readVolumes, type DataRoots, type VolumeReader } from './training3d/dataset3d';
import { describeVolumeValidation } from './training3d/describe3d';
import { readVolumeRecipe } from './training3d/recipe3d';
import { validateHeldOut, validateVolumes, type VolumeValidation } from './training3d/validate3d';

export interface MeasureOptions extends DataRoots {
  /** The recipe that names the validation data, the score floor and the known limits. */
  readonly recipe: string;
  readonly readVolume: VolumeReader;
  /** Fit the quality gate anew, to the recipe's training pictures. */
  readonly gate?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type MeasuredBundle =
  | { readonly kind: 'picture'; readonly bundle: PictureBundleFile; readonly validation: Validation }
  | { readonly kind: 'volume'; readonly bundle: VolumeBundleFile; readonly validation: VolumeValidation };

/**
 * Measures a bundle on its recipe's validation data and writes it anew with the same weights: metrics, calibration,
 * operating points, known failures, golden.json and the card. Version, texts and what of the reading needs no training
 * (`input.flipAveraging`, `input.marks`) are the recipe's as it is now; its hash changes with what it says.
 * @throws AppError as readBundle and the readers of recipe and data; request.invalid where recipe and bundle differ in kind
 */
export async function measureBundle(folder: string, options: MeasureOptions): Promise<MeasuredBundle> {
  const opened = await readBundle(folder);
  switch (opened.kind) {
    case 'picture':
      return measurePictureBundle(opened, options);
    case 'volume':
      return measureVolumeBundle(opened, options);
    case 'mapped':
      throw unfit(options.recipe, `${opened.bundle.name} was imported and has no recipe`);
  }
}

async function measurePictureBundle(
  opened: OpenedPictureBundle,
  { recipe: recipeFile, dataRoot, gate: wantsGate, signal }: MeasureOptions,
): Promise<MeasuredBundle> {
  const { folder, modelHash: _hash, ...file } = opened.bundle;
  const recipe = await readRecipe(recipeFile);
  checkId(recipeFile, recipe.bundle.id, file.id);
  // The network is the bundle's, whatever became of the recipe since.
  const { proposals, labels } = file;
  // But for how pictures are read, where no weight depends on it.
  const { flipAveraging, marks } = recipe.input;
  const input = { ...file.input, flipAveraging, marks };
  const own = { ...recipe, input, proposals, volume: file.volume, bundle: { ...recipe.bundle, labels } };
  const samples = await loadSamples(recipe.data.validation, dataRoot, input.channels, labels, signal);
  const network = new CompiledNetwork(
    await loadTensorflow(),
    opened.architecture,
    file.anchors,
    input,
    proposals,
    opened.parameters(),
  );
  let validation: Validation;
  let gate: FittedGate | null = null;
  try {
    validation = await validate(network, own, samples, signal);
    if (wantsGate) {
      const known = await loadSamples(recipe.data.train, dataRoot, input.channels, labels, signal);
      gate = await fitGate(network, input, known, samples, { seed: recipe.seed, signal });
    }
  } finally {
    network.dispose();
  }
  const bundle = pictureBundleFile.parse({
    ...file,
    input,
    ...textsOf(recipe.bundle),
    ...describeValidation(own, validation),
    gate: gate?.spec ?? file.gate,
  });
  await rewrite(folder, bundle, gate ? [gate.shard] : []);
  return { kind: 'picture', bundle, validation };
}

async function measureVolumeBundle(
  opened: OpenedVolumeBundle,
  { recipe: recipeFile, readVolume, signal, ...roots }: MeasureOptions,
): Promise<MeasuredBundle> {
  const { folder, modelHash: _hash, ...file } = opened.bundle;
  const recipe = await readVolumeRecipe(recipeFile);
  checkId(recipeFile, recipe.bundle.id, file.id);
  // As with pictures: no weight depends on it.
  const input = { ...file.input, flipAveraging: recipe.input.flipAveraging };
  // Validation wants the network's own scores.
  const raw = { ...opened, golden: null, bundle: { ...opened.bundle, input, calibration: undefined } };
  const detector = await openDetector(raw);
  let validation: VolumeValidation;
  try {
    const { heldOut } = recipe.data;
    const held = readVolumes(recipe.data.validation, roots, readVolume, signal);
    validation = heldOut
      ? await validateHeldOut(join(dirname(recipeFile), heldOut))
      : await validateVolumes(detector, held, recipe.scoreFloor, signal);
  } finally {
    detector.dispose();
  }
  const bundle = volumeBundleFile.parse({
    ...file,
    input,
    ...textsOf(recipe.bundle),
    ...describeVolumeValidation(recipe, validation),
    gate: recipe.gate ?? file.gate,
  });
  await rewrite(folder, bundle);
  return { kind: 'volume', bundle, validation };
}

/** What a recipe says for people may be mended without a training. */
const textsOf = ({
  version,
  name,
  description,
  intendedUse,
}: Pick<PictureBundleFile, 'version' | 'name' | 'description' | 'intendedUse'>) => ({
  version,
  name,
  description,
  intendedUse,
});

/** The same weights, and whatever else the bundle holds, under a new bundle.json, card and golden.json. */
async function rewrite(
  folder: string,
  bundle: PictureBundleFile | VolumeBundleFile,
  changed: readonly (readonly [string, Uint8Array])[] = [],
): Promise<void> {
  const names = (await readFile(join(folder, 'CHECKSUMS'), 'utf8'))
    .split('\n')
    .flatMap((line) => line.split('  ').slice(1));
  const model = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as {
    architecture: object;
    parameterCount: number;
    shards: { file: string }[];
  };
  const made = new Set([
    'bundle.json',
    'model.json',
    'MODEL_CARD.md',
    goldenName,
    ...changed.map(([n]) => n),
  ]);
  const kept: [string, Uint8Array][] = [];
  for (const name of names) if (!made.has(name)) kept.push([name, await readFile(join(folder, name))]);
  const weights = model.shards.map((s) => kept.find(([name]) => name === s.file)!);
  const card = renderModelCard(bundle, {
    architecture: model.architecture,
    parameterCount: model.parameterCount,
    weightsSha256: weightsHash(weights),
  });
  await writeBundleFiles(folder, { bundle, model, card, shards: [...kept, ...changed] });
}

function checkId(recipe: string, named: string, id: string): void {
  if (named !== id) throw unfit(recipe, `it makes "${named}" and not "${id}"`);
}

const unfit = (file: string, why: string): AppError =>
  new AppError(
    'request.invalid',
    `The recipe does not belong to this model: ${why}.`,
    'Name its recipe with --recipe.',
    {
      file,
    },
  );
