import { malformed, tooLarge, unsupported } from '../errors';
import { maxAxis, maxPicturePixels } from '../limits';
import type { Dataset } from './dataset';
import type { OpenDicom } from './open';
import { codecOf, syntaxName, type PixelCodec } from './sop-classes';
import { formatTag, tags } from './tags';

/** The Image Pixel Module (PS3.3 C.7.6.3), checked. */
export interface PictureForm {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly photometric: string;
  readonly planar: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly frames: number;
  readonly codec: PixelCodec;
}

const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
];

/** Smallest and largest value that the stored bits can hold. */
export const storedRange = (form: Pick<PictureForm, 'bitsStored' | 'signed'>): [number, number] =>
  form.signed
    ? [-(2 ** (form.bitsStored - 1)), 2 ** (form.bitsStored - 1) - 1]
    : [0, 2 ** form.bitsStored - 1];

/** Pixels come out as RGB, whatever they were stored as. */
export const isColour = (form: PictureForm): boolean =>
  form.samples === 3 || form.photometric === 'PALETTE COLOR';

/**
 * Reads and checks how the pixels are stored, before any of them is touched.
 *
 * @throws AppError naming the attribute.
 */
export function readPictureForm(file: string, dicom: OpenDicom): PictureForm {
  const { dataset, pixelData } = dicom;
  if (!pixelData) throw unsupported(file, dataset.place(tags.pixelData), 'it holds no pixels');
  if (pixelData.tag !== tags.pixelData)
    throw unsupported(
      file,
      `${formatTag(pixelData.tag)} at byte ${pixelData.offset}`,
      'floating-point pixels',
    );
  const codec = codecOf(dicom.transferSyntaxUid);
  if (!codec) {
    throw unsupported(
      file,
      dicom.meta.place(tags.transferSyntaxUid),
      `${syntaxName(dicom.transferSyntaxUid)} is not decoded`,
    );
  }
  const need = (tag: number): number => {
    const value = dataset.uint16(tag);
    if (value === null) throw malformed(file, dataset.place(tag), 'the attribute is missing');
    return value;
  };
  const rows = need(tags.rows);
  const columns = need(tags.columns);
  if (rows === 0 || rows > maxAxis) throw malformed(file, dataset.place(tags.rows), `${rows} rows`);
  if (columns === 0 || columns > maxAxis)
    throw malformed(file, dataset.place(tags.columns), `${columns} columns`);
  if (rows * columns > maxPicturePixels)
    throw tooLarge(file, dataset.place(tags.rows), `${columns} x ${rows} pixels`);

  const samples = dataset.uint16(tags.samplesPerPixel) ?? 1;
  if (samples !== 1 && samples !== 3)
    throw unsupported(file, dataset.place(tags.samplesPerPixel), `${samples} samples a pixel`);
  const photometric =
    dataset.string(tags.photometricInterpretation) || (samples === 3 ? 'RGB' : 'MONOCHROME2');
  if (!photometrics.includes(photometric)) {
    throw unsupported(
      file,
      dataset.place(tags.photometricInterpretation),
      `colours given as ${photometric.slice(0, 16)}`,
    );
  }
  if ((samples === 3) !== /^(RGB|YBR)/.test(photometric)) {
    throw malformed(
      file,
      dataset.place(tags.photometricInterpretation),
      `${photometric} with ${samples} samples a pixel`,
    );
  }
  const bitsAllocated = need(tags.bitsAllocated);
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw unsupported(file, dataset.place(tags.bitsAllocated), `${bitsAllocated} bits a sample`);
  }
  if (bitsAllocated === 1 && (samples === 3 || codec !== 'native')) {
    throw unsupported(file, dataset.place(tags.bitsAllocated), 'single bits in colour or compressed');
  }
  if (photometric === 'YBR_FULL_422' && codec === 'native' && (bitsAllocated !== 8 || columns % 2 === 1)) {
    throw malformed(
      file,
      dataset.place(tags.photometricInterpretation),
      'YBR_FULL_422 needs 8 bits and even columns',
    );
  }
  const bitsStored = dataset.uint16(tags.bitsStored) ?? bitsAllocated;
  const highBit = dataset.uint16(tags.highBit) ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw malformed(file, dataset.place(tags.bitsStored), `${bitsStored} of ${bitsAllocated} bits`);
  }
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    throw malformed(
      file,
      dataset.place(tags.highBit),
      `high bit ${highBit} with ${bitsStored} of ${bitsAllocated} bits`,
    );
  }
  const representation = dataset.uint16(tags.pixelRepresentation) ?? 0;
  if (representation > 1)
    throw malformed(file, dataset.place(tags.pixelRepresentation), `a value of ${representation}`);
  const frames = readFrames(file, dataset);
  const form: PictureForm = {
    rows,
    columns,
    samples,
    photometric,
    planar: samples === 3 && (dataset.uint16(tags.planarConfiguration) ?? 0) === 1,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: representation === 1,
    frames,
    codec,
  };
  checkLength(file, dicom, form);
  return form;
}

function readFrames(file: string, dataset: Dataset): number {
  const frames = dataset.decimal(tags.numberOfFrames) ?? 1;
  if (!Number.isInteger(frames) || frames < 1 || frames > 100_000) {
    throw malformed(file, dataset.place(tags.numberOfFrames), `${frames} frames`);
  }
  return frames;
}

/** Bits of one uncompressed frame; YBR_FULL_422 stores two chroma samples for every two pixels (PS3.3 C.7.6.3.1.2). */
export function frameBits(form: PictureForm): number {
  const pixels = form.rows * form.columns;
  if (form.photometric === 'YBR_FULL_422' && form.codec === 'native') return pixels * 16;
  return pixels * form.samples * form.bitsAllocated;
}

function checkLength(file: string, dicom: OpenDicom, form: PictureForm): void {
  const place = dicom.pixelData!;
  const field = `${formatTag(tags.pixelData)} at byte ${place.offset}`;
  if ((place.length === null) !== (form.codec !== 'native')) {
    const what =
      place.length === null
        ? 'encapsulated pixels in an uncompressed'
        : 'uncompressed pixels in a compressed';
    throw malformed(file, field, `${what} transfer syntax`);
  }
  const needed = Math.ceil((frameBits(form) * form.frames) / 8);
  if (place.length !== null && place.length < needed) {
    throw malformed(file, field, `${form.frames} frames need ${needed} bytes, ${place.length} are there`);
  }
}
