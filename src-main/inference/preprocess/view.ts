import type { RasterImage } from '../../core/volume/volume';
import type { Affine2 } from './affine2';
import type { IntensityRange } from './intensity';
import { sampleToCanvas, type Pixels } from './sample';

/** A picture or slice on the network's canvas. Shape shorthand: S: canvas side, C: channels */
export interface View {
  /** [S, S, C] values as sampled. */
  readonly canvas: Float32Array;
  readonly channels: 1 | 3;
  readonly range: IntensityRange;
  readonly toCanvas: Affine2;
  /** Of the picture, px. */
  readonly width: number;
  readonly height: number;
}

export function viewPixels(pixels: Pixels, toCanvas: Affine2, range: IntensityRange, size: number): View {
  const { channels, width, height } = pixels;
  return {
    canvas: sampleToCanvas(pixels, toCanvas, size, range[0]),
    channels,
    range,
    toCanvas,
    width,
    height,
  };
}

/** What white is: 255 for bytes; for wider types the picture's own maximum, since few of them use all bits. */
export function fullScale(image: RasterImage): number {
  if (image.data instanceof Uint8Array) return 255;
  let highest = 0;
  for (let n = 0; n < image.data.length; n++) if (image.data[n]! > highest) highest = image.data[n]!;
  return highest > 0 ? highest : 1;
}
