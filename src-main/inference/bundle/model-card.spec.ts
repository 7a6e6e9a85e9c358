import { describe, expect, it } from 'vitest';
import { renderModelCard } from './model-card';
import type { PictureBundleFile } from './schema';

const facts = { architecture: { fpnChannels: 96 }, parameterCount: 3_000_000, weightsSha256: 'e'.repeat(64) };
const bundle = {
  kind: 'picture',
  id: 'made',
  version: '1.2.3',
  name: 'Made lesions',
  description: 'Marks lesions.',
  intendedUse: 'Research.',
  input: {
    size: 512,
    channels: 3,
    intensity: { kind: 'full-scale' },
    mean: 127,
    deviation: 128,
    foreground: 'retina',
    tiles: { longestSide: 1536, overlap: 0.25 },
  },
  volume: null,
  hit: 'centre',
  metrics: { AP50: { value: 0.5, interval: [0.4, 0.6] }, AUC: { value: 0.9, interval: null } },
  thresholds: { scoreFloor: 0.01, default: 0.25, chosenOn: 'made (val)', fpPerImage: 1, sensitivity: 0.9 },
  operatingPoints: [
    {
      per: 'image',
      falsePositives: 1,
      threshold: 0.25,
      measuredFalsePositives: 0.97,
      falsePositives95: [0.8, 1.1],
      sensitivity: 0.9,
      sensitivity95: [0.85, 0.95],
    },
  ],
  calibration: {
    method: 'platt',
    slope: 1.5,
    intercept: -0.5,
    marks: 400,
    hits: 90,
    expectedCalibrationError: { before: 0.11, after: 0.02 },
  },
  validation: {
    images: 26,
    boxes: 256,
    imagesWithoutLesion: 9,
    milliseconds: 412.4,
    sample: { seed: 1, images: [] },
    worstMisses: [{ image: 'a.png', place: [10, 10, 40.6, 20] }],
    worstFalseAlarms: [{ image: 'b.png', place: [1, 1, 9, 8], score: 0.83 }],
  },
  limits: ['Two cameras.'],
  training: {
    recipe: 'recipes/made.json',
    data: [{ name: 'made (train)', licence: 'CC0', images: 100, boxes: 900 }],
    images: 6000,
    epochs: 8,
    seed: 9,
    backbone: 'EfficientNet-Lite0',
    seconds: 600,
    cores: 2,
  },
} as unknown as PictureBundleFile;

describe('a model card', () => {
  it('says what bundle.json says: data, split, preprocessing, cost, figures, points, calibration, failures, limits, hash', () => {
    const card = renderModelCard(bundle, facts);
    for (const part of [
      'research use only',
      '| made (train) | training | 100 | 900 | CC0 |',
      '| made (val) | validation | 26 (9 without a lesion) | 256 | as above |',
      'The disc of the retina is resampled to 1536 px on its longest side and read in tiles of 512 x 512 px',
      '3,000,000 parameters',
      'fpnChannels 96',
      'It took 10 minutes on 2 processor cores, 10.0 augmented pictures a second.',
      "the centre of a mark lies in the lesion's box",
      '412 ms an image',
      '| AP50 | 0.500 | 0.400 to 0.600 |',
      '| AUC | 0.900 | - |',
      '| 1 | 0.25 | 0.900 (0.850 to 0.950) | 0.970 (0.800 to 1.100) |',
      'sigmoid(1.500 logit(score) - 0.500), fitted on 400 validation marks of which 90',
      '0.110 before, 0.020 after',
      '- `a.png`: 41 x 20 px',
      '- `b.png`: 9 x 8 px, score 0.830',
      'bin/regio models figures made',
      '- Two cameras.',
      'e'.repeat(64),
    ])
      expect(card).toContain(part);
    expect(card).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says that a graphics card computed the training', () => {
    const training = { ...bundle.training, gpu: true };
    expect(renderModelCard({ ...bundle, training }, facts)).toContain(
      'It took 10 minutes on a graphics card and 2 processor cores,',
    );
  });

  it('claims nothing that was not measured', () => {
    const { validation: _v, operatingPoints: _p, calibration: _c, limits: _l, ...old } = bundle;
    const { seconds: _s, cores: _n, ...training } = bundle.training;
    const card = renderModelCard({ ...old, training }, facts);
    expect(card).toContain('The time it took was not written down.');
    expect(card.match(/Not measured: `bin\/regio models measure` does it\./g)).toHaveLength(2);
    expect(card).toContain('are no probabilities');
    expect(card).not.toMatch(/undefined|NaN|\[object/);
  });
});
