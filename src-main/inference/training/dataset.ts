import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import { fromXywh, type Box2 } from '../../core/geometry/box';
import { toGrey } from '../preprocess/intensity';
import type { Reading } from '../preprocess/picture-plan';
import type { Pixels } from '../preprocess/sample';
import type { DataSource } from './recipe';

/** How a sample's pixels were made, where they are a copy of the file's. */
type SampleReading = Pick<Reading, 'range' | 'foreground' | 'toReading'> & {
  /** Examples are crops of it, pixel for pixel, rather than all of it letterboxed. */
  readonly cropped: boolean;
};

/** A decoded picture with its boxes, px. */
export interface Sample {
  readonly source: string;
  readonly imageId: number;
  readonly fileName: string;
  readonly pixels: Pixels;
  /** Largest value its type can hold. */
  readonly depthMax: number;
  readonly boxes: readonly Box2[];
  /** Index into the labels, a box each. */
  readonly classes: readonly number[];
  /** Regions in which nothing is hit or miss (COCO iscrowd). */
  readonly crowds: readonly Box2[];
  /** Places that a reader marked as no lesion: hard negatives. */
  readonly rejected?: readonly Box2[] | undefined;
  /** Set where the pixels are the picture as the network reads it, and boxes lie in that. */
  readonly reading?: SampleReading | undefined;
}

const coco = z.object({
  images: z.array(z.object({ id: z.number().int(), file_name: z.string() })),
  annotations: z.array(
    z.object({
      image_id: z.number().int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      category_id: z.number().int(),
      iscrowd: z.number().optional(),
    }),
  ),
  categories: z.array(z.object({ id: z.number().int(), name: z.string() })),
});

/**
 * All pictures of the sources, decoded once and kept: thousands of them fit in a gigabyte as bytes.
 * @param prepare what is kept of each
 * @param labels what the model tells apart; with several, each category of the annotations must be one of them
 */
export async function loadSamples(
  sources: readonly DataSource[],
  dataRoot: string,
  channels: 1 | 3,
  labels: readonly string[],
  signal?: AbortSignal,
  prepare: (sample: Sample) => Sample = (sample) => sample,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const source of sources) {
    const file = join(dataRoot, source.coco);
    let truth: z.infer<typeof coco>;
    try {
      truth = coco.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch (error) {
      throw new AppError(
        'file.unreadable',
        `The annotations of ${source.name} cannot be read.`,
        'Name the folder that holds the data set with --data, or correct the recipe.',
        { file },
        { cause: error },
      );
    }
    const classOf = classesByCategory(truth.categories, labels, file);
    const ignored = new Set(truth.categories.filter((c) => source.ignore?.includes(c.name)).map((c) => c.id));
    for (const image of truth.images) {
      if (signal?.aborted)
        throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
      const path = join(dataRoot, source.images, image.file_name);
      const own = truth.annotations.filter((a) => a.image_id === image.id);
      const lesions = own.filter((a) => !a.iscrowd && !ignored.has(a.category_id));
      const boxes = lesions.map((a) => fromXywh(a.bbox));
      const crowds = own.filter((a) => !lesions.includes(a)).map((a) => fromXywh(a.bbox));
      const { pixels, depthMax } = await readPicture(path, channels);
      const sample = prepare({
        source: source.name,
        imageId: image.id,
        fileName: image.file_name,
        pixels,
        depthMax,
        boxes,
        classes: lesions.map((a) => classOf(a.category_id)),
        crowds,
      });
      for (let n = 0; n < source.repeat; n++) samples.push(sample);
    }
  }
  return samples;
}

/** One label stands for every category; of several, each is found by its name. */
function classesByCategory(
  categories: readonly { id: number; name: string }[],
  labels: readonly string[],
  file: string,
): (categoryId: number) => number {
  if (labels.length === 1) return () => 0;
  const indices = new Map(categories.map((c) => [c.id, labels.indexOf(c.name)]));
  return (categoryId) => {
    const index = indices.get(categoryId) ?? -1;
    if (index >= 0) return index;
    throw new AppError(
      'request.invalid',
      `The annotations hold category ${categoryId}, which is none of the labels ${labels.join(', ')}.`,
      "Name the categories as the recipe's labels, or give the recipe one label.",
      { file, field: 'categories' },
    );
  };
}

/** A PNG or JPEG as one grey or three colour channels. */
export async function readPicture(
  path: string,
  channels: 1 | 3,
): Promise<{ pixels: Pixels; depthMax: number }> {
  try {
    const bytes = await readFile(path);
    if (extname(path).toLowerCase() === '.png') {
      const png = decodePng(bytes);
      const plain = pickChannels(png.data, png.width, png.height, png.channels);
      return { pixels: withChannels(plain, channels), depthMax: png.depth === 16 ? 65535 : 255 };
    }
    const jpeg = decodeJpeg(bytes, { useTArray: true, formatAsRGBA: false, maxMemoryUsageInMB: 1024 });
    const colour: Pixels = { data: jpeg.data, width: jpeg.width, height: jpeg.height, channels: 3 };
    return { pixels: withChannels(colour, channels), depthMax: 255 };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'file.unreadable',
      'A training picture cannot be read.',
      'Check that it is there and is a PNG or JPEG.',
      { file: path },
      { cause: error },
    );
  }
}

/** Drops the alpha channel of 2- and 4-channel PNGs. */
function pickChannels(data: ArrayLike<number>, width: number, height: number, channels: number): Pixels {
  const wanted = channels >= 3 ? 3 : 1;
  if (wanted === channels) return { data, width, height, channels: wanted };
  const out = new Float32Array(width * height * wanted);
  for (let n = 0; n < width * height; n++) {
    for (let c = 0; c < wanted; c++) out[n * wanted + c] = data[n * channels + c]!;
  }
  return { data: out, width, height, channels: wanted };
}

/** Grey is kept as bytes again: a quarter of the memory of floats, and as exact as the file. */
function withChannels(pixels: Pixels, channels: 1 | 3): Pixels {
  if (channels === 3 || pixels.channels === 1) return pixels;
  const grey = toGrey(pixels);
  return pixels.data instanceof Uint8Array ? { ...grey, data: Uint8ClampedArray.from(grey.data) } : grey;
}
