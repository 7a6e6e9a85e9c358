import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { parameterSpecs } from '../src-main/inference/network/architecture';
import { createRandom } from '../src-main/inference/random';
import { recipe, type Recipe } from '../src-main/inference/training/recipe';

/** A bright disc on noise: the "lesion" of the made training set. */
export interface MadePicture {
  readonly data: Uint8Array;
  readonly size: number;
  readonly box: readonly [number, number, number, number];
}

export function madePicture(seed: number, size = 64): MadePicture {
  const random = createRandom(seed);
  const radius = random.between(7, 12);
  const x = random.between(radius, size - radius);
  const y = random.between(radius, size - radius);
  const data = Uint8Array.from({ length: size * size }, (_, n) => {
    const inside = Math.hypot((n % size) + 0.5 - x, Math.floor(n / size) + 0.5 - y) < radius;
    return (inside ? 200 : 50) + random.below(30);
  });
  return { data, size, box: [x - radius, y - radius, 2 * radius, 2 * radius] };
}

/** Writes pictures and COCO boxes under `folder/<name>`. */
export function writeMadeSet(folder: string, name: string, count: number, firstSeed: number): void {
  mkdirSync(join(folder, name), { recursive: true });
  const pictures = Array.from({ length: count }, (_, n) => madePicture(firstSeed + n));
  pictures.forEach((p, n) =>
    writeFileSync(
      join(folder, name, `${n}.png`),
      encode({ width: p.size, height: p.size, data: p.data, channels: 1 }),
    ),
  );
  const truth = {
    images: pictures.map((p, n) => ({ id: n, file_name: `${n}.png`, width: p.size, height: p.size })),
    annotations: pictures.map((p, n) => ({ id: n, image_id: n, category_id: 1, bbox: p.box, iscrowd: 0 })),
    categories: [{ id: 1, name: 'disc' }],
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(truth));
}

/** A recipe that learns the made set in seconds. */
export function madeRecipe(): Recipe {
  const source = (name: string) => ({
    name,
    licence: 'made by the test',
    coco: `${name}.json`,
    images: name,
    repeat: 1,
  });
  return recipe.parse({
    bundle: {
      id: 'made-discs',
      version: '0.0.1',
      name: 'Discs',
      description: 'Finds bright discs.',
      intendedUse: 'Tests.',
      modalities: ['MR'],
      bodyParts: ['BRAIN'],
      labels: ['disc'],
    },
    limits: ['Made pictures only.'],
    data: { train: [source('train')], validation: [source('val')] },
    architecture: {
      backbone: 'efficientnet-lite0',
      fpnChannels: 16,
      finestLevel: 3,
      coarsestLevel: 5,
      normGroups: 4,
      anchorsPerLocation: 2,
    },
    input: {
      size: 64,
      channels: 1,
      intensity: { kind: 'percentile', low: 0.01, high: 0.99 },
      mean: 127,
      deviation: 128,
    },
    anchors: { baseScale: 2, scales: [1, 1.5], aspectRatios: [1] },
    matching: { kind: 'top-k', k: 6 },
    losses: { objectness: 'quality-focal', box: 'giou', boxWeight: 2 },
    augmentation: {
      flipHorizontal: true,
      flipVertical: true,
      quarterTurns: true,
      rotationDegrees: 0,
      scale: [0.9, 1.1],
      stretch: 1,
      translate: 0.1,
      gamma: 1.1,
      brightness: 0.05,
      contrast: 0.1,
      colour: 0,
      biasField: 0,
      noise: 0.01,
    },
    schedule: {
      epochs: 12,
      batchSize: 8,
      learningRate: 0.003,
      backboneRate: 1,
      warmUpSteps: 5,
      weightDecay: 0.0001,
      emaDecay: 0.9,
      gradientClip: 10,
      frozenStages: 0,
    },
    proposals: { preNmsTopN: 50, nmsIouThreshold: 0.5, postNmsTopN: 20 },
    volume: { iouThreshold: 0.3, maxGapSlices: 1, marginFraction: 0 },
    scoreFloor: 0.05,
    seed: 3,
  });
}

/** Stands in for the ImageNet checkpoint where ../shared is not: drawn kernels under the checkpoint's names and shapes. */
export function writeMadeBackbone(file: string): void {
  const random = createRandom(99);
  const original = new Map<string, { shape: number[]; data: Float32Array }>();
  const norm = (name: string, channels: number): void => {
    const all = (value: number) => new Float32Array(channels).fill(value);
    original.set(`${name}.weight`, { shape: [channels], data: all(1) });
    original.set(`${name}.bias`, { shape: [channels], data: all(0) });
    original.set(`${name}.running_mean`, { shape: [channels], data: all(0) });
    original.set(`${name}.running_var`, { shape: [channels], data: all(1) });
  };
  for (const spec of parameterSpecs(madeRecipe().architecture)) {
    if (spec.stage === null || !spec.name.endsWith('.kernel')) continue;
    const [kh, kw, input] = spec.shape as [number, number, number];
    const depthwise = spec.name.includes('depthwise');
    const deviation = Math.sqrt(2 / (kh * kw * (depthwise ? 1 : input)));
    const data = Float32Array.from({ length: spec.size }, () => deviation * random.normal());
    const block = /^blocks\.(\d+)\.(expand|depthwise|project)/.exec(spec.name);
    const conv = block ? `_blocks.${block[1]}._${block[2]}_conv` : '_conv_stem';
    const bn = block
      ? `_blocks.${block[1]}._bn${{ expand: 0, depthwise: 1, project: 2 }[block[2] as 'expand']}`
      : '_bn0';
    original.set(`${conv}.weight`, { shape: [...spec.shape], data });
    norm(bn, spec.shape[depthwise ? 2 : 3]!);
  }
  writeSafetensors(file, original);
}

function writeSafetensors(
  file: string,
  arrays: ReadonlyMap<string, { shape: number[]; data: Float32Array }>,
): void {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, data }] of arrays) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += bytes.length)] };
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, ...parts]));
}
