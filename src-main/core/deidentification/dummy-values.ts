import { dataSet, sequence, textElement, type DataElement, type DataSet } from './data-set';

/** What stands where a value was, by VR: valid in that VR and the same for everybody (PS3.15 E.1.1, action D). */
const dummyText: Readonly<Record<string, string>> = {
  AE: 'REMOVED',
  AS: '000D',
  CS: 'REMOVED',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  LO: 'REMOVED',
  LT: 'REMOVED',
  PN: 'REMOVED',
  SH: 'REMOVED',
  ST: 'REMOVED',
  TM: '000000',
  UC: 'REMOVED',
  UR: 'urn:removed',
  UT: 'REMOVED',
};
const zeroBytes: Readonly<Record<string, number>> = {
  ...{ AT: 4, FD: 8, FL: 4, OB: 2, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, SL: 4, SS: 2, SV: 8, UL: 4, UN: 2 },
  ...{ US: 2, UV: 8 },
};

/** Null where nothing made up would be valid: the attribute is removed. */
export function dummyElement(tag: number, vr: string): DataElement | null {
  if (vr === 'SQ') {
    const item = dummyItems[tag];
    return item ? sequence(tag, [item]) : null;
  }
  const text = dummyText[vr];
  if (text !== undefined) return textElement(tag, vr, text);
  const length = zeroBytes[vr];
  return length === undefined ? null : { tag, vr, value: new Uint8Array(length), items: null };
}

const codeValue = 0x00080100;
const codingScheme = 0x00080102;
const codeMeaning = 0x00080104;
export const codeItem = (code: string, scheme: string, meaning: string): DataSet =>
  dataSet(
    textElement(codeValue, 'SH', code),
    textElement(codingScheme, 'SH', scheme),
    textElement(codeMeaning, 'LO', meaning),
  );

/** PS3.16 CID 7050's neighbour for "nothing is said": DCM 113015 is not fit, so a code of Regio's own scheme. */
const removed = codeItem('REMOVED', '99REGIO', 'Removed');

const dummyItems: Readonly<Record<number, DataSet>> = {
  // Person Identification Code Sequence
  0x00401101: removed,
  // Verifying Observer Sequence (PS3.3 C.17.2): its type 1 attributes
  0x0040a073: dataSet(
    textElement(0x0040a075, 'PN', 'REMOVED'),
    textElement(0x0040a030, 'DT', '19000101000000'),
    textElement(0x0040a027, 'LO', 'REMOVED'),
    sequence(0x0040a088, []),
  ),
  // Content Sequence (PS3.3 C.17.3): one text, so that the document still is one
  0x0040a730: dataSet(
    textElement(0x0040a010, 'CS', 'CONTAINS'),
    textElement(0x0040a040, 'CS', 'TEXT'),
    sequence(0x0040a043, [codeItem('121106', 'DCM', 'Comment')]),
    textElement(0x0040a160, 'UT', 'REMOVED'),
  ),
};
