import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightnessBundle, brightnessWeights, tinyArchitecture } from '../../../test-support/made-volumes';
import { createRandom } from '../random';
import { loadTensorflow, tensorCount, type Tensorflow } from '../tensorflow';
import { parameterSpecs3d } from './architecture3d';
import { CompiledNetwork3d } from './compiled3d';
import type { VolumeNetwork } from './volume-network';
import { proposeInWindow } from './window-proposals';

describe('a window through the network', () => {
  let tf: Tensorflow;
  beforeAll(async () => {
    tf = await loadTensorflow();
  });
  afterAll(() => expect(tensorCount()).toBe(0));

  const { anchors, proposals } = brightnessBundle();
  /** One bright block around edge coordinate (x, y, z) = (9, 13, 5). */
  const block = (): Float32Array => {
    const window = new Float32Array(16 * 24 * 12);
    for (let z = 2; z < 8; z++)
      for (let y = 10; y < 16; y++) for (let x = 6; x < 12; x++) window[(z * 24 + y) * 16 + x] = 1;
    return window;
  };

  it('gives boxes x, y, z, lows then highs, best first', async () => {
    const network = new CompiledNetwork3d(tf, tinyArchitecture, brightnessWeights());
    const found = await proposeInWindow(tf, network, anchors, proposals, block(), [16, 24, 12], 0.5);
    network.dispose();
    expect([...found.boxes.subarray(0, 6)]).toEqual([5, 9, 1, 13, 17, 9]);
    expect(found.scores[0]).toBeGreaterThan(0.99);
    expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
    expect(found.scores.every((s) => s >= 0.5)).toBe(true);
    expect([...found.classes]).toEqual(found.classes.length > 0 ? [...found.classes].fill(0) : []);
  });

  it('read mirrored too, finds in a mirrored window the mirrored boxes, which one reading does not', async () => {
    const random = createRandom(4);
    const values = new Map(
      parameterSpecs3d(tinyArchitecture).map((s) => [
        s.name,
        Float32Array.from({ length: s.size }, () => 0.4 * random.normal()),
      ]),
    );
    const size = [16, 24, 12] as const;
    const window = Float32Array.from({ length: 16 * 24 * 12 }, () => random.uniform());
    const mirrored = window.map((_, n) => window[n - (n % 16) + 15 - (n % 16)]!);
    const read = async (flipAveraging: boolean, x: Float32Array) => {
      const network = new CompiledNetwork3d(tf, tinyArchitecture, values, flipAveraging);
      const spec = { ...proposals, preNmsTopN: 10_000 };
      const { boxes, scores } = await proposeInWindow(tf, network, anchors, spec, x, size, 0);
      network.dispose();
      return [...scores]
        .map((score, n) => [score, ...boxes.subarray(n * 6, n * 6 + 6)])
        .sort((a, b) => b[0]! - a[0]!);
    };
    const back = ([score, x0, y0, z0, x1, y1, z1]: number[]) => [
      score!,
      16 - x1!,
      y0!,
      z0!,
      16 - x0!,
      y1!,
      z1!,
    ];
    const worst = (a: number[][], b: number[][]): number =>
      Math.max(
        ...a.map((row, n) => Math.max(...row.map((v, d) => Math.abs(v - b[n]![d]!) / (1 + Math.abs(v))))),
      );
    expect(worst(await read(true, window), (await read(true, mirrored)).map(back))).toBeLessThan(1e-4);
    expect(worst(await read(false, window), (await read(false, mirrored)).map(back))).toBeGreaterThan(0.01);
  });

  it('tells classes apart, and takes boxes as a network gives them', async () => {
    const maps: VolumeNetwork = {
      classes: 2,
      sizeDivisible: [2, 2, 2],
      forward: () => ({
        kind: 'maps',
        levels: [
          {
            // Two locations along x, one anchor, two classes.
            scores: tf.tensor([-9, 2, 1, -9], [1, 1, 2, 2]),
            deltas: tf.tensor([0, 0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, Math.log(2)], [1, 1, 2, 6]),
          },
        ],
      }),
      largestTensorBytes: () => 0,
      dispose: () => undefined,
    };
    const one = {
      ...anchors,
      levels: [
        { stride: [2, 2, 2] as [number, number, number], shapes: [[4, 4, 4] as [number, number, number]] },
      ],
    };
    const fromMaps = await proposeInWindow(tf, maps, one, proposals, new Float32Array(16), [4, 2, 2], 0.1);
    expect([...fromMaps.classes]).toEqual([1, 0]);
    expect([...fromMaps.boxes.subarray(0, 6)]).toEqual([-1, -1, -1, 3, 3, 3]);
    [3, -1, -3, 7, 3, 5].forEach((v, d) => expect(fromMaps.boxes[6 + d]).toBeCloseTo(v, 5));

    const boxes: VolumeNetwork = {
      ...maps,
      forward: () => ({
        kind: 'boxes',
        boxes: tf.tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 6]),
        scores: tf.tensor([0.2, 0.05, 0.3, 0.9], [2, 2]),
      }),
    };
    const given = await proposeInWindow(tf, boxes, one, proposals, new Float32Array(16), [4, 2, 2], 0.1);
    expect([...given.scores].map((s) => s.toFixed(1))).toEqual(['0.9', '0.3', '0.2']);
    expect([...given.classes]).toEqual([1, 0, 0]);
    expect([...given.boxes.subarray(0, 6)]).toEqual([6, 7, 8, 9, 10, 11]);
    expect([...given.boxes.subarray(12)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('looks where selective search points, at the anchor that fits best', async () => {
    const network = new CompiledNetwork3d(tf, tinyArchitecture, brightnessWeights());
    const look = (regions: number[]) =>
      proposeInWindow(
        tf,
        network,
        anchors,
        { ...proposals, preNmsTopN: 1, scoreThreshold: 0 },
        block(),
        [16, 24, 12],
        0,
        regions,
      );
    // The network alone keeps one anchor a level; the region beside the block asks for another.
    const alone = await look([]);
    const both = await look([5, 9, 1, 13, 17, 9, 1, 1, 1, 9, 9, 9]);
    expect(both.sources).toEqual([...alone.sources, 'selective-search', 'selective-search']);
    const [first, second] = [alone.scores.length, alone.scores.length + 1];
    // Best first, as the network's own: the block, then the dark place.
    expect([...both.boxes.subarray(first * 6, first * 6 + 6)]).toEqual([5, 9, 1, 13, 17, 9]);
    expect(both.scores[first]).toBeCloseTo(alone.scores[0]!, 6);
    expect([...both.boxes.subarray(second * 6, second * 6 + 6)]).toEqual([1, 1, 1, 9, 9, 9]);
    expect(both.scores[second]).toBeLessThan(0.5);
    // A region that no anchor meets is left out.
    expect((await look([90, 90, 90, 99, 99, 99])).sources).toEqual(alone.sources);
    network.dispose();
  });

  it('refuses regions for a network that decodes its own boxes', async () => {
    const given: VolumeNetwork = {
      classes: 1,
      sizeDivisible: [1, 1, 1],
      forward: () => ({ kind: 'boxes', boxes: tf.zeros([1, 6]), scores: tf.zeros([1, 1]) }),
      largestTensorBytes: () => 0,
      dispose: () => undefined,
    };
    const asked = proposeInWindow(
      tf,
      given,
      anchors,
      proposals,
      new Float32Array(16),
      [4, 2, 2],
      0,
      [0, 0, 0, 2, 2, 2],
    );
    await expect(asked).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'selectiveSearch' },
    });
  });

  it('holds no more tensors after a thousand windows', async () => {
    const network = new CompiledNetwork3d(tf, tinyArchitecture, brightnessWeights());
    const window = block();
    await proposeInWindow(tf, network, anchors, proposals, window, [16, 24, 12], 0.5);
    const held = tensorCount();
    for (let n = 0; n < 1000; n++)
      await proposeInWindow(tf, network, anchors, proposals, window, [16, 24, 12], 0.5);
    expect(tensorCount()).toBe(held);
    network.dispose();
  }, 60_000);
});
