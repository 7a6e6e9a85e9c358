import type { DataElement, DataSet } from '../../core/deidentification/data-set';
import type { Dataset } from './dataset';
import { lookUpTag } from './dictionary';
import { openDicom, type OpenDicom } from './open';
import { tags } from './tags';

/** A DICOM file with every element before its pixels, ready to be written anew. */
export interface WholeFile {
  readonly dicom: OpenDicom;
  readonly dataSet: DataSet;
  readonly sopClassUid: string;
  /** The data set names no VRs. */
  readonly implicit: boolean;
  close(): Promise<void>;
}

/**
 * Reads all elements, values little endian and sequences taken apart, also those that implicit VR or UN hide.
 * What stands after the pixels (padding, signatures) is not read.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large; see {@link openDicom}
 */
export async function openWholeFile(file: string): Promise<WholeFile> {
  const dicom = await openDicom(file, (tag) => lookUpTag(tag)?.vr === 'SQ');
  return {
    dicom,
    dataSet: convert(dicom.dataset, dicom.littleEndian),
    sopClassUid: dicom.dataset.string(tags.sopClassUid) || dicom.meta.string(tags.mediaStorageSopClassUid),
    // By what the elements are, not by what the syntax says of them.
    implicit: dicom.dataset.tagList().every((tag) => ['', 'SQ'].includes(dicom.dataset.get(tag)!.vr)),
    close: () => dicom.source.close(),
  };
}

function convert(from: Dataset, littleEndian: boolean): DataSet {
  const out = new Map<number, DataElement>();
  for (const tag of from.tagList()) {
    const { vr, value, items } = from.get(tag)!;
    const named = vr === '' ? (lookUpTag(tag)?.vr ?? 'UN') : vr;
    const size = littleEndian ? 1 : wordBytes(named);
    out.set(tag, {
      tag,
      vr: items ? 'SQ' : named,
      value: size === 1 ? value : swapped(value, size),
      items: items?.map((item) => convert(item, littleEndian)) ?? null,
    });
  }
  return out;
}

/** Bytes of the words that change places between byte orders (PS3.5 7.3). */
export function wordBytes(vr: string): 1 | 2 | 4 | 8 {
  if (['AT', 'OW', 'SS', 'US'].includes(vr)) return 2;
  if (['FL', 'OF', 'OL', 'SL', 'UL'].includes(vr)) return 4;
  return ['FD', 'OD', 'OV', 'SV', 'UV'].includes(vr) ? 8 : 1;
}

function swapped(value: Uint8Array, size: 2 | 4 | 8): Uint8Array {
  const copy = Buffer.from(value);
  const whole = copy.subarray(0, copy.length - (copy.length % size));
  if (size === 2) whole.swap16();
  else if (size === 4) whole.swap32();
  else whole.swap64();
  return copy;
}
