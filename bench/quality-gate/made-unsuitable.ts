import type { RasterImage } from '../../src-main/core/volume/volume';
import { createRandom, shuffled, type Random } from '../../src-main/inference/random';

/**
 * Pictures that no lesion model can judge, made here: blank and spoilt frames, patterns, noise, text, drawings, and the
 * phantom of a hand's radiograph.
 *
 * Shape shorthand: side x side x 3 bytes; paint: (x, y) in 0..1 -> red, green, blue 0..255
 */
const side = 400;
type Paint = (x: number, y: number) => readonly [number, number, number];
const grey = (v: number): [number, number, number] => [v, v, v];

export function rgb(width: number, height: number, data: Uint8Array): RasterImage {
  return { width, height, channels: 3, data, pixelSpacing: null, modality: 'OT' };
}

function painted(paint: Paint): RasterImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0, n = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (const v of paint((x + 0.5) / side, (y + 0.5) / side))
        data[n++] = Math.min(255, Math.max(0, Math.round(v)));
  return rgb(side, side, data);
}

/** Smooth noise of about `cells` bumps across, -1..1. */
function bumps(random: Random, cells: number): (x: number, y: number) => number {
  const n = cells + 2;
  const grid = Float32Array.from({ length: n * n }, () => random.between(-1, 1));
  return (x, y) => {
    const [gx, gy] = [x * cells, y * cells];
    const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
    const [wx, wy] = [smooth(gx - x0), smooth(gy - y0)];
    const at = (i: number, j: number): number => grid[(y0 + j) * n + x0 + i]!;
    return (at(0, 0) * (1 - wx) + at(1, 0) * wx) * (1 - wy) + (at(0, 1) * (1 - wx) + at(1, 1) * wx) * wy;
  };
}
const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Rows of blocks that look like words. */
function textPage(random: Random, ink: number, paper: number): RasterImage {
  const words = Array.from({ length: 22 }, () => {
    const row: [number, number][] = [];
    for (let x = 0.04; x < 0.9; x += 0.02) {
      const length = random.between(0.02, 0.12);
      row.push([x, Math.min(0.95, x + length)]);
      x += length;
    }
    return row;
  });
  return painted((x, y) => {
    const line = Math.floor(y * 22);
    const within = y * 22 - line;
    const inWord = words[line]!.some(([a, b]) => x >= a && x < b);
    const stroke =
      within > 0.25 && within < 0.75 && Math.sin(x * 900 + line) * Math.cos(within * 9 + x * 300) > -0.1;
    return grey(inWord && stroke ? ink : paper);
  });
}

/** Capsules for bones within capsules for flesh. */
function handRadiograph(random: Random): RasterImage {
  const fingers = [
    [0.3, 0.55, 0.22, 0.2],
    [0.41, 0.5, 0.37, 0.08],
    [0.5, 0.49, 0.5, 0.05],
    [0.6, 0.5, 0.63, 0.1],
    [0.66, 0.68, 0.86, 0.42],
  ] as const;
  const along = (x: number, y: number, [x0, y0, x1, y1]: readonly number[]): [number, number] => {
    const [dx, dy] = [x1! - x0!, y1! - y0!];
    const t = Math.min(1, Math.max(0, ((x - x0!) * dx + (y - y0!) * dy) / (dx * dx + dy * dy)));
    return [Math.hypot(x - x0! - t * dx, y - y0! - t * dy), t];
  };
  return painted((x, y) => {
    let value = 12;
    if (Math.hypot((x - 0.48) / 0.19, (y - 0.68) / 0.22) < 1 || (Math.abs(x - 0.48) < 0.11 && y > 0.8))
      value = 70;
    for (const finger of fingers) {
      const [d, t] = along(x, y, finger);
      if (d < 0.045) value = Math.max(value, 65);
      if (d < 0.02 && (t * 3) % 1 > 0.08) value = 175;
      const [m] = along(x, y, [0.48 + (finger[0] - 0.48) * 0.5, 0.8, finger[0], finger[1] + 0.03]);
      if (m < 0.017) value = 165;
    }
    for (let n = 0; n < 8; n++)
      if (Math.hypot(x - 0.41 - (n % 4) * 0.05, y - 0.83 - Math.floor(n / 4) * 0.045) < 0.026) value = 185;
    if (y > 0.91 && (Math.abs(x - 0.43) < 0.035 || Math.abs(x - 0.53) < 0.03)) value = 190;
    return grey(value + random.between(-6, 6));
  });
}

/** By name. */
export function madeUnsuitable(): [string, RasterImage][] {
  const random = createRandom(2026);
  const noise = (low: number, high: number): number => random.between(low, high);
  const [coarse, mid, fine] = [bumps(random, 4), bumps(random, 12), bumps(random, 60)];
  const other = [bumps(random, 12), bumps(random, 12)] as const;
  const balls = Array.from({ length: 25 }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    r: random.between(0.03, 0.14),
    colour: [random.between(0, 255), random.between(0, 255), random.between(0, 255)] as const,
  }));
  const radius = (x: number, y: number): number => Math.hypot(x - 0.5, y - 0.5);
  return [
    ['black frame', painted(() => grey(0))],
    ['black frame with sensor noise', painted(() => grey(noise(0, 8)))],
    ['white frame', painted(() => grey(255))],
    ['grey frame', painted(() => grey(128))],
    ['frame of one red', painted(() => [180, 60, 50])],
    ['colour noise', painted(() => [noise(0, 255), noise(0, 255), noise(0, 255)])],
    ['grey noise', painted(() => grey(noise(0, 255)))],
    ['gradient', painted((x) => grey(255 * x))],
    ['reddish gradient', painted((x, y) => [255 * x, 120 * x + 30 * y, 90 * x])],
    ['glow', painted((x, y) => grey(255 * (1 - 1.4 * radius(x, y))))],
    ['stripes', painted((x) => grey(128 + 100 * Math.sin(60 * x)))],
    ['chessboard', painted((x, y) => grey((Math.floor(12 * x) + Math.floor(12 * y)) % 2 ? 255 : 0))],
    ['grey disc', painted((x, y) => grey(radius(x, y) < 0.35 ? 200 : 0))],
    ['pink disc', painted((x, y) => (radius(x, y) < 0.4 ? [200, 110, 90] : [0, 0, 0]))],
    ['black text on white', textPage(random, 20, 255)],
    ['white text on black', textPage(random, 235, 0)],
    ['coarse clouds', painted((x, y) => grey(128 + 110 * coarse(x, y)))],
    ['clouds', painted((x, y) => grey(128 + 110 * mid(x, y)))],
    ['fine clouds', painted((x, y) => grey(128 + 110 * fine(x, y)))],
    [
      'coloured clouds',
      painted((x, y) => [128 + 110 * mid(x, y), 128 + 110 * other[0](x, y), 128 + 110 * other[1](x, y)]),
    ],
    [
      'coloured balls',
      painted((x, y) => balls.find((b) => Math.hypot(x - b.x, y - b.y) < b.r)?.colour ?? [0, 0, 0]),
    ],
    ['radiograph of a hand (phantom)', handRadiograph(random)],
  ];
}

/** Versions of a fit picture that are none any more, by name. */
export function spoilt(image: RasterImage, seed: number): [string, RasterImage][] {
  const random = createRandom(9, seed);
  const { width, height, channels } = image;
  const source = image.data as Uint8Array;
  const value = (x: number, y: number, c: number): number =>
    source[(y * width + x) * channels + (channels === 3 ? c : 0)]!;
  const make = (change: (x: number, y: number, c: number) => number): RasterImage => {
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, n = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) data[n++] = Math.min(255, Math.max(0, Math.round(change(x, y, c))));
    return rgb(width, height, data);
  };
  const tile = Math.max(1, Math.floor(Math.min(width, height) / 8));
  const [columns, rows] = [Math.floor(width / tile), Math.floor(height / tile)];
  const order = shuffled(
    Array.from({ length: columns * rows }, (_, n) => n),
    random,
  );
  const cell = (x: number, y: number): readonly [number, number] => {
    const [column, row] = [
      Math.min(columns - 1, Math.floor(x / tile)),
      Math.min(rows - 1, Math.floor(y / tile)),
    ];
    const from = order[row * columns + column]!;
    return [(from % columns) * tile + (x % tile), Math.floor(from / columns) * tile + (y % tile)];
  };
  const block = Math.max(1, Math.round(Math.max(width, height) / 12));
  return [
    ['over-exposed', make((x, y, c) => 4 * value(x, y, c) + 70)],
    ['under-exposed', make((x, y, c) => 0.035 * value(x, y, c))],
    ['drowned in noise', make((x, y, c) => value(x, y, c) + 110 * random.normal())],
    [
      'of blocks',
      make((x, y, c) =>
        value(
          Math.min(width - 1, x - (x % block) + (block >> 1)),
          Math.min(height - 1, y - (y % block) + (block >> 1)),
          c,
        ),
      ),
    ],
    ['shuffled', make((x, y, c) => value(...cell(x, y), c))],
    ['blurred', blurred(image, Math.round(0.04 * Math.max(width, height)))],
  ];
}

/** Three passes of a box of 2 r + 1: near enough to a Gaussian of deviation r. */
function blurred(image: RasterImage, r: number): RasterImage {
  const { width, height, channels } = image;
  let data = Float32Array.from(image.data);
  const pass = (length: number, stride: number, lines: number, lineStride: number): void => {
    const out = new Float32Array(data.length);
    for (let line = 0; line < lines; line++) {
      for (let c = 0; c < channels; c++) {
        const at = (n: number): number =>
          data[line * lineStride + Math.min(length - 1, Math.max(0, n)) * stride + c]!;
        let sum = 0;
        for (let n = -r; n <= r; n++) sum += at(n);
        for (let n = 0; n < length; n++) {
          out[line * lineStride + n * stride + c] = sum / (2 * r + 1);
          sum += at(n + r + 1) - at(n - r);
        }
      }
    }
    data = out;
  };
  for (let n = 0; n < 3; n++) {
    pass(width, channels, height, width * channels);
    pass(height, width * channels, width, channels);
  }
  return { ...image, data: Uint8Array.from(data, Math.round) };
}
