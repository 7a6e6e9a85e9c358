import type { DataElement, DataSet } from '../../core/deidentification/data-set';
import { textElement, dataSet } from '../../core/deidentification/data-set';
import { implementation } from '../implementation';

/** VRs with a 32-bit length in explicit VR (PS3.5 7.1.2). */
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const undefinedLength = 0xffffffff;
/** VRs padded with a zero byte, not a space (PS3.5 6.2). */
const zeroPadded = new Set(['OB', 'UI', 'UN']);

/** Tag, VR and length of an element, little endian; `length` null: undefined. */
export function elementHeader(tag: number, vr: string, length: number | null, implicit: boolean): Buffer {
  const long = !implicit && longVrs.has(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  if (implicit) head.writeUInt32LE(length ?? undefinedLength, 4);
  else {
    head.write(vr, 4, 'latin1');
    if (long) head.writeUInt32LE(length ?? undefinedLength, 8);
    else head.writeUInt16LE(length ?? 0, 6);
  }
  return head;
}

/** A data set in tag order, sequences of defined length. */
export function encodeDataSet(set: DataSet, implicit: boolean): Buffer {
  const sorted = [...set.values()].sort((a, b) => a.tag - b.tag);
  return Buffer.concat(sorted.flatMap((element) => encodeElement(element, implicit)));
}

function encodeElement({ tag, vr, value, items }: DataElement, implicit: boolean): Uint8Array[] {
  if (items) {
    const body = items.flatMap((item) => {
      const bytes = encodeDataSet(item, implicit);
      return [elementHeader(0xfffee000, '', bytes.length, true), bytes];
    });
    const length = body.reduce((sum, part) => sum + part.length, 0);
    return [elementHeader(tag, 'SQ', length, implicit), ...body];
  }
  const odd = value.length & 1;
  const padding = odd ? [Uint8Array.of(zeroPadded.has(vr) || vr.startsWith('O') ? 0 : 0x20)] : [];
  // A value too long for a 16-bit length can only come from implicit VR or UN, and is written as UN (PS3.5 6.2.2).
  const written = !implicit && !longVrs.has(vr) && value.length > 0xfffe ? 'UN' : vr;
  return [elementHeader(tag, written, value.length + odd, implicit), value, ...padding];
}

/** Preamble of zeros, DICM, and file meta information (PS3.10 7.1) that names nobody. */
export function fileHead(sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string): Buffer {
  const meta = encodeDataSet(
    dataSet(
      { tag: 0x00020001, vr: 'OB', value: Uint8Array.of(0, 1), items: null },
      textElement(0x00020002, 'UI', sopClassUid),
      textElement(0x00020003, 'UI', sopInstanceUid),
      textElement(0x00020010, 'UI', transferSyntaxUid),
      textElement(0x00020012, 'UI', implementation.classUid),
      textElement(0x00020013, 'SH', implementation.versionName),
    ),
    false,
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const head = [Buffer.alloc(128), Buffer.from('DICM'), elementHeader(0x00020000, 'UL', 4, false), length];
  return Buffer.concat([...head, meta]);
}
