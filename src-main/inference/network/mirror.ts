import type { Box2 } from '../../core/geometry/box';

/** Shape shorthand: S: canvas side; image [S, S, 3]; boxes x0, y0, x1, y1 px of the canvas */

/** Left becomes right. */
export function mirrorCanvas(image: Float32Array, size: number): Float32Array {
  const out = new Float32Array(image.length);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = (row * size + column) * 3;
      const to = (row * size + size - 1 - column) * 3;
      for (let c = 0; c < 3; c++) out[to + c] = image[from + c]!;
    }
  }
  return out;
}

export const mirrorBox = ([x0, y0, x1, y1]: Box2, size: number): Box2 => [size - x1, y0, size - x0, y1];

/** [R, 4] */
export function mirrorBoxes(boxes: Float32Array, size: number): Float32Array {
  const out = boxes.slice();
  for (let at = 0; at < boxes.length; at += 4) {
    out[at] = size - boxes[at + 2]!;
    out[at + 2] = size - boxes[at]!;
  }
  return out;
}
