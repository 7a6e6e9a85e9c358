import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle, type OpenedPictureBundle } from '../bundle/read';
import { formatChecksums } from '../bundle/checksums';
import { packWeights, writeBundleFiles } from '../bundle/files';
import { loadDetector } from '../detector';
import type { Detector } from '../detector-types';
import { CompiledNetwork } from '../network/compiled';
import { createRandom } from '../random';
import { loadTensorflow, tensorCount } from '../tensorflow';
import type { RasterImage, Volume } from '../../core/volume/volume';
import { writeDrawnBundle } from '../../../test-support/made-pictures';
import { fitGate, type FittedGate, type GatePicture } from './fit-gate';
import { roomBetweenSources, type SourcedRow } from './source-room';

/** Shape shorthand: pictures of 96 x 96, grey */
const side = 96;

/** A bright ring with a few blobs, like a head in a slice. */
function head(seed: number): Uint8Array {
  const random = createRandom(seed);
  const [cx, cy] = [48 + random.between(-4, 4), 48 + random.between(-4, 4)];
  const blobs = Array.from({ length: 5 }, () => [
    random.between(28, 68),
    random.between(28, 68),
    random.between(3, 9),
  ]);
  return Uint8Array.from({ length: side * side }, (_, n) => {
    const [x, y] = [n % side, Math.floor(n / side)];
    const r = Math.hypot(x - cx, (y - cy) * 0.85);
    if (r > 40) return random.between(0, 6);
    if (r > 36) return 200;
    const blob = blobs.some(([bx, by, size]) => Math.hypot(x - bx!, y - by!) < size!);
    return (blob ? 150 : 90) + random.between(-12, 12);
  });
}
const fit = (seed: number): GatePicture => ({
  pixels: { data: head(seed), width: side, height: side, channels: 1 },
  depthMax: 255,
});
const raster = (data: Uint8Array): RasterImage => ({
  data,
  width: side,
  height: side,
  channels: 1,
  pixelSpacing: null,
  modality: 'OT',
});
const painted = (paint: (x: number, y: number) => number): RasterImage =>
  raster(Uint8Array.from({ length: side * side }, (_, n) => paint(n % side, Math.floor(n / side))));

function noise(): RasterImage {
  const random = createRandom(17);
  return painted(() => random.between(0, 255));
}

let folder: string;
let gate: FittedGate;
let detector: Detector;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regio-gate-'));
  await writeDrawnBundle(join(folder, 'plain'));
  const opened = await readBundle(join(folder, 'plain'));
  if (opened.kind !== 'picture') throw new Error('not a picture bundle');
  const tf = await loadTensorflow();
  const { bundle } = opened;
  const before = tensorCount();
  const network = new CompiledNetwork(
    tf,
    opened.architecture,
    bundle.anchors,
    bundle.input,
    bundle.proposals,
    lively(opened),
  );
  const training = Array.from({ length: 40 }, (_, n) => fit(n + 1));
  const held = Array.from({ length: 20 }, (_, n) => fit(n + 101));
  // Repeats, as a recipe may ask for them, change nothing.
  gate = (await fitGate(network, bundle.input, [...training, ...training], held, { seed: 3 }))!;
  expect(await fitGate(network, bundle.input, training.slice(0, 5), held)).toBeNull();
  network.dispose();
  expect(tensorCount()).toBe(before);
  await writeGated('gated', gate.shard[1]);
  detector = await loadDetector(join(folder, 'gated'));
}, 60_000);

afterAll(async () => {
  detector.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** The drawn network's depthwise kernels are so small that next to nothing of a picture gets through them. */
function lively({ parameters }: OpenedPictureBundle): Map<string, Float32Array> {
  return new Map(
    [...parameters()].map(([name, values]) => {
      const channels = name.includes('depthwise.kernel') ? values.length / 9 : 1;
      return [name, values.map((v) => v * Math.sqrt(2 * channels))];
    }),
  );
}

async function writeGated(name: string, shard: Uint8Array): Promise<void> {
  const from = join(folder, 'plain');
  const read = (file: string): Promise<Buffer> => readFile(join(from, file));
  const model = JSON.parse((await read('model.json')).toString()) as object;
  const bundle = JSON.parse((await read('bundle.json')).toString()) as Record<string, unknown>;
  const opened = (await readBundle(from)) as OpenedPictureBundle;
  const { shards } = packWeights([...lively(opened).values()]);
  await writeBundleFiles(join(folder, name), {
    bundle: { ...bundle, gate: gate.spec },
    model: { ...model, shards: shards.map(([file, bytes]) => ({ file, bytes: bytes.length })) },
    card: '',
    shards: [...shards, [gate.shard[0], shard]],
  });
}

describe('the quality gate of a bundle', () => {
  it('says how it was fitted, and is small', () => {
    expect(gate.spec.fitted).toEqual({ pictures: 40, held: 20, heldFlagged: 0 });
    expect(gate.shard[1].length).toBe(gate.spec.features.shard.bytes);
    expect(gate.shard[1].length).toBeLessThan(200_000);
  });

  it('lets pictures of the kind pass, seen or not', async () => {
    const before = tensorCount();
    for (let n = 201; n < 221; n++) expect(await detector.judgeImage(raster(head(n)))).toBeNull();
    expect(tensorCount()).toBe(before);
  });

  it.each<[string, () => RasterImage, string]>([
    ['a black frame', () => painted(() => 0), 'too-dark'],
    ['a white one', () => painted(() => 255), 'blank'],
    ['stripes', () => painted((x) => 128 + 100 * Math.sin(x)), 'unlike'],
    ['noise', noise, 'noisy'],
    ['a picture of 20 x 20', () => ({ ...painted(() => 9), width: 20, height: 20 }), 'too-small'],
  ])('turns %s away', async (_name, make, reason) => {
    expect(await detector.judgeImage(make())).toMatchObject({ reason });
  });

  it('says the same in words without jargon', async () => {
    expect((await detector.judgeImage(painted((x) => 128 + 100 * Math.sin(x))))!.message).toBe(
      'The picture does not look like those that this model was made for.',
    );
  });

  const stack = (slice: (k: number) => Uint8Array): Volume => {
    const data = new Uint8Array(side * side * 12);
    for (let k = 0; k < 12; k++) data.set(slice(k), k * side * side);
    return {
      data,
      dims: [side, side, 12],
      spacing: [1, 1, 4],
      origin: [0, 0, 0],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      modality: 'MR',
    };
  };

  it('judges a volume by its middle slices', async () => {
    const fine = await detector.judgeVolume(stack((k) => head(300 + k)));
    expect(fine).toEqual({ checked: 6, notAnalysable: null });
    const odd = await detector.judgeVolume(
      stack(() => painted((x, y) => (((x >> 4) + (y >> 4)) % 2 ? 180 : 20)).data as Uint8Array),
    );
    expect(odd.notAnalysable).toMatchObject({ reason: 'unlike' });
    // One bad slice among good ones is no reason.
    const mixed = await detector.judgeVolume(
      stack((k) => (k === 5 ? new Uint8Array(side * side) : head(300 + k))),
    );
    expect(mixed.notAnalysable).toBeNull();
  });

  it('a bundle without one turns nothing away', async () => {
    const plain = await loadDetector(join(folder, 'plain'));
    try {
      expect(await plain.judgeImage(painted(() => 0))).toBeNull();
      expect(await plain.judgeVolume(stack(() => head(1)))).toEqual({ checked: 0, notAnalysable: null });
    } finally {
      plain.dispose();
    }
  });

  it('its file is checked like any other of the bundle', async () => {
    await expect(writeGated('cut', gate.shard[1].subarray(0, 400))).rejects.toMatchObject({
      code: 'model.invalid',
    });
    await writeGated('changed', gate.shard[1]);
    await writeFile(
      join(folder, 'changed', gate.shard[0]),
      gate.shard[1].map((b) => b ^ 1),
    );
    await expect(readBundle(join(folder, 'changed'))).rejects.toMatchObject({ code: 'model.checksum' });
    expect(formatChecksums(new Map([gate.shard]))).toContain('gate.bin');
  });
});

describe('the room between sources', () => {
  const random = createRandom(23);
  const rows = (count: number, source: string, shift: number): SourcedRow[] =>
    Array.from({ length: count }, () => ({
      source,
      row: Float32Array.from({ length: 10 }, () => random.normal() + shift),
    }));

  it('is about one where sources are alike, and more the further one lies off', () => {
    const alike = roomBetweenSources([...rows(80, 'a', 0), ...rows(80, 'b', 0)], 4);
    const apart = roomBetweenSources([...rows(80, 'a', 0), ...rows(80, 'b', 2)], 4);
    expect(alike).toBeGreaterThan(0.8);
    expect(alike).toBeLessThan(1.2);
    expect(apart).toBeGreaterThan(1.3);
  });

  it('is nothing of one source, or of few pictures', () => {
    expect(roomBetweenSources(rows(80, 'a', 0), 4)).toBe(0);
    expect(roomBetweenSources([...rows(80, 'a', 0), ...rows(7, 'b', 2)], 4)).toBe(0);
  });
});
