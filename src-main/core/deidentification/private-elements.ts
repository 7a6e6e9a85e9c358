import { groupOf, textOf, type DataElement, type DataSet } from './data-set';

/**
 * Private attributes known to be safe (PS3.15 table E.3.10-1): of these the numeric ones that quantification needs, by
 * creator, group and last two digits of the element, with their VR. A number is kept, and nothing but a number.
 */
const safe: readonly (readonly [creator: string, group: number, element: number, vr: string])[] = [
  ['Philips PET Private Group', 0x7053, 0x00, 'DS'],
  ['Philips PET Private Group', 0x7053, 0x09, 'DS'],
  ['Philips Imaging DD 001', 0x2001, 0x03, 'FL'],
  ['Philips MR Imaging DD 001', 0x2005, 0x0d, 'FL'],
  ['Philips MR Imaging DD 001', 0x2005, 0x0e, 'FL'],
  ['SIEMENS MR HEADER', 0x0019, 0x0c, 'IS'],
  ['SIEMENS MR HEADER', 0x0019, 0x0e, 'FD'],
  ['SIEMENS MR HEADER', 0x0019, 0x27, 'FD'],
  ['GEMS_ACQU_01', 0x0019, 0x23, 'DS'],
  ['GEMS_ACQU_01', 0x0019, 0x24, 'DS'],
  ['GEMS_ACQU_01', 0x0019, 0x27, 'DS'],
  ['GEMS_PARM_01', 0x0043, 0x39, 'IS'],
  ['GEMS_HELIOS_01', 0x0045, 0x02, 'FL'],
  ['ELSCINT1', 0x00e1, 0x21, 'DS'],
  ['ELSCINT1', 0x01f1, 0x07, 'DS'],
  ['ELSCINT1', 0x01f1, 0x26, 'DS'],
  ['ELSCINT1', 0x01f1, 0x27, 'DS'],
];

const sizes: Readonly<Record<string, number>> = { FL: 4, FD: 8 };

/** Safe private elements of one data set with the creators of their blocks (PS3.5 7.8.1). */
export function safePrivateElements(set: DataSet): DataElement[] {
  const kept: DataElement[] = [];
  const creators = new Map<number, DataElement>();
  for (const element of set.values()) {
    const low = element.tag & 0xffff;
    if (low < 0x1000 || element.items) continue;
    const creatorTag = ((groupOf(element.tag) << 16) | (low >>> 8)) >>> 0;
    const creator = set.get(creatorTag);
    const row = safe.find(
      ([name, group, last]) =>
        group === groupOf(element.tag) && last === (low & 0xff) && name === textOf(creator),
    );
    if (!row || !creator || !isNumber(element, row[3])) continue;
    kept.push({ ...element, vr: row[3] });
    creators.set(creatorTag, { ...creator, vr: 'LO' });
  }
  return [...creators.values(), ...kept];
}

function isNumber(element: DataElement, vr: string): boolean {
  if (element.vr !== vr && element.vr !== 'UN') return false;
  const size = sizes[vr];
  if (size !== undefined) return element.value.length > 0 && element.value.length % size === 0;
  return textOf(element)
    .split('\\')
    .every(
      (v) => v.trim() !== '' && v.length <= 16 && /^[\d+\-.eE ]+$/.test(v) && Number.isFinite(Number(v)),
    );
}
