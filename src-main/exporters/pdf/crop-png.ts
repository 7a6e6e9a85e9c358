import { encode } from 'fast-png';
import type { RgbaImage } from '../../core/report/report';

/** An 8-bit RGB PNG; transparent pixels over black, since a report prints no transparency. */
export function pngOf({ width, height, rgba }: RgbaImage): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = rgba[4 * i + 3]! / 255;
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(rgba[4 * i + c]! * alpha);
  }
  return encode({ width, height, data, channels: 3, depth: 8 });
}
