import { encode } from 'fast-png';
import type { CellToPixel } from '../core/detection/explanation';
import { cropToRgba, type Picture } from '../core/volume/crop';

/** Side of each half, px. */
const side = 512;
const opacity = 0.55;

export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] 0..1. */
  readonly values: Float32Array;
  readonly toPicture: CellToPixel;
}

/** A PNG of the picture, and beside it the picture under the map: black 0, red, yellow, white 1. */
export function heatMapPng(picture: Picture, map: HeatMap): Uint8Array {
  const { width, height } = picture;
  const plain = cropToRgba(picture, { box: [0, 0, width, height], size: side, drawBox: false, margin: 1 });
  const data = new Uint8Array(2 * side * side * 3);
  const cellAt = cellsOf(picture, map);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const from = (v * side + u) * 4;
      const left = (v * 2 * side + u) * 3;
      const value = cellAt(u, v);
      for (let c = 0; c < 3; c++) {
        const grey = plain.rgba[from + c]!;
        const heat = 255 * Math.min(1, Math.max(0, 3 * (value ?? 0) - c));
        data[left + c] = grey;
        data[left + side * 3 + c] = value === null ? grey : Math.round(grey + opacity * (heat - grey));
      }
    }
  }
  return encode({ width: 2 * side, height: side, data, channels: 3, depth: 8 });
}

/** The map's value at a px of the crop; null beside the map or the picture. */
function cellsOf(picture: Picture, map: HeatMap): (u: number, v: number) => number | null {
  const { width, height } = picture;
  const [sx, sy] = picture.pixelSpacing ?? [1, 1];
  // As cropToRgba lays the whole picture out: centred, its longer side the crop's.
  const step = Math.max(width * sx, height * sy) / side;
  const [a, b, c, d, e, f] = map.toPicture;
  const determinant = a * e - b * d;
  return (u, v) => {
    const x = width / 2 + ((u + 0.5 - side / 2) * step) / sx;
    const y = height / 2 + ((v + 0.5 - side / 2) * step) / sy;
    if (x < 0 || y < 0 || x >= width || y >= height) return null;
    const column = Math.floor((e * (x - c) - b * (y - f)) / determinant);
    const row = Math.floor((a * (y - f) - d * (x - c)) / determinant);
    if (column < 0 || row < 0 || column >= map.columns || row >= map.rows) return null;
    return map.values[row * map.columns + column]!;
  };
}
