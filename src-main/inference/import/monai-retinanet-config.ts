import { isOrientation } from '../../core/geometry/orientation';
import type { Vec3 } from '../../core/geometry/vec3';
import type { RetinanetSettings } from '../retinanet3d/retinanet-weights';
import type { ConfigField, MonaiConfig } from './monai-config';

/** What configs/inference.json of a 3D RetinaNet bundle says (lung_nodule_ct_detection of MONAI's model zoo). */
export interface RetinanetBundleConfig {
  readonly network: RetinanetSettings;
  readonly anchorsPerLocation: number;
  readonly anchorScales: readonly number[];
  readonly anchorShapes: readonly Vec3[];
  readonly spacing: [number, number, number];
  readonly orientation: string;
  readonly intensity: { readonly low: number; readonly high: number };
  readonly patch: [number, number, number];
  readonly overlap: number;
  readonly scoreThreshold: number;
  readonly topKPerLevel: number;
  readonly nmsThreshold: number;
  readonly detectionsPerImage: number;
}

/** @throws AppError model.invalid, naming the field */
export function readRetinanetConfig(config: MonaiConfig): RetinanetBundleConfig {
  const field = config.get('network_def').isMissing ? config.get('network') : config.get('network_def');
  const network = field.call();
  if (lastName(network.name) !== 'RetinaNet')
    throw field.bad(`it is ${JSON.stringify(network.name)}; only RetinaNet can be imported`);
  const dimensions = network.argument('spatial_dims', 0);
  if (dimensions.number() !== 3) throw dimensions.bad('only networks of 3 dimensions can be imported');
  const classes = network.argument('num_classes', 1).integer(1, 100);
  const extractor = network.argument('feature_extractor', 3);
  return {
    network: {
      classes,
      sizeDivisible: whole(network.argument('size_divisible', 4), 1, 256),
      ...readFeatureExtractor(extractor),
    },
    anchorsPerLocation: network.argument('num_anchors', 2).integer(1, 100),
    ...readAnchors(config.get('anchor_generator')),
    ...readPreprocessing(config.get('preprocessing')),
    ...readDetectorSteps(config.get('detector_ops')),
  };
}

function readFeatureExtractor(
  field: ConfigField,
): Pick<RetinanetSettings, 'returnedStages' | 'stemStride' | 'maxPool'> {
  const extractor = field.call();
  if (lastName(extractor.name) !== 'resnet_fpn_feature_extractor')
    throw field.bad(`it is ${JSON.stringify(extractor.name)}; only resnet_fpn_feature_extractor is known`);
  const stages = extractor.argument('returned_layers', 3).or([1, 2, 3]);
  const returnedStages = stages.list().map((s) => s.integer(1, 4));
  if (returnedStages.length === 0 || returnedStages.some((s, n) => n > 0 && s <= returnedStages[n - 1]!))
    throw stages.bad('it does not list stages in rising order');
  const backboneField = extractor.argument('backbone', 0);
  const backbone = backboneField.call();
  if (!/^resnet(10|18|34|50|101|152|200)$|^ResNet$/.test(lastName(backbone.name)))
    throw backboneField.bad(`it is ${JSON.stringify(backbone.name)}; only MONAI's ResNets are known`);
  const channels = backbone.argument('n_input_channels').or(3);
  if (channels.number() !== 1) throw channels.bad('only networks of one input channel can be imported');
  const shortcut = backbone.argument('shortcut_type').or('B');
  if (shortcut.text() !== 'B') throw shortcut.bad('only shortcuts of type B can be imported');
  return {
    returnedStages,
    stemStride: whole(backbone.argument('conv1_t_stride').or(1), 1, 4),
    maxPool: !backbone.argument('no_max_pool').or(false).boolean(),
  };
}

function readAnchors(field: ConfigField): Pick<RetinanetBundleConfig, 'anchorScales' | 'anchorShapes'> {
  const generator = field.call();
  if (lastName(generator.name) !== 'AnchorGeneratorWithAnchorShape')
    throw field.bad(`it is ${JSON.stringify(generator.name)}; only AnchorGeneratorWithAnchorShape is known`);
  const indexing = generator.argument('indexing').or('ij');
  if (indexing.text() !== 'ij') throw indexing.bad('only "ij" is known');
  return {
    anchorScales: generator
      .argument('feature_map_scales')
      .list()
      .map((s) => s.number(0.01, 1000)),
    anchorShapes: generator
      .argument('base_anchor_shapes')
      .list()
      .map((s) => s.triple(0.1, 1000)),
  };
}

/** Steps that leave the values and the grid as they are. */
const neutral = [
  'LoadImaged',
  'EnsureChannelFirstd',
  'AddChanneld',
  'EnsureTyped',
  'ToTensord',
  'CastToTyped',
];

function readPreprocessing(
  field: ConfigField,
): Pick<RetinanetBundleConfig, 'spacing' | 'orientation' | 'intensity'> {
  const found = new Map<string, ReturnType<ConfigField['call']>>();
  const transforms = field.item('transforms');
  for (const step of transforms.list()) {
    const call = step.call();
    const name = lastName(call.name);
    if (neutral.includes(name)) continue;
    if (!['Orientationd', 'Spacingd', 'ScaleIntensityRanged'].includes(name))
      throw step.bad(`${JSON.stringify(name)} is a step that cannot be imported`);
    if (found.has(name)) throw step.bad(`${name} comes twice`);
    found.set(name, call);
  }
  const step = (name: string): ReturnType<ConfigField['call']> => {
    const call = found.get(name);
    if (!call) throw transforms.bad(`the step ${name} is missing`);
    return call;
  };
  const axes = step('Orientationd').argument('axcodes');
  if (!isOrientation(axes.text())) throw axes.bad(`${JSON.stringify(axes.text())} names no orientation`);
  const scale = step('ScaleIntensityRanged');
  for (const [key, expected] of [
    ['b_min', 0],
    ['b_max', 1],
  ] as const) {
    const end = scale.argument(key);
    if (end.number() !== expected) throw end.bad(`only ${expected} can be imported`);
  }
  const clip = scale.argument('clip').or(false);
  if (!clip.boolean()) throw clip.bad('only clipped intensities can be imported');
  const [low, high] = [scale.argument('a_min'), scale.argument('a_max')];
  if (!(low.number() < high.number())) throw high.bad('it is not above a_min');
  return {
    spacing: step('Spacingd').argument('pixdim').triple(0.01, 100),
    orientation: axes.text(),
    intensity: { low: low.number(), high: high.number() },
  };
}

function readDetectorSteps(
  field: ConfigField,
): Pick<
  RetinanetBundleConfig,
  'patch' | 'overlap' | 'scoreThreshold' | 'topKPerLevel' | 'nmsThreshold' | 'detectionsPerImage'
> {
  const steps = new Map<string, ReturnType<ConfigField['call']>>();
  for (const step of field.list()) {
    const call = step.call();
    const name = lastName(call.name);
    if (!['set_target_keys', 'set_box_selector_parameters', 'set_sliding_window_inferer'].includes(name))
      throw step.bad(`${JSON.stringify(name)} is a step that cannot be imported`);
    steps.set(name, call);
  }
  const select = steps.get('set_box_selector_parameters');
  const slide = steps.get('set_sliding_window_inferer');
  if (!select) throw field.bad('set_box_selector_parameters is missing');
  if (!slide) throw field.bad('set_sliding_window_inferer is missing');
  const mode = slide.argument('mode', 3).or('constant');
  if (mode.text() !== 'constant') throw mode.bad('only "constant" can be imported');
  const sigmoid = select.argument('apply_sigmoid', 4).or(true);
  if (!sigmoid.boolean()) throw sigmoid.bad('only true can be imported');
  return {
    patch: whole(slide.argument('roi_size', 0), 16, 4096),
    overlap: slide.argument('overlap', 2).or(0.5).number(0, 0.9),
    scoreThreshold: select.argument('score_thresh', 0).or(0.05).number(0, 1),
    topKPerLevel: select.argument('topk_candidates_per_level', 1).or(1000).integer(1, 4000),
    nmsThreshold: select.argument('nms_thresh', 2).or(0.5).number(0, 1),
    detectionsPerImage: select.argument('detections_per_img', 3).or(300).integer(1, 2000),
  };
}

function whole(field: ConfigField, low: number, high: number): [number, number, number] {
  const values = field.triple(low, high);
  if (!values.every(Number.isInteger)) throw field.bad('it does not hold whole numbers');
  return values;
}

const lastName = (dotted: string): string => dotted.slice(dotted.lastIndexOf('.') + 1);
