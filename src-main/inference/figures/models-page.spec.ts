import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBundles } from '../bundle/read';
import type { ModelBundle } from '../bundle/schema';
import { drawFigures } from './draw-picture';
import { renderModelsPage } from './models-page';

const root = resolve(__dirname, '../../..');

describe('the page of models', () => {
  it('says what the shipped bundles say (bin/regio models figures --page docs/models.md writes it)', async () => {
    const { bundles } = await listBundles(join(root, 'models'));
    expect(readFileSync(join(root, 'docs', 'models.md'), 'utf8')).toBe(renderModelsPage(bundles));
  });

  it('has operating points and the sample of a measured model, and says what was not measured', () => {
    const point = {
      per: 'image',
      falsePositives: 1,
      threshold: 0.25,
      measuredFalsePositives: 0.97,
      falsePositives95: [0.8, 1.1],
      sensitivity: 0.9,
      sensitivity95: [0.85, 0.95],
    };
    const bundle = {
      kind: 'picture',
      id: 'made',
      version: '1.2.3',
      name: 'Made',
      modelHash: 'abcdef0123456789',
      metrics: { AP50: { value: 0.5, interval: [0.4, 0.6] } },
      thresholds: { default: 0.25, chosenOn: 'made pictures' },
      operatingPoints: [point],
      validation: {
        images: 20,
        boxes: 21,
        sample: { seed: 7, images: [{ image: 'a.png', hits: 2, misses: 1, falseAlarms: 0 }] },
      },
    } as unknown as ModelBundle;
    const page = renderModelsPage([bundle]);
    expect(page).toContain('| 1 | 0.25 | 0.900 (0.850 to 0.950) | 0.970 (0.800 to 1.100) |');
    expect(page).toContain('| `a.png` | 2 | 1 | 0 |');
    expect(page).toContain('AP50 0.500 (0.400 to 0.600)');
    expect(renderModelsPage([{ ...bundle, validation: undefined, operatingPoints: [] }])).toContain(
      'No sample was drawn.',
    );
  });
});

describe('a figure', () => {
  it('tells hits, misses and false marks by colour, line and letter, and trusts no file name', () => {
    const svg = drawFigures('made', [
      {
        pixels: { data: new Uint8Array(16), width: 4, height: 4, channels: 1 },
        depthMax: 255,
        outcome: {
          image: '<script>.png',
          marks: [
            { box: [0, 0, 2, 2], score: 0.912, hit: true },
            { box: [2, 2, 1, 1], score: 0.3, hit: false },
          ],
          lesions: [
            { box: [0, 0, 2, 2], found: true },
            { box: [1, 1, 2, 2], found: false },
          ],
        },
      },
    ]);
    expect(svg).toContain('>H 0.91</text>');
    expect(svg).toContain('>F 0.30</text>');
    expect(svg).toContain('>M</text>');
    for (const line of ['stroke-dasharray="9 5"', 'stroke-dasharray="2 4"', '#37d67a', '#ffa62b', '#ff5cd1'])
      expect(svg.split(line).length).toBeGreaterThan(2);
    expect(svg).not.toContain('<script>');
  });
});
