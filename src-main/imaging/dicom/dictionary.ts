// dcmjs ships no types; its data dictionary (PS3.6) is all that is used here.
// @ts-expect-error -- no declaration file
import dcmjsUntyped from 'dcmjs';
import { tagText, type DictionaryEntry } from '../../core/deidentification/data-set';
import { rowOf } from '../../core/deidentification/profile';

const { dictionary } = (
  dcmjsUntyped as {
    data: { DicomMetaDictionary: { dictionary: Record<string, { vr: string; name: string } | undefined> } };
  }
).data.DicomMetaDictionary;

/** VRs that the dictionary leaves to the pixels or to the writer: what they are is no matter where they are only copied. */
const either: Readonly<Record<string, string>> = { xs: 'US', ox: 'OW', lt: 'OW', up: 'UL' };

/** What PS3.6 says of a tag; null for private and unknown ones. Newer tags come from the confidentiality table. */
export function lookUpTag(tag: number): DictionaryEntry | null {
  if ((tag >>> 16) & 1) return null;
  const entry = dictionary[tagText(tag)];
  if (entry) return { vr: either[entry.vr] ?? entry.vr, name: entry.name.replace(/^RETIRED_/, '') };
  const row = rowOf(tag);
  return row && row.vr !== '' ? { vr: row.vr.split('/')[0]!, name: row.name } : null;
}
