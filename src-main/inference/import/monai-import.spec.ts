import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMonaiBundle, writeMonaiBundle, type MadeMonaiBundle } from '../../../test-support/monai-bundle';
import { AppError } from '../../core/app-error';
import { readBundle } from '../bundle/read';
import { parseExpression } from './config-expression';
import { importModel } from './import-model';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-monai-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const models = (): string => join(folder, 'models');

async function refusal(change: (made: MadeMonaiBundle) => void, after?: () => void): Promise<AppError> {
  const made = makeMonaiBundle();
  change(made);
  writeMonaiBundle(join(folder, 'bundle'), made);
  after?.();
  const error = await importModel(join(folder, 'bundle'), models()).then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(AppError);
  // Nothing half-written is left.
  expect(readdirSync(folder)).toEqual(['bundle']);
  return error as AppError;
}
type Json = Record<string, unknown>;
const inside = (made: MadeMonaiBundle, key: string): Json => made.inference[key] as Json;
const transforms = (made: MadeMonaiBundle): Json[] => inside(made, 'preprocessing')['transforms'] as Json[];

describe('importModel of a MONAI bundle', () => {
  it('takes spacing, intensities, anchors, windows and thresholds over', async () => {
    writeMonaiBundle(join(folder, 'bundle'), makeMonaiBundle());
    const bundle = await importModel(join(folder, 'bundle'), models());
    expect(bundle).toMatchObject({
      kind: 'volume',
      input: {
        spacing: [0.703125, 0.703125, 1.25],
        orientation: 'RAS',
        intensity: { low: -1024, high: 300 },
        window: [64, 64, 32],
        overlap: 0.25,
      },
      proposals: { scoreThreshold: 0.02, preNmsTopN: 1000, nmsIouThreshold: 0.22, postNmsTopN: 300 },
      thresholds: { scoreFloor: 0.02, default: 0.5, fpPerScan: null, sensitivity: null },
      training: null,
      metrics: {},
    });
    if (bundle.kind !== 'volume') throw new Error('no volume bundle');
    expect(bundle.anchors.levels.map((l) => l.stride)).toEqual([
      [4, 4, 2],
      [8, 8, 4],
      [16, 16, 8],
    ]);
    // MONAI rounds 5 to 4, half to even.
    expect(bundle.anchors.levels[0]!.shapes).toEqual([
      [6, 8, 4],
      [8, 6, 4],
      [10, 10, 6],
    ]);
    expect(bundle.anchors.origin).toBe('center');
    const opened = await readBundle(bundle.folder);
    if (opened.kind !== 'volume') throw new Error('no volume bundle');
    expect(opened.parameters().get('stem.kernel')).toHaveLength(7 * 7 * 7 * 4);
  });

  it.each<[string, string, (made: MadeMonaiBundle) => void]>([
    ['another network', 'network_def', (m) => (inside(m, 'network_def')['_target_'] = 'UNet')],
    ['two dimensions', 'network_def.spatial_dims', (m) => (m.inference['spatial_dims'] = 2)],
    ['no network', 'network', (m) => (delete m.inference['network_def'], delete m.inference['network'])],
    ['classes that are code', 'network_def.num_classes', (m) => (m.inference['num_classes'] = "$len('ab')")],
    [
      'references in a circle',
      'network_def.num_classes',
      (m) => (m.inference['num_classes'] = '@num_classes'),
    ],
    [
      'another number of anchors',
      'network_def.num_anchors',
      (m) => (inside(m, 'network_def')['num_anchors'] = 4),
    ],
    [
      'levels without a scale',
      'anchor_generator.feature_map_scales',
      (m) => (inside(m, 'anchor_generator')['feature_map_scales'] = [1, 2]),
    ],
    [
      'a backbone of code',
      'network_def.feature_extractor.backbone',
      (m) => (m.inference['backbone'] = '$[resnet50][0]()'),
    ],
    [
      'another backbone',
      'network_def.feature_extractor.backbone',
      (m) => (m.inference['backbone'] = '$my.densenet(spatial_dims=3)'),
    ],
    ['no spacing', 'preprocessing.transforms', (m) => transforms(m).splice(3, 1)],
    [
      'an unknown step',
      'preprocessing.transforms.5',
      (m) => transforms(m).splice(5, 0, { _target_: 'NormalizeIntensityd' }),
    ],
    [
      'an intensity range that is text',
      'preprocessing.transforms.4.a_min',
      (m) => (transforms(m)[4]!['a_min'] = 'low'),
    ],
    ['no selection', 'detector_ops', (m) => (m.inference['detector_ops'] as unknown[]).splice(1, 1)],
    [
      'a step that changes boxes',
      'detector_ops.0',
      (m) =>
        ((m.inference['detector_ops'] as unknown[])[0] =
          '$@detector.set_box_coder_weights(weights=[2,2,2,2,2,2])'),
    ],
    ['no version', 'version', (m) => delete m.metadata['version']],
    [
      'no modality',
      'network_data_format.inputs.image.modality',
      (m) => delete m.metadata['network_data_format'],
    ],
    [
      'a missing tensor',
      'regression_head.bbox_reg.bias',
      (m) => m.state.delete('regression_head.bbox_reg.bias'),
    ],
    [
      'a tensor too many',
      'extra.weight',
      (m) => m.state.set('extra.weight', { shape: [1], data: Float32Array.of(1) }),
    ],
    [
      'a value that is no number',
      'feature_extractor.body.conv1.weight',
      (m) => (m.state.get('feature_extractor.body.conv1.weight')!.data[7] = NaN),
    ],
    [
      'another shape',
      'classification_head.conv.0.weight',
      (m) =>
        m.state.set('classification_head.conv.0.weight', {
          shape: [16, 16, 1, 1, 1],
          data: new Float32Array(256),
        }),
    ],
  ])('refuses %s and names %s', async (_, field, change) => {
    const error = await refusal((made) => void change(made));
    expect(error.code).toBe('model.invalid');
    expect(error.details?.field).toBe(field);
    expect(error.details?.file).toContain(join(folder, 'bundle'));
  });

  it('names the file that is missing or damaged', async () => {
    const path = (file: string): string => join(folder, 'bundle', file);
    const noWeights = await refusal(
      () => undefined,
      () => unlinkSync(path('models/model.pt')),
    );
    expect(noWeights.details).toEqual({ file: path('models/model.pt'), field: 'models/model.pt' });
    rmSync(join(folder, 'bundle'), { recursive: true });
    const noJson = await refusal(
      () => undefined,
      () => writeFileSync(path('configs/metadata.json'), '[1'),
    );
    expect(noJson.details?.file).toBe(path('configs/metadata.json'));
  });
});

describe('parseExpression', () => {
  it('reads literals, references and the outer form of calls', () => {
    expect(parseExpression("[1, -2.5e1, 'a', None, (True, False)]")).toEqual([
      1,
      -25,
      'a',
      null,
      [true, false],
    ]);
    expect(parseExpression('@a#b::0')).toEqual({ kind: 'reference', path: ['a', 'b', '0'] });
    const call = parseExpression("@d.set(1, k=@x, m='constant')");
    expect(call).toMatchObject({ kind: 'call', name: '@d.set', args: [1] });
    expect((call as { kwargs: object }).kwargs).toEqual({
      k: { kind: 'reference', path: ['x'] },
      m: 'constant',
    });
  });

  it.each([
    '1 + 1',
    'a[0]',
    'lambda x: x',
    "f('a'",
    'not @a',
    'f(**k)',
    'a.b',
    '(f)()',
    "'a' 'b'",
    '[1',
    '',
    `${'('.repeat(99)}1${')'.repeat(99)}`,
  ])('does not read %j', (text) => expect(parseExpression(text)).toBeNull());
});
