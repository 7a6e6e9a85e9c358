import type { Box2 } from '../../core/geometry/box';
import {
  findForeground2,
  foregroundShare,
  isForeground,
  type Foreground,
} from '../../core/volume/foreground';
import type { InputSpec } from '../bundle/schema';
import {
  applyPoint,
  chain,
  identity2,
  invert,
  letterbox,
  mapBox,
  scaling,
  translation,
  type Affine2,
} from './affine2';
import { intensityRange, toGrey, type IntensityRange } from './intensity';
import { localContrast } from './local-contrast';
import { paintOverMarks } from './paint-over';
import { resizePart } from './resize';
import type { Pixels } from './sample';
import { viewPixels, type View } from './view';
import { alignedStarts } from './volume-windows';

/**
 * How a picture is shown to a network: whole on one canvas, or cut to its foreground, resampled and read canvas by canvas.
 *
 * Shape shorthand: S: canvas side; "reading": the picture as the network reads it, of which tiles are cut
 */
export interface Reading {
  readonly pixels: Pixels;
  /** Picture px -> reading px. */
  readonly toReading: Affine2;
  readonly range: IntensityRange;
  /** Found in the picture; null where nobody looked. */
  readonly foreground: Foreground | null;
}

export interface PicturePlan {
  readonly reading: Reading;
  /** Of the picture, px. */
  readonly width: number;
  readonly height: number;
  /** Parts worth looking at, px of the reading, row by row; one canvas each. May reach beyond a small reading. */
  readonly tiles: readonly Box2[];
  /** Those left out, since they show no foreground. */
  readonly skipped: readonly Box2[];
  /** The canvas of one tile, [S, S, C]. */
  view(tile: Box2): View;
}

/** Tiles that show less foreground than this are skipped. */
const leastForeground = 0.01;

/** Whether the network reads a resampled copy of the picture rather than the picture itself. */
export const readsCopy = (input: InputSpec): boolean =>
  input.foreground !== undefined || input.tiles !== undefined || input.localContrast !== undefined;

/** @param depthMax what white is where the network wants the full scale */
export function planPicture(given: Pixels, input: InputSpec, depthMax: number): PicturePlan {
  const { width, height } = given;
  const reading = makeReading(given, input, depthMax);
  const { pixels, toReading, range, foreground } = reading;
  const fromReading = invert(toReading);
  const all = readsCopy(input)
    ? tilesOf(pixels.width, pixels.height, input)
    : [[0, 0, width, height] as const];
  const showsSomething = (tile: Box2): boolean =>
    !foreground ||
    all.length === 1 ||
    foregroundShare(foreground, mapBox(fromReading, tile)) >= leastForeground;
  return {
    reading,
    width,
    height,
    tiles: all.filter(showsSomething),
    skipped: all.filter((tile) => !showsSomething(tile)),
    view(tile) {
      const toCanvas = readsCopy(input)
        ? translation(-tile[0], -tile[1])
        : letterbox(pixels.width, pixels.height, input.size);
      const view = viewPixels(pixels, toCanvas, range, input.size);
      return { ...view, toCanvas: chain(toReading, toCanvas), width, height };
    },
  };
}

/** The tile in whose middle a point (px of the picture) lies most, and whether the network leaves it out. */
export function tileAt(
  { reading, tiles, skipped }: PicturePlan,
  point: readonly [number, number],
): { tile: Box2; index: number; skipped: boolean } {
  const [x, y] = applyPoint(reading.toReading, point);
  const off = ([x0, y0, x1, y1]: Box2): number =>
    Math.max(Math.abs(x0 + x1 - 2 * x), Math.abs(y0 + y1 - 2 * y));
  const nearest = (some: readonly Box2[]): Box2 | undefined =>
    some.length > 0 ? some.reduce((a, b) => (off(b) < off(a) ? b : a)) : undefined;
  const tile = nearest([...tiles, ...skipped])!;
  return { tile, index: tiles.indexOf(tile), skipped: !tiles.includes(tile) };
}

/** The picture in the channels, the part and the resolution that the network reads. */
export function makeReading(given: Pixels, input: InputSpec, depthMax: number): Reading {
  const coloured = input.marks === 'painted-over' ? paintOverMarks(given) : given;
  const pixels = input.channels === 1 ? toGrey(coloured) : coloured;
  if (!readsCopy(input)) {
    const range = intensityRange(pixels, input, depthMax);
    return { pixels, toReading: identity2, range, foreground: null };
  }
  const foreground = input.foreground
    ? findForeground2(pixels, { mayBeInverted: input.foreground === 'breast' })
    : null;
  const part = foreground?.box ?? ([0, 0, pixels.width, pixels.height] as const);
  const across = part[2] - part[0];
  const down = part[3] - part[1];
  const scale = (input.tiles?.longestSide ?? input.size) / Math.max(across, down);
  const width = Math.max(1, Math.round(across * scale));
  const height = Math.max(1, Math.round(down * scale));
  const flip = foreground?.inverted ? endsOf(pixels.data) : undefined;
  const copy = resizePart(pixels, { part, width, height, flip });
  const toReading = chain(translation(-part[0], -part[1]), scaling(width / across, height / down));
  const fromReading = invert(toReading);
  const isShown = (x: number, y: number): boolean =>
    !foreground || isForeground(foreground, ...applyPoint(fromReading, [x, y]));
  const shown = foreground ? insideForeground(copy, isShown) : copy;
  const range = intensityRange(shown, input, depthMax);
  const read = input.localContrast ? localContrast(copy, isShown, input.localContrast, range) : copy;
  return { pixels: read, toReading, range, foreground };
}

/** Canvases over the reading: as few as overlap enough, evenly spread; centred where one is enough. */
function tilesOf(width: number, height: number, { size, tiles }: InputSpec): Box2[] {
  const starts = (length: number): number[] =>
    length <= size ? [Math.round((length - size) / 2)] : alignedStarts(length, size, tiles?.overlap ?? 0, 1);
  const columns = starts(width);
  return starts(height).flatMap((y) => columns.map((x): Box2 => [x, y, x + size, y + size]));
}

/** Lowest plus highest value: less a value, that value seen as a negative. */
function endsOf(data: ArrayLike<number>): number {
  let low = Infinity;
  let high = -Infinity;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low + high;
}

/** Every fourth value, along both axes, of what is foreground; black and white are chosen from it. */
function insideForeground(copy: Pixels, isShown: (x: number, y: number) => boolean): Pixels {
  const { data, width, height, channels } = copy;
  const inside: number[] = [];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      if (!isShown(x + 0.5, y + 0.5)) continue;
      for (let c = 0; c < channels; c++) inside.push(data[(y * width + x) * channels + c]!);
    }
  }
  return inside.length > 0 ? { data: inside, width: inside.length / channels, height: 1, channels } : copy;
}
