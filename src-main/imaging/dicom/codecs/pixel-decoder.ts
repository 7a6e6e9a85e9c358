import type { Scratch } from '../../scratch';
import type { PixelCodec } from '../sop-classes';

/** One compressed frame and what the data set says of it. */
export interface EncodedPicture {
  readonly file: string;
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** Samples a pixel. */
  readonly components: number;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly photometric: string;
  readonly codec: PixelCodec;
  /** Where the samples may lie; null: in memory of their own. */
  readonly scratch: Scratch | null;
}

export interface DecodedPicture {
  /** Bits of each sample in `bytes`. */
  readonly bits: 8 | 16 | 32;
  /** Little-endian samples, interleaved; at least width * height * components of them. */
  readonly bytes: Uint8Array;
  /** True where the codec made RGB of YBR. */
  readonly isRgb: boolean;
  /** True where High Bit of the data set says where the stored bits lie; else they lie at the bottom. */
  readonly placedByHighBit: boolean;
}

/**
 * The port that every codec is reached through. A decoder holds what the compressed picture announces against the
 * data set before it, or its library, allocates anything.
 *
 * @throws Error saying what is damaged; AppError file.unsupported for a process that nothing here decodes
 */
export type PixelDecoder = (picture: EncodedPicture) => Promise<DecodedPicture>;
