import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../app-error';
import { seededRandom } from '../seeded-random';
import { colorTextureSizeFill } from './grid-search';
import { recallByProposalCount } from './recall';
import { selectiveSearch2 } from './selective-search-2d';

interface Blob {
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly level: readonly [number, number, number];
}

/** A mucosa-like ramp with noise and elliptic lesions, 8-bit RGB. */
function madePicture(width: number, height: number, blobs: readonly Blob[], seed = 1, channels: 1 | 3 = 3) {
  const random = seededRandom(seed);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = blobs.find(
        ({ cx, cy, rx, ry }) => ((x + 0.5 - cx) / rx) ** 2 + ((y + 0.5 - cy) / ry) ** 2 < 1,
      );
      const base = inside?.level ?? [150 + (x / width) * 40, 90, 80];
      for (let c = 0; c < channels; c++) data[at++] = base[c]! + (random() - 0.5) * 16;
    }
  }
  return { data, width, height, channels };
}

const blobs: Blob[] = [
  { cx: 40, cy: 45, rx: 18, ry: 12, level: [220, 60, 60] },
  { cx: 110, cy: 60, rx: 14, ry: 25, level: [90, 40, 120] },
  { cx: 70, cy: 120, rx: 30, ry: 15, level: [120, 150, 60] },
];
const truthOf = (all: readonly Blob[]): number[] =>
  all.flatMap(({ cx, cy, rx, ry }) => [cx - rx, cy - ry, cx + rx, cy + ry]);

describe('selectiveSearch2', () => {
  it.each([
    ['colour', 3],
    ['grey', 1],
  ] as const)('proposes every lesion of a %s picture', (_, channels) => {
    const picture = madePicture(160, 160, blobs, 3, channels);
    for (const mode of ['fast', 'quality'] as const) {
      const { boxes } = selectiveSearch2(picture, { mode });
      expect(recallByProposalCount([truthOf(blobs)], [boxes], [100], 0.8).recall).toEqual([1]);
    }
  });

  it('searches a picture of three equal channels as the grey one, 16-bit data as its 8-bit window', () => {
    const grey = madePicture(80, 64, blobs.slice(0, 1), 5, 1);
    const { boxes } = selectiveSearch2(grey);
    const data = Uint8Array.from({ length: grey.data.length * 3 }, (_, n) => grey.data[Math.floor(n / 3)]!);
    const tripled = { ...grey, channels: 3 as const, data };
    expect(selectiveSearch2(tripled).boxes).toEqual(boxes);
    const wide = { ...grey, data: Uint16Array.from(grey.data, (v) => 1000 + 16 * v) };
    expect(selectiveSearch2(wide, { valueRange: [1000, 1000 + 16 * 255] }).boxes).toEqual(boxes);
  });

  it('gives the same boxes again, and others for another seed', () => {
    const picture = madePicture(96, 96, blobs.slice(0, 1));
    const random = (seed: number) => selectiveSearch2(picture, { ordering: 'random', seed }).boxes;
    expect(random(7)).toEqual(random(7));
    expect(random(7)).not.toEqual(random(8));
    const sorted = (flat: Float32Array): string[] =>
      Array.from({ length: flat.length / 4 }, (_, n) => flat.subarray(n * 4, n * 4 + 4).join()).sort();
    const every = { duplicateIou: 1, limit: 10_000 };
    expect(sorted(selectiveSearch2(picture, { ...every, ordering: 'random', seed: 7 }).boxes)).toEqual(
      sorted(selectiveSearch2(picture, { ...every, ordering: 'hierarchical' }).boxes),
    );
  });

  it('keeps boxes inside, not smaller than asked, distinct, and no more than the limit', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 40 }),
          height: fc.integer({ min: 1, max: 40 }),
          seed: fc.integer({ min: 1, max: 1000 }),
          minBoxPixels: fc.integer({ min: 1, max: 12 }),
          limit: fc.integer({ min: 1, max: 60 }),
          maxPixels: fc.constantFrom(200, 1 << 20),
        }),
        ({ width, height, seed, minBoxPixels, limit, maxPixels }) => {
          const picture = madePicture(width, height, [{ ...blobs[0]!, cx: 12, cy: 12 }], seed);
          const { boxes } = selectiveSearch2(picture, {
            minRegionPixels: 4,
            minBoxPixels,
            limit,
            maxPixels,
            duplicateIou: 1,
          });
          const seen = new Set<string>();
          for (let n = 0; n < boxes.length; n += 4) {
            const [x0, y0, x1, y1] = boxes.subarray(n, n + 4) as unknown as [number, number, number, number];
            expect(x0).toBeGreaterThanOrEqual(0);
            expect(y0).toBeGreaterThanOrEqual(0);
            expect(x1).toBeLessThanOrEqual(width);
            expect(y1).toBeLessThanOrEqual(height);
            if (maxPixels > 2000) expect(Math.min(x1 - x0, y1 - y0)).toBeGreaterThanOrEqual(minBoxPixels);
            seen.add(`${x0},${y0},${x1},${y1}`);
          }
          expect(seen.size).toBe(boxes.length / 4);
          expect(seen.size).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  it('mirrors its boxes with the picture, up to the ties of equal edges', () => {
    const picture = madePicture(120, 90, blobs.slice(0, 1), 9);
    const mirrored = { ...picture, data: picture.data.slice() };
    for (let y = 0; y < 90; y++)
      for (let x = 0; x < 120; x++)
        for (let c = 0; c < 3; c++)
          mirrored.data[(y * 120 + x) * 3 + c] = picture.data[(y * 120 + 119 - x) * 3 + c]!;
    const flipped = selectiveSearch2(mirrored).boxes;
    for (let n = 0; n < flipped.length; n += 4) {
      const [x0, x1] = [flipped[n]!, flipped[n + 2]!];
      flipped[n] = 120 - x1;
      flipped[n + 2] = 120 - x0;
    }
    const [found] = recallByProposalCount([selectiveSearch2(picture).boxes], [flipped], [2000], 0.8).recall;
    expect(found).toBeGreaterThan(0.9);
  });

  it('stops when asked, reports rising progress to 1, and refuses data of another size', () => {
    const picture = madePicture(64, 64, []);
    const seen: number[] = [];
    selectiveSearch2(picture, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    let asked = 0;
    const stopped = (): unknown => selectiveSearch2(picture, { shouldStop: () => ++asked > 5 });
    expect(stopped).toThrow(expect.objectContaining({ code: 'job.cancelled' }) as Error);
    expect(() => selectiveSearch2({ ...picture, width: 63 })).toThrow(AppError);
  });

  it('bounds the initial regions by joining more of them', () => {
    const random = seededRandom(2);
    const noise = Uint8Array.from({ length: 48 * 48 }, () => random() * 255);
    const steps = { onProgress: () => undefined, limit: 100_000, duplicateIou: 1, minBoxPixels: 1 };
    const one = [{ space: 'grey', sigma: 0.4, scales: [1], similarities: [colorTextureSizeFill] }] as const;
    const search = (maxInitialRegions: number): number =>
      selectiveSearch2(
        { data: noise, width: 48, height: 48, channels: 1 },
        { ...steps, strategies: one, minRegionPixels: 1, maxInitialRegions },
      ).boxes.length / 4;
    expect(search(100_000)).toBeGreaterThan(1000);
    expect(search(200)).toBeLessThanOrEqual(399);
  });
});
