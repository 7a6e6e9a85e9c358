import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src-main/inference/random';
import { makeTorchCheckpoint, makeZip, type MadeTensor } from './write-torch';

/** A narrow 3D RetinaNet bundle in the form of MONAI's model zoo, its weights made of a seed. */
export interface MadeMonaiBundle {
  inference: Record<string, unknown>;
  metadata: Record<string, unknown>;
  state: Map<string, MadeTensor>;
}

const widths = { stem: 4, planes: [4, 8], fpn: 16 };

export function makeMonaiBundle(seed = 1): MadeMonaiBundle {
  return { inference: inference(), metadata: metadata(), state: makeState(seed) };
}

export function writeMonaiBundle(folder: string, made: MadeMonaiBundle): void {
  mkdirSync(join(folder, 'configs'), { recursive: true });
  mkdirSync(join(folder, 'models'), { recursive: true });
  for (const [path, bytes] of bundleFiles(made)) writeFileSync(join(folder, path), bytes);
}

export const zipMonaiBundle = (made: MadeMonaiBundle, top: string): Buffer =>
  makeZip(bundleFiles(made).map(([path, bytes]) => ({ name: `${top}${path}`, bytes, deflated: true })));

const bundleFiles = (made: MadeMonaiBundle): [string, Buffer][] => [
  ['configs/inference.json', Buffer.from(JSON.stringify(made.inference))],
  ['configs/metadata.json', Buffer.from(JSON.stringify(made.metadata))],
  ['models/model.pt', makeTorchCheckpoint(made.state)],
];

function inference(): Record<string, unknown> {
  return {
    imports: ['$import glob'],
    bundle_root: '.',
    device: "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
    spatial_dims: 3,
    num_classes: 1,
    size_divisible: [16, 16, 8],
    infer_patch_size: [64, 64, 32],
    anchor_generator: {
      _target_: 'monai.apps.detection.utils.anchor_utils.AnchorGeneratorWithAnchorShape',
      feature_map_scales: [1, 2, 4],
      base_anchor_shapes: [
        [6, 8, 4],
        [8, 6, 5],
        [10, 10, 6],
      ],
    },
    backbone:
      '$monai.networks.nets.resnet.resnet50(spatial_dims=3,n_input_channels=1,conv1_t_stride=[2,2,1],conv1_t_size=[7,7,7])',
    feature_extractor:
      '$monai.apps.detection.networks.retinanet_network.resnet_fpn_feature_extractor(@backbone,3,False,[1,2],None)',
    network_def: {
      _target_: 'RetinaNet',
      spatial_dims: '@spatial_dims',
      num_classes: '@num_classes',
      num_anchors: 3,
      feature_extractor: '@feature_extractor',
      size_divisible: '@size_divisible',
    },
    network: '$@network_def.to(@device)',
    detector_ops: [
      "$@detector.set_target_keys(box_key='box', label_key='label')",
      '$@detector.set_box_selector_parameters(score_thresh=0.02,topk_candidates_per_level=1000,nms_thresh=0.22,detections_per_img=300)',
      "$@detector.set_sliding_window_inferer(roi_size=@infer_patch_size,overlap=0.25,sw_batch_size=1,mode='constant',device='cpu')",
    ],
    preprocessing: {
      _target_: 'Compose',
      transforms: [
        { _target_: 'LoadImaged', keys: 'image' },
        { _target_: 'EnsureChannelFirstd', keys: 'image' },
        { _target_: 'Orientationd', keys: 'image', axcodes: 'RAS' },
        { _target_: 'Spacingd', keys: 'image', pixdim: [0.703125, 0.703125, 1.25], _disabled_: '@nothing' },
        {
          _target_: 'ScaleIntensityRanged',
          keys: 'image',
          a_min: -1024,
          a_max: 300,
          b_min: 0,
          b_max: 1,
          clip: true,
        },
        { _target_: 'EnsureTyped', keys: 'image' },
      ],
    },
  };
}

function metadata(): Record<string, unknown> {
  return {
    version: '0.6.8',
    monai_version: '1.4.0',
    name: 'Lung nodule CT detection',
    task: 'CT lung nodule detection',
    description: 'A made network for tests',
    authors: 'Nobody',
    copyright: 'Copyright (c) nobody',
    license: 'Apache-2.0',
    data_source: 'made',
    intended_use: 'Tests only',
    network_data_format: { inputs: { image: { modality: 'CT' } } },
  };
}

function makeState(seed: number): Map<string, MadeTensor> {
  const random = createRandom(seed);
  const state = new Map<string, MadeTensor>();
  const add = (name: string, shape: number[], make: () => number): void => {
    const count = shape.reduce((a, b) => a * b, 1);
    state.set(name, { shape, data: Float32Array.from({ length: count }, make) });
  };
  const conv = (name: string, from: number, to: number, side: number[], bias: boolean): void => {
    const spread = Math.sqrt(2 / (from * side.reduce((a, b) => a * b, 1)));
    add(`${name}.weight`, [to, from, ...side], () => random.normal() * spread);
    if (bias) add(`${name}.bias`, [to], () => random.normal() * 0.1);
  };
  const norm = (name: string, width: number, running: boolean): void => {
    add(`${name}.weight`, [width], () => random.between(0.5, 1.5));
    add(`${name}.bias`, [width], () => random.normal() * 0.1);
    if (!running) return;
    add(`${name}.running_mean`, [width], () => random.normal() * 0.1);
    add(`${name}.running_var`, [width], () => random.between(0.5, 1.5));
    add(`${name}.num_batches_tracked`, [], () => 3);
  };
  const body = 'feature_extractor.body';
  conv(`${body}.conv1`, 1, widths.stem, [7, 7, 7], false);
  norm(`${body}.bn1`, widths.stem, true);
  let width = widths.stem;
  widths.planes.forEach((planes, s) => {
    const block = `${body}.layer${s + 1}.0`;
    conv(`${block}.conv1`, width, planes, [1, 1, 1], false);
    conv(`${block}.conv2`, planes, planes, [3, 3, 3], false);
    conv(`${block}.conv3`, planes, 4 * planes, [1, 1, 1], false);
    norm(`${block}.bn1`, planes, true);
    norm(`${block}.bn2`, planes, true);
    norm(`${block}.bn3`, 4 * planes, true);
    conv(`${block}.downsample.0`, width, 4 * planes, [1, 1, 1], true);
    norm(`${block}.downsample.1`, 4 * planes, true);
    width = 4 * planes;
    conv(`feature_extractor.fpn.inner_blocks.${s}`, width, widths.fpn, [1, 1, 1], true);
    conv(`feature_extractor.fpn.layer_blocks.${s}`, widths.fpn, widths.fpn, [3, 3, 3], true);
  });
  for (const [head, last, outputs] of [
    ['classification_head', 'cls_logits', 3],
    ['regression_head', 'bbox_reg', 18],
  ] as const) {
    for (let n = 0; n < 4; n++) {
      conv(`${head}.conv.${3 * n}`, widths.fpn, widths.fpn, [3, 3, 3], true);
      norm(`${head}.conv.${3 * n + 1}`, widths.fpn, false);
    }
    conv(`${head}.${last}`, widths.fpn, outputs, [3, 3, 3], true);
  }
  return state;
}
