import { textOf, type DataSet } from '../../core/deidentification/data-set';
import { writeStreamAtomically } from '../write-files';
import { elementHeader, encodeDataSet, fileHead } from './encode';

/** What is written after the data set; shaped as imaging's `rewritePixels` gives it. */
export interface PixelStream {
  readonly tag: number;
  readonly vr: string;
  /** Bytes, even; null: encapsulated. */
  readonly length: number | null;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Writes a Part 10 file under a temporary name and renames it when it is whole.
 * @throws AppError `export.failed`, or what the pixels' source throws
 */
export async function writeDicomFile(
  folder: string,
  name: string,
  set: DataSet,
  transferSyntaxUid: string,
  pixels: PixelStream | null,
): Promise<void> {
  const implicit = transferSyntaxUid === '1.2.840.10008.1.2';
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield fileHead(textOf(set.get(0x00080016)), textOf(set.get(0x00080018)), transferSyntaxUid);
    yield encodeDataSet(set, implicit);
    if (!pixels) return;
    yield elementHeader(pixels.tag, pixels.vr || 'OW', pixels.length, implicit);
    yield* pixels.chunks;
  }
  await writeStreamAtomically(folder, name, bytes());
}
