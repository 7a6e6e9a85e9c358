// @ts-expect-error -- dcmjs ships no types
import dcmjs from 'dcmjs';

export interface ReadElement {
  vr: string;
  Value: unknown[];
}
export type ReadDataset = Record<string, ReadElement>;

/** A DICOM file read by dcmjs: data elements by eight-digit tag, sequences as lists of data sets. */
export function readPart10(bytes: Uint8Array): { meta: ReadDataset; dict: ReadDataset } {
  const copy = Uint8Array.from(bytes).buffer;
  return (
    dcmjs as { data: { DicomMessage: { readFile(b: ArrayBuffer): never } } }
  ).data.DicomMessage.readFile(copy);
}
