import { tagOf, type Keyword } from '../src-main/exporters/dicom-sr/dataset';
import type { ReadDataset } from './read-part10';

/** A structured report as dcmjs reads it, by the meanings of its codes. */
export type { ReadDataset };

export const value = (item: ReadDataset, keyword: Keyword): string => {
  const first = item[tagOf(keyword)]?.Value[0] as string | { Alphabetic: string } | undefined;
  return first === undefined ? '' : typeof first === 'object' ? first.Alphabetic : String(first);
};

export const items = (item: ReadDataset, keyword: Keyword): ReadDataset[] =>
  (item[tagOf(keyword)]?.Value ?? []) as ReadDataset[];

export const meaning = (item: ReadDataset): string =>
  value(items(item, 'ConceptNameCodeSequence')[0] ?? {}, 'CodeMeaning');

export const children = (item: ReadDataset, name?: string): ReadDataset[] =>
  items(item, 'ContentSequence').filter((child) => name === undefined || meaning(child) === name);

/** The only one of that name. @throws Error */
export function child(item: ReadDataset, name: string): ReadDataset {
  const [found, ...more] = children(item, name);
  if (!found || more.length > 0) throw new Error(`${1 + more.length - Number(!found)} items named ${name}`);
  return found;
}

export const codeOf = (item: ReadDataset): string =>
  value(items(item, 'ConceptCodeSequence')[0]!, 'CodeMeaning');

/** [value, unit] */
export function numberOf(item: ReadDataset): [number, string] {
  const measured = items(item, 'MeasuredValueSequence')[0]!;
  return [
    Number(value(measured, 'NumericValue')),
    value(items(measured, 'MeasurementUnitsCodeSequence')[0]!, 'CodeValue'),
  ];
}

export const groups = (document: ReadDataset): ReadDataset[] =>
  children(document, 'Imaging Measurements').flatMap((c) => children(c, 'Measurement Group'));

/** "Comment: ..." of each qualitative evaluation. */
export const remarks = (document: ReadDataset): string[] =>
  children(child(document, 'Qualitative Evaluations')).map(
    (item) => `${meaning(item)}: ${value(item, 'TextValue')}`,
  );
