import { cleanText } from './clean-text';
import { textElement, textOf, type DataElement, type DataSet } from './data-set';
import { codeItem } from './dummy-values';

/** Codes of schemes whose values are numbers or short marks that a registry hands out, never a site's own words. */
const schemes: readonly (readonly [RegExp, RegExp])[] = [
  [/^(SCT|DCM|FMA|NCIt|MDC|99SDM)$/, /^C?\d{1,18}$/],
  [/^(SRT|SNM3)$/, /^[A-Z]\d?-[0-9A-F]{4,6}$/],
  [/^LN$/, /^(LP)?\d{1,7}-\d$/],
  [/^RADLEX$/, /^RID\d{1,6}$/],
  [
    /^UCUM$/,
    /^(1|%|mm|mm2|mm3|cm|cm2|cm3|ml|s|ms|min|h|d|wk|mo|a|kg|g|mg|\[hnsf'U\]|deg|Hz|mGy|Gy|mm\/s|m\/s|cm\/s)$/,
  ],
];

const codeValue = 0x00080100;
const codingScheme = 0x00080102;
const codeMeaning = 0x00080104;

/** An item of the Code Sequence Macro (PS3.3 table 8.8-1). */
export const isCodeItem = (item: DataSet): boolean => item.has(codeValue) && item.has(codingScheme);

/** The code alone where its scheme vouches for it, with the safe words of its meaning; else a code for "removed". */
export function cleanedCode(item: DataSet, names: ReadonlySet<string>): DataSet {
  const code = textOf(item.get(codeValue));
  const scheme = textOf(item.get(codingScheme));
  const vouched = schemes.some(([name, pattern]) => name.test(scheme) && pattern.test(code));
  if (!vouched) return codeItem('REMOVED', '99REGIO', 'Removed');
  const meaning = cleanText(textOf(item.get(codeMeaning)), names) || 'REMOVED';
  const out = new Map<number, DataElement>();
  for (const [tag, vr, text] of [
    [codeValue, 'SH', code],
    [codingScheme, 'SH', scheme],
    [codeMeaning, 'LO', meaning],
  ] as const)
    out.set(tag, textElement(tag, vr, text));
  return out;
}

/** Words that say how a content tree is built (PS3.3 C.17.3): without them it cannot be read. */
const structureWords = new Set(
  (
    'CONTAINS|HAS PROPERTIES|HAS OBS CONTEXT|HAS ACQ CONTEXT|INFERRED FROM|SELECTED FROM|HAS CONCEPT MOD|' +
    'CONTAINER|TEXT|CODE|NUM|PNAME|DATE|TIME|DATETIME|UIDREF|COMPOSITE|IMAGE|WAVEFORM|SCOORD|SCOORD3D|TCOORD|TABLE|' +
    'SEPARATE|CONTINUOUS|DCMR|POINT|MULTIPOINT|MULTISEGMENT|POLYLINE|POLYGON|CIRCLE|ELLIPSE|ELLIPSOID|BEGIN|END|SEGMENT'
  ).split('|'),
);
export const isStructureWord = (text: string): boolean =>
  text.split('\\').every((w) => structureWords.has(w));
