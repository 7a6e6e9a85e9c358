import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawnParameters } from '../../../test-support/made-pictures';
import { itWithShared } from '../../../test-support/shared-data';
import { createAnchors } from '../../core/detection/anchors';
import { selectProposals, clipBoxes } from '../../core/detection/select-proposals';
import { createRandom } from '../random';
import { loadTensorflow, type Tensor } from '../tensorflow';
import { architecture, parameterSpecs } from './architecture';
import { attendPlaces, attendProposals, gateLevel } from './attention';
import { CompiledNetwork } from './compiled';
import { inferenceLayers } from './layers';
import { runHead } from './network';
import { bestIndices, centerForm, pickAnchors } from './proposals';
import { poolRegions, regionPooling } from './second-stage';

const base = {
  backbone: 'efficientnet-lite0',
  fpnChannels: 16,
  finestLevel: 3,
  coarsestLevel: 5,
  normGroups: 4,
  anchorsPerLocation: 3,
} as const;
const anchors = { baseScale: 3, scales: [1], aspectRatios: [0.5, 1, 2] };

describe('the plain RPN of the literature', () => {
  const plain = {
    ...base,
    pyramid: 'none',
    finestLevel: 4,
    coarsestLevel: 4,
    headChannels: 512,
    normGroups: 0,
  };

  it('has 2,382,893 parameters on a map of 512 channels with 9 anchors', () => {
    // Counted by formula on 512 channels, and on EfficientNet-Lite0's 112 by what the architecture lists.
    const a = architecture.parse({ ...plain, anchorsPerLocation: 9 });
    const head = parameterSpecs(a).filter((s) => s.name.startsWith('head.'));
    const size = (name: string): number => head.find((s) => s.name === name)!.size;
    const kernel = (size('head.conv.kernel') / 112) * 512;
    const rest = head.reduce((sum, s) => sum + s.size, 0) - size('head.conv.kernel');
    expect(kernel + rest).toBe(2_382_893);
  });

  it.each([
    [64, 64],
    [48, 80],
  ])('gives one logit and four deltas an anchor on a map of %i x %i px', async (height, width) => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const a = architecture.parse(plain);
    const values = drawnParameters(a, 1);
    tf.tidy(() => {
      const p = (name: string): Tensor =>
        tf.tensor(values.get(name)!, parameterSpecs(a).find((s) => s.name === name)!.shape as number[]);
      const map = tf.randomNormal([1, height / 16, width / 16, 112]);
      const out = runHead(tf, inferenceLayers(tf), p, a, [map]);
      const count = (height / 16) * (width / 16) * 3;
      expect(out.objectness.shape).toEqual([1, count]);
      expect(out.boxDeltas.shape).toEqual([1, count, 4]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps no backbone stage beyond its map', () => {
    expect(parameterSpecs(architecture.parse(plain)).some((s) => (s.stage ?? 0) > 5)).toBe(false);
  });

  it.each([
    [{ ...base, pyramid: 'none' }, 'coarsestLevel'],
    [{ ...plain, levelGate: true }, 'pyramid'],
    [{ ...base, proposalAttention: { channels: 10, heads: 4 } }, 'proposalAttention'],
  ])('refuses what does not fit together', (given, field) => {
    const result = architecture.safeParse(given);
    expect(result.error?.issues[0]?.path[0]).toBe(field);
  });

  itWithShared(
    'makes the proposals that torchvision makes, to 1e-4',
    ['golden/rpn2d/rpn-forward.json', 'golden/rpn2d/anchors.json'],
    async (forwardFile, anchorsFile) => {
      const golden = JSON.parse(readFileSync(forwardFile!, 'utf8'));
      const { image, sizes, aspectRatios, featureSizes } = JSON.parse(readFileSync(anchorsFile!, 'utf8'));
      const tf = await loadTensorflow();
      const before = tf.memory().numTensors;
      const a = architecture.parse({ ...base, fpnChannels: 8, normGroups: 0, anchorsPerLocation: 3 });
      const grid = createAnchors(
        featureSizes.map(([rows, columns]: [number, number], l: number) => ({
          stride: 8 * 2 ** l,
          rows,
          columns,
          sizes: sizes[l],
        })),
        { aspectRatios, offset: 0, rounded: true },
      );
      const levelSizes = featureSizes.map(([r, c]: [number, number]) => r * c * 3);
      const { objectness, boxDeltas, boxes, logits, indices } = tf.tidy(() => {
        const weight = (name: string): Tensor => tf.tensor(golden.weights[name]);
        const kernels: Record<string, [string, boolean]> = {
          'head.conv.kernel': ['conv.0.0.weight', true],
          'head.conv.bias': ['conv.0.0.bias', false],
          'head.objectness.kernel': ['cls_logits.weight', true],
          'head.objectness.bias': ['cls_logits.bias', false],
          'head.boxDeltas.kernel': ['bbox_pred.weight', true],
          'head.boxDeltas.bias': ['bbox_pred.bias', false],
        };
        const p = (name: string): Tensor => {
          const [from, kernel] = kernels[name]!;
          return kernel ? weight(from).transpose([2, 3, 1, 0]) : weight(from);
        };
        const maps = golden.features.map((f: number[][][][]) =>
          tf
            .tensor(f)
            .reshape([8, -1, (f as unknown as number[][][])[0]![0]!.length])
            .transpose([1, 2, 0])
            .expandDims(0),
        );
        const output = runHead(tf, inferenceLayers(tf), p, a, maps);
        const anchorTensor = tf.tensor2d(centerForm(grid), [grid.length / 4, 4]) as Tensor;
        const proposals = { preNmsTopN: 200, nmsIouThreshold: 0.7, postNmsTopN: 50 };
        const best = bestIndices(tf, output.objectness, levelSizes, proposals, new Int32Array(0));
        const picked = pickAnchors(
          tf,
          a,
          p,
          output,
          { anchors: anchorTensor, levelSizes, size: 1 },
          tf.tensor2d(best, [1, best.length], 'int32'),
        );
        const read = (t: Tensor): Float32Array => t.dataSync() as Float32Array;
        return {
          objectness: read(output.objectness),
          boxDeltas: read(output.boxDeltas),
          boxes: read(picked.boxes),
          logits: read(picked.logits),
          indices: picked.indices.dataSync(),
        };
      });
      golden.objectness.flat().forEach((v: number, n: number) => expect(objectness[n]).toBeCloseTo(v, 4));
      golden.deltas.flat().forEach((v: number, n: number) => expect(boxDeltas[n]).toBeCloseTo(v, 4));
      clipBoxes(boxes, image[1], image[0]);
      const scores = Float32Array.from(logits, (x) => 1 / (1 + Math.exp(-x)));
      const levels = Array.from(indices, (m) =>
        m < levelSizes[0] ? 3 : m < levelSizes[0] + levelSizes[1] ? 4 : 5,
      );
      const { kept } = selectProposals(
        { boxes, scores, levels },
        { minScore: 0, nmsIouThreshold: 0.7, postNmsTopN: 50, minSize: 1e-3, nmsPerLevel: true },
      );
      expect(kept).toHaveLength(golden.proposals.length);
      kept.forEach((n, k) => {
        expect(scores[n]).toBeCloseTo(golden.scores[k], 4);
        golden.proposals[k].forEach((v: number, side: number) =>
          expect(Math.abs(boxes[n * 4 + side]! - v)).toBeLessThan(1e-3),
        );
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe('attention', () => {
  it('lets everything through an untrained gate, and weighs channels of a trained one by the whole level', async () => {
    const tf = await loadTensorflow();
    tf.tidy(() => {
      const x = tf.randomNormal([2, 3, 5, 4], 0, 1, 'float32', 7);
      const open = gateLevel(tf, (n) => (n.endsWith('kernel') ? tf.zeros([4, 4]) : tf.zeros([4])), 3, x);
      expect(tf.abs(open.sub(x)).max().dataSync()[0]).toBeLessThan(1e-6);
      const kernel = tf.tensor2d(
        Array.from({ length: 16 }, (_, n) => (n % 5 === 0 ? 3 : 0)),
        [4, 4],
      );
      const gated = gateLevel(tf, (n) => (n.endsWith('kernel') ? (kernel as Tensor) : tf.zeros([4])), 3, x);
      const expected = x.mul(x.mean([1, 2], true).mul(3).sigmoid().mul(2));
      expect(tf.abs(gated.sub(expected)).max().dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('maps places by channel mean and maximum over 7 x 7 cells', async () => {
    const tf = await loadTensorflow();
    tf.tidy(() => {
      const x = tf.tensor4d(
        [0, 0, 0, 9, 0, 0].flatMap((v) => [v, v / 3]),
        [1, 1, 6, 2],
      );
      // Only the centre cell of the kernel counts, the maximum twice: sigmoid(mean + 2 max).
      const kernel = tf.buffer([7, 7, 2, 1]);
      kernel.set(1, 3, 3, 0, 0);
      kernel.set(2, 3, 3, 1, 0);
      const p = (n: string): Tensor => (n.endsWith('kernel') ? (kernel.toTensor() as Tensor) : tf.zeros([1]));
      const { map, weighed } = attendPlaces(tf, inferenceLayers(tf), p, 3, x);
      const values = map.dataSync();
      expect(values[3]).toBeCloseTo(1 / (1 + Math.exp(-(6 + 18))), 6);
      expect(values[0]).toBeCloseTo(0.5, 6);
      expect(weighed.dataSync()[6]).toBeCloseTo(9, 4);
    });
  });

  it('judges proposals in any order alike', async () => {
    const tf = await loadTensorflow();
    const a = architecture.parse({ ...base, proposalAttention: { channels: 8, heads: 2 } });
    const values = drawnParameters(a, 4);
    tf.tidy(() => {
      const shapes = new Map(parameterSpecs(a).map((s) => [s.name, s.shape as number[]]));
      const p = (name: string): Tensor => tf.tensor(values.get(name)!, shapes.get(name)!);
      const features = tf.randomNormal([1, 5, 16], 0, 1, 'float32', 3);
      const geometry = tf.randomNormal([1, 5, 5], 0, 1, 'float32', 4);
      const order = tf.tensor1d([3, 1, 4, 0, 2], 'int32');
      const plain = attendProposals(tf, p, 2, features, geometry);
      const turned = attendProposals(tf, p, 2, tf.gather(features, order, 1), tf.gather(geometry, order, 1));
      expect(
        tf
          .abs(tf.gather(plain, order, 1).sub(turned))
          .max()
          .dataSync()[0],
      ).toBeLessThan(1e-5);
      // And not each by itself: without its neighbours a proposal is judged otherwise.
      const alone = attendProposals(
        tf,
        p,
        2,
        features.slice([0, 0, 0], [1, 1, 16]),
        geometry.slice([0, 0, 0], [1, 1, 5]),
      );
      expect(Math.abs(alone.dataSync()[0]! - plain.dataSync()[0]!)).toBeGreaterThan(1e-4);
    });
  });
});

describe('RoIAlign', () => {
  itWithShared(
    "equals torchvision's",
    ['golden/rpn2d/roi-align.json', 'golden/rpn2d/rpn-forward.json'],
    async (goldenFile, forwardFile) => {
      const { rois, out } = JSON.parse(readFileSync(goldenFile!, 'utf8'));
      const { features } = JSON.parse(readFileSync(forwardFile!, 'utf8'));
      const tf = await loadTensorflow();
      const before = tf.memory().numTensors;
      const secondStage = { proposals: 20, poolSize: 7, channels: 8, hidden: 16, classes: 1 };
      const a = architecture.parse({
        ...base,
        pyramid: 'none',
        finestLevel: 3,
        coarsestLevel: 3,
        secondStage,
      });
      tf.tidy(() => {
        const map = tf.tensor(features[0]).reshape([8, 16, 20]).transpose([1, 2, 0]).expandDims(0);
        const regions = Float32Array.from(rois.flatMap((r: number[]) => r.slice(1)));
        const pooling = regionPooling(tf, a, [{ rows: 16, columns: 20 }], regions, 1);
        const pooled = poolRegions(tf, [map], pooling).transpose([0, 3, 1, 2]);
        const expected = tf.tensor(out);
        expect(pooled.shape).toEqual(expected.shape);
        expect(tf.abs(pooled.sub(expected)).max().dataSync()[0]).toBeLessThan(1e-4);
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe('a network with every option', () => {
  const a = architecture.parse({
    ...base,
    levelGate: true,
    spatialAttention: true,
    proposalAttention: { channels: 16, heads: 4 },
    secondStage: { proposals: 20, poolSize: 5, channels: 8, hidden: 16, classes: 2 },
  });

  it('proposes without a tensor left, says where each box comes from, and takes regions', async () => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const rules = { preNmsTopN: [30, 20, 10], nmsIouThreshold: 0.5, postNmsTopN: 10, clip: true };
    const network = new CompiledNetwork(tf, a, anchors, { size: 128 }, rules, drawnParameters(a, 9));
    const random = createRandom(5);
    const image = Float32Array.from({ length: 128 * 128 * 3 }, () => random.normal());
    const regions = Float32Array.of(10, 10, 60, 60, 70, 20, 100, 90);
    const held = tf.memory().numTensors;
    const alone = await network.propose(image, 0);
    const trace = await network.trace(image, 0, regions);
    expect(tf.memory().numTensors).toBe(held);
    expect(alone.length).toBeGreaterThan(0);
    expect(alone.every((b) => b.provenance === 'network')).toBe(true);
    expect(trace.first.sources.filter((s) => s === 'selective-search')).toHaveLength(2);
    expect(trace.first.scores).toHaveLength(62);
    // The second stage looks at the regions as they are.
    expect([...trace.first.boxes.subarray(60 * 4)]).toEqual([...regions]);
    expect(trace.second!.from.length).toBeLessThanOrEqual(20);
    expect([...trace.second!.classIndices].every((c) => c < 2)).toBe(true);
    // Attention changes the RPN's score.
    expect([...trace.first.scores].some((s, n) => Math.abs(s - trace.first.rpnScores[n]!) > 1e-4)).toBe(true);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
