import { z } from 'zod';
import { packBytes } from '../bundle/files';
import { mappedBundleFile, mappedModelFile } from '../bundle/schema';
import { mappedInputSpec, mappedOutputSpec, mappedSelectionSpec } from '../tfjs/mapped-spec';
import { loadTfjsModel, tfjsManifest, type TfjsManifest } from '../tfjs/tfjs-model';
import { loadTensorflow } from '../tensorflow';
import { readJsonObject, type BundleSource } from './bundle-source';
import { renderImportedCard } from './imported-card';
import { slug, type ImportedModel, type ImportOptions } from './import-options';
import { refuse } from './refuse';

/** Says how a TensorFlow.js model is used; docs/bring-your-own-model.md. */
export const tfjsMarker = 'regio-mapping.json';
const maxWeightBytes = 2 ** 30;

const oneOrMore = z.union([z.number().transform((n) => [n]), z.array(z.number()).min(1).max(3)]);

const mapping = z.strictObject({
  name: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be like 1.2.3'),
  description: z.string().default(''),
  intendedUse: z.string().min(1).default('Not stated by its source. Research only.'),
  licence: z.string().min(1).default('not stated'),
  source: z.string().min(1).default('not stated'),
  modality: z.enum(['CT', 'MR', 'MG', 'US', 'ES', 'OP', 'OT']),
  bodyParts: z.array(z.string()).default([]),
  labels: z.array(z.string().min(1)).min(1),
  input: z.strictObject({
    ...mappedInputSpec.shape,
    channels: mappedInputSpec.shape.channels.default(3),
    order: mappedInputSpec.shape.order.default('rgb'),
    fit: mappedInputSpec.shape.fit.default('letterbox'),
    mean: oneOrMore.default([0]),
    deviation: oneOrMore.default([255]),
  }),
  outputs: z.strictObject({
    ...mappedOutputSpec.shape,
    boxUnit: mappedOutputSpec.shape.boxUnit.default('fraction'),
    scoreKind: mappedOutputSpec.shape.scoreKind.default('probability'),
    skipClasses: mappedOutputSpec.shape.skipClasses.default(0),
  }),
  selection: mappedSelectionSpec.default({ nmsIouThreshold: 0.5, maxDetections: 100 }),
  scoreFloor: z.number().min(0).max(1).default(0.05),
  threshold: z.number().min(0).max(1).default(0.5),
});

/**
 * A TensorFlow.js graph or layers model with its mapping -> a Regio bundle. The model is built once, and thrown away, to
 * see that it can be.
 * @throws AppError model.invalid, naming file and field
 */
export async function importTfjs(source: BundleSource, options: ImportOptions): Promise<ImportedModel> {
  const map = await readChecked(source, tfjsMarker, mapping);
  const manifest = await readChecked(source, 'model.json', tfjsManifest);
  const weights = await readWeights(source, manifest);
  const file = source.fileOf('model.json');
  const tf = await loadTensorflow();
  (await loadTfjsModel(tf, manifest, weights, file)).dispose();

  const id = options.id ?? slug(map.name);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
    throw refuse(source.fileOf(tfjsMarker), 'name', 'it gives no id', 'Give one with --id.');
  const labels = options.labels ?? map.labels;
  if (labels.length !== map.labels.length)
    throw refuse(
      source.fileOf(tfjsMarker),
      'labels',
      `it lists ${map.labels.length}, and ${labels.length} were given`,
    );
  const head = {
    id,
    version: map.version,
    name: map.name,
    description: map.description,
    intendedUse: map.intendedUse,
    bodyParts: [...(options.bodyParts ?? map.bodyParts)],
  };
  const bundle = mappedBundleFile.parse({
    schemaVersion: 1,
    kind: 'mapped',
    ...head,
    modalities: [map.modality],
    labels: [...labels],
    input: map.input,
    outputs: map.outputs,
    selection: map.selection,
    thresholds: {
      scoreFloor: map.scoreFloor,
      default: Math.max(map.threshold, map.scoreFloor),
      chosenOn: 'regio-mapping.json; not measured by Regio',
    },
    training: null,
    metrics: {},
    checksums: 'sha256',
  });
  const shards = packBytes(weights);
  const topology = Buffer.from(JSON.stringify({ ...manifest, weightsManifest: oneGroup(manifest, shards) }));
  const model = mappedModelFile.parse({
    format: 'tfjs-1',
    topology: { file: 'tfjs-model.json', bytes: topology.length },
    shards: shards.map(([name, bytes]) => ({ file: name, bytes: bytes.length })),
  });
  const card = renderImportedCard({
    ...head,
    source: `TensorFlow.js model ${source.name}`,
    facts: [
      ['Licence (regio-mapping.json)', map.licence],
      ['Source', map.source],
    ],
    howItRuns: [
      `Pictures are ${map.input.fit === 'stretch' ? 'stretched' : 'fitted'} into ${map.input.width} x ${map.input.height} px, ${map.input.channels} channels, ${map.input.order}.`,
      `Non-maximum suppression at IoU ${map.selection.nmsIouThreshold}, at most ${map.selection.maxDetections} findings.`,
    ],
    limits: [
      'The threshold at which findings are shown is what its mapping says; nobody here measured what it gives.',
    ],
  });
  return { id, bundle, model, card, shards: [['tfjs-model.json', topology], ...shards] };
}

const oneGroup = (manifest: TfjsManifest, shards: readonly (readonly [string, Uint8Array])[]) => [
  { paths: shards.map(([name]) => name), weights: manifest.weightsManifest.flatMap((g) => g.weights) },
];

async function readWeights(source: BundleSource, manifest: TfjsManifest): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = maxWeightBytes;
  for (const path of manifest.weightsManifest.flatMap((g) => g.paths)) {
    const bytes = await source.read(path, left);
    left -= bytes.length;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

async function readChecked<T>(source: BundleSource, path: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJsonObject(source, path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw refuse(source.fileOf(path), issue.path.join('.') || path, issue.message);
}
