import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  makeGraphModel,
  makeLayersModel,
  writeTfjsModel,
  type MadeTfjsModel,
} from '../../../test-support/tfjs-models';
import { AppError } from '../../core/app-error';
import type { RasterImage } from '../../core/volume/volume';
import { loadDetector } from '../detector';
import { loadTensorflow, type Tensorflow } from '../tensorflow';
import { importModel } from './import-model';

let tf: Tensorflow;
let folder = '';
beforeAll(async () => {
  tf = await loadTensorflow();
});
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-tfjs-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const source = (): string => join(folder, 'source');
const models = (): string => join(folder, 'models');
const white: RasterImage = {
  width: 64,
  height: 48,
  channels: 3,
  data: new Uint8Array(64 * 48 * 3).fill(255),
  pixelSpacing: null,
  modality: 'ES',
};

async function refusal(made: MadeTfjsModel): Promise<AppError> {
  writeTfjsModel(source(), made);
  const error = await importModel(source(), models()).then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(readdirSync(folder)).toEqual(['source']);
  return error as AppError;
}

describe('importModel of a TensorFlow.js model', () => {
  it.each([
    ['layers', (): Promise<MadeTfjsModel> => makeLayersModel(tf)],
    ['graph', (): Promise<MadeTfjsModel> => Promise.resolve(makeGraphModel())],
  ])(
    'imports a %s model, which then finds its boxes in px of the picture and leaves no tensor',
    async (_, make) => {
      const made = await make();
      const before = tf.memory().numTensors;
      writeTfjsModel(source(), made);
      const bundle = await importModel(source(), models());
      expect(bundle).toMatchObject({
        kind: 'mapped',
        id: 'made-detector',
        labels: ['polyp'],
        bodyParts: ['COLON'],
      });
      expect(readFileSync(join(bundle.folder, 'MODEL_CARD.md'), 'utf8')).toContain('CC0-1.0');
      const detector = await loadDetector(bundle.folder);
      const loaded = tf.memory().numTensors;
      const found = await detector.detectImage(white, { minScore: 0.1 });
      expect(found.map((f) => f.box)).toEqual([
        [16, 12, 32, 36],
        [32, 24, 64, 48],
      ]);
      // White is 1 after division by 255.
      expect(found[0]!.score).toBeCloseTo(0.901, 5);
      expect(found[1]!.score).toBeCloseTo(0.201, 5);
      expect(await detector.detectImage(white, { minScore: 0.5 })).toHaveLength(1);
      await expect(detector.detectVolume(null as never)).rejects.toMatchObject({ code: 'detection.failed' });
      expect(tf.memory().numTensors).toBe(loaded);
      detector.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('reads other box formats and score columns', async () => {
    const made = makeGraphModel();
    made.mapping['outputs'] = { boxes: 'boxes', scores: 'scores', boxFormat: 'yxyx' };
    writeTfjsModel(source(), made);
    const detector = await loadDetector((await importModel(source(), models())).folder);
    expect((await detector.detectImage(white))[0]!.box).toEqual([16, 12, 48, 24]);
    detector.dispose();
  });

  it.each<[string, string, (made: MadeTfjsModel) => void]>([
    ['a mapping without labels', 'labels', (m) => delete m.mapping['labels']],
    ['an unknown key', 'regio-mapping.json', (m) => (m.mapping['boxes'] = 0)],
    [
      'a weights path that leaves the folder',
      'weightsManifest.0.paths.0',
      (m) => ((m.model['weightsManifest'] as { paths: string[] }[])[0]!.paths = ['../weights.bin']),
    ],
    [
      'a weights file that is missing',
      'none.bin',
      (m) => ((m.model['weightsManifest'] as { paths: string[] }[])[0]!.paths = ['none.bin']),
    ],
    ['no topology', 'modelTopology', (m) => delete m.model['modelTopology']],
  ])('refuses %s and names %s', async (_, field, change) => {
    const made = makeGraphModel();
    change(made);
    const error = await refusal(made);
    expect([error.code, error.details?.field]).toEqual(['model.invalid', field]);
  });

  it('refuses weights cut short and custom layers', async () => {
    const short = makeGraphModel();
    short.weights = short.weights.subarray(0, 10);
    expect((await refusal(short)).code).toBe('model.invalid');
    const custom = await makeLayersModel(tf);
    custom.model = JSON.parse(
      JSON.stringify(custom.model).replace('"GlobalAveragePooling2D"', '"MyLayer"'),
    ) as never;
    expect((await refusal(custom)).message).toContain('MyLayer');
  });

  it('says so where the outputs are not what the mapping says', async () => {
    const made = makeGraphModel();
    made.mapping['outputs'] = { boxes: 'scores', scores: 'boxes', boxFormat: 'xyxy' };
    writeTfjsModel(source(), made);
    const detector = await loadDetector((await importModel(source(), models())).folder);
    await expect(detector.detectImage(white)).rejects.toMatchObject({
      code: 'detection.failed',
      details: { field: 'outputs' },
    });
    detector.dispose();
  });

  it('notices a weight that was changed after the import', async () => {
    writeTfjsModel(source(), makeGraphModel());
    const bundle = await importModel(source(), models());
    writeFileSync(join(bundle.folder, 'weights-01-of-01.bin'), Buffer.alloc(56));
    await expect(loadDetector(bundle.folder)).rejects.toMatchObject({ code: 'model.checksum' });
  });
});
