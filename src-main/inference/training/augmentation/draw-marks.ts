import { glyphs } from './glyphs';
import { toUnit, type Raster } from './raster';

/** A distance as a reader measures it: two crosses, a dotted line between them, a number at the first. */
export interface Calliper {
  /** px; 0, 0 is the corner of the first pixel. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** From a cross's middle to the end of an arm, px. */
  readonly arm: number;
  /** Width of the strokes, px. */
  readonly stroke: number;
  /** 0 .. 1. */
  readonly grey: number;
  readonly dotted: boolean;
  /** Digits and letters of glyphs.ts; empty: none. */
  readonly label: string;
}

/** Draws the calliper in place. The same calliper always gives the same pixels. */
export function drawCalliper(raster: Raster, c: Calliper): void {
  const [[x0, y0], [x1, y1]] = [c.from, c.to];
  if (c.dotted) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const gap = 2.2 * c.stroke;
    for (let at = gap; at < length; at += gap) {
      const t = at / length;
      drawDot(raster, x0 + t * (x1 - x0), y0 + t * (y1 - y0), 0.7 * c.stroke, 0.8 * c.grey);
    }
  }
  for (const [x, y] of [c.from, c.to]) {
    const half = c.stroke / 2;
    drawBar(raster, x - c.arm, y - half, x + c.arm, y + half, c.grey);
    drawBar(raster, x - half, y - c.arm, x + half, y + c.arm, c.grey);
  }
  const cell = Math.max(1, 0.8 * c.stroke);
  drawText(raster, c.label, x0 - c.arm - 3 * cell, y0 + 0.3 * c.arm, cell, c.grey);
}

/** Text with its top left corner at x, y, made of square cells. */
export function drawText(
  raster: Raster,
  text: string,
  x: number,
  y: number,
  cell: number,
  grey: number,
): void {
  [...text].forEach((letter, n) => {
    glyphs[letter]?.forEach((line, row) => {
      [...line].forEach((mark, column) => {
        if (mark !== '#') return;
        const left = x + (4 * n + column) * cell;
        const top = y + row * cell;
        drawBar(raster, left, top, left + cell, top + cell, grey);
      });
    });
  });
}

/** A filled rectangle; pixels it covers in part take part of its grey. */
function drawBar(raster: Raster, x0: number, y0: number, x1: number, y1: number, grey: number): void {
  for (let y = Math.floor(y0); y < y1; y++) {
    for (let x = Math.floor(x0); x < x1; x++) {
      const w = Math.min(x + 1, x1) - Math.max(x, x0);
      const h = Math.min(y + 1, y1) - Math.max(y, y0);
      lighten(raster, x, y, w * h, grey);
    }
  }
}

function drawDot(raster: Raster, x: number, y: number, width: number, grey: number): void {
  drawBar(raster, x - width / 2, y - width / 2, x + width / 2, y + width / 2, grey);
}

function lighten(raster: Raster, x: number, y: number, share: number, grey: number): void {
  const { data, width, height, channels } = raster;
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  for (let c = 0; c < channels; c++) {
    const at = (y * width + x) * channels + c;
    data[at] = toUnit(data[at]! + share * Math.max(0, grey - data[at]!));
  }
}
