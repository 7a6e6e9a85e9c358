import type { PixelCodec } from '../sop-classes';
import { decodeJpegPicture } from './jpeg';
import { decodeJpeg2000Picture } from './jpeg2000';
import type { PixelDecoder } from './pixel-decoder';
import { decodeRlePicture } from './rle';

export const pixelDecoders: Readonly<Record<Exclude<PixelCodec, 'native'>, PixelDecoder>> = {
  rle: decodeRlePicture,
  jpeg: decodeJpegPicture,
  jpeg2000: decodeJpeg2000Picture,
  htj2k: decodeJpeg2000Picture,
};
