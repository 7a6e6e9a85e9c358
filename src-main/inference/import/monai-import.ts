import { packWeights } from '../bundle/files';
import { volumeBundleFile, volumeModelFile } from '../bundle/schema';
import { parseSafetensors } from '../network/safetensors';
import { monaiAnchorSpec } from '../retinanet3d/monai-anchors';
import {
  levelStrides,
  retinanetParameters,
  type RetinanetArchitecture,
} from '../retinanet3d/retinanet-architecture';
import { chooseWindow } from '../retinanet3d/retinanet-window';
import { convertRetinanet, inferArchitecture, withoutPrefix } from '../retinanet3d/retinanet-weights';
import { maxModelBytes, readJsonObject, type BundleSource } from './bundle-source';
import { renderImportedCard } from './imported-card';
import { slug, type ImportedModel, type ImportOptions } from './import-options';
import { MonaiConfig } from './monai-config';
import { readRetinanetConfig, type RetinanetBundleConfig } from './monai-retinanet-config';
import { refuse } from './refuse';
import { readTorchCheckpoint, type StoredTensor } from './torch-checkpoint';

/** Every MONAI bundle has it. */
export const monaiMarker = 'configs/inference.json';
const metadataFile = 'configs/metadata.json';

/**
 * A MONAI bundle with a 3D RetinaNet -> a Regio bundle.
 * @throws AppError model.invalid, naming file and field
 */
export async function importMonai(source: BundleSource, options: ImportOptions): Promise<ImportedModel> {
  const config = readRetinanetConfig(
    new MonaiConfig(source.fileOf(monaiMarker), await readJsonObject(source, monaiMarker)),
  );
  const metadata = new MonaiConfig(source.fileOf(metadataFile), await readJsonObject(source, metadataFile));
  const { state, file } = await readState(source);
  const architecture = inferArchitecture(state, config.network, file);
  checkAnchors(config, architecture, source.fileOf(monaiMarker));
  const values = convertRetinanet(state, architecture, file);
  const { shards, record } = packWeights(
    retinanetParameters(architecture).map((s) => values.get(s.name)!),
    options.precision ?? 'float32',
  );
  const window = chooseWindow(architecture, config.patch, config.overlap);
  const head = readHead(source, metadata, config, options);
  const bundle = volumeBundleFile.parse({
    schemaVersion: 1,
    kind: 'volume',
    ...head,
    input: {
      spacing: config.spacing,
      orientation: config.orientation,
      intensity: config.intensity,
      window,
      overlap: config.overlap,
    },
    anchors: monaiAnchorSpec(levelStrides(architecture), config.anchorShapes, config.anchorScales),
    proposals: {
      scoreThreshold: config.scoreThreshold,
      preNmsTopN: config.topKPerLevel,
      nmsIouThreshold: config.nmsThreshold,
      postNmsTopN: config.detectionsPerImage,
      insideThreshold: null,
    },
    thresholds: {
      scoreFloor: config.scoreThreshold,
      default: Math.max(0.5, config.scoreThreshold),
      chosenOn: 'nothing: 0.5 by convention, not measured by Regio',
      fpPerScan: null,
      sensitivity: null,
    },
    training: null,
    metrics: {},
    checksums: 'sha256',
  });
  const text = (key: string): string => {
    const field = metadata.get(key);
    return field.isMissing ? 'not stated' : field.text();
  };
  const card = renderImportedCard({
    ...head,
    source: `MONAI bundle ${source.name}, ${text('task')}, version ${head.version}`,
    facts: [
      ['Licence (metadata.json)', text('license')],
      ['Copyright', text('copyright')],
      ['Authors', text('authors')],
      ['Data', text('data_source')],
      ['MONAI', text('monai_version')],
    ],
    howItRuns: [
      `3D RetinaNet, ${record.parameterCount} parameters as ${record.dtype}, batch norm folded into the convolutions.`,
      `Volumes are resampled to ${config.spacing.join(' x ')} mm, axes ${config.orientation}; ${config.intensity.low} to ${config.intensity.high} becomes 0 to 1.`,
      `Windows of ${window.join(' x ')} voxels (the source: ${config.patch.join(' x ')}), overlap ${config.overlap}, averaged before they are decoded.`,
      `Score threshold ${config.scoreThreshold}, non-maximum suppression at IoU ${config.nmsThreshold}.`,
    ],
    limits: [
      'Group normalization runs over a window: windows smaller than the source has give slightly other scores.',
      'The threshold at which findings are shown is 0.5 by convention; nobody measured what it gives.',
      ...(head.bodyParts.length > 0 ? [] : ['It names no body part: it is never chosen by itself.']),
    ],
  });
  const model = volumeModelFile.parse({ format: 'monai-retinanet3d-1', architecture, ...record });
  return { id: bundle.id, bundle, model, card, shards };
}

async function readState(
  source: BundleSource,
): Promise<{ state: ReadonlyMap<string, StoredTensor>; file: string }> {
  const plain = 'models/model.safetensors';
  if (!(await source.has('models/model.pt')) && (await source.has(plain))) {
    const file = source.fileOf(plain);
    const arrays = parseSafetensors(await source.read(plain, maxModelBytes), file);
    const state = new Map(
      [...arrays].map(([name, { shape, data }]) => [name, { shape, values: () => data }]),
    );
    return { state: withoutPrefix(state), file };
  }
  const file = source.fileOf('models/model.pt');
  const bytes = await source.read('models/model.pt', maxModelBytes);
  return { state: withoutPrefix(readTorchCheckpoint(bytes, file)), file };
}

function checkAnchors(config: RetinanetBundleConfig, a: RetinanetArchitecture, file: string): void {
  if (config.anchorsPerLocation !== a.anchorsPerLocation)
    throw refuse(file, 'network_def.num_anchors', `the checkpoint has ${a.anchorsPerLocation} anchors`);
  if (config.anchorShapes.length !== a.anchorsPerLocation)
    throw refuse(
      file,
      'anchor_generator.base_anchor_shapes',
      `it does not list ${a.anchorsPerLocation} shapes`,
    );
  const levels = a.returnedStages.length + 1;
  if (config.anchorScales.length !== levels)
    throw refuse(file, 'anchor_generator.feature_map_scales', `it does not list ${levels} levels`);
  const coarsest = levelStrides(a)[levels - 1]!;
  const fits = coarsest.every((stride, d) => a.sizeDivisible[d]! % stride === 0);
  if (!fits)
    throw refuse(
      file,
      'network_def.size_divisible',
      `it is no multiple of the coarsest stride ${coarsest.join(', ')}`,
    );
}

const modalities = ['CT', 'MR'];

function readHead(
  source: BundleSource,
  metadata: MonaiConfig,
  config: RetinanetBundleConfig,
  options: ImportOptions,
) {
  const name = metadata.get('name').or(source.name).text();
  const version = metadata.get('version');
  if (!/^\d+\.\d+\.\d+$/.test(version.text())) throw version.bad('it is not like 1.2.3');
  const modality = metadata.get('network_data_format').item('inputs').item('image').item('modality');
  if (!modalities.includes(modality.text())) throw modality.bad(`it is not ${modalities.join(' or ')}`);
  const id = options.id ?? slug(name);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
    throw refuse(source.fileOf(metadataFile), 'name', 'it gives no id', 'Give one with --id.');
  const { classes } = config.network;
  const labels = options.labels ?? defaultLabels(classes);
  if (labels.length !== classes) {
    const hint = 'Give --label once for each class.';
    throw refuse(
      source.fileOf(monaiMarker),
      'num_classes',
      `it is ${classes}, and ${labels.length} labels were given`,
      hint,
    );
  }
  const description = metadata.get('description').or(name).text();
  return {
    id,
    version: version.text(),
    name,
    description,
    intendedUse: metadata.get('intended_use').or('Not stated by its source. Research only.').text(),
    modalities: [modality.text()],
    bodyParts:
      options.bodyParts ??
      (/\b(lung|chest|thorax|thoracic)\b/i.test(`${name} ${description}`) ? ['CHEST', 'LUNG'] : []),
    labels: [...labels],
  };
}

const defaultLabels = (classes: number): string[] =>
  classes === 1 ? ['lesion'] : Array.from({ length: classes }, (_, n) => `class ${n + 1}`);
