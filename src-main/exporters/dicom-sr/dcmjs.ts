// dcmjs ships no types; these are the few of its names the exporter uses.
// @ts-expect-error -- no declaration file
import dcmjsUntyped from 'dcmjs';
import type { Dataset } from './dataset';

interface Dcmjs {
  data: {
    DicomDict: new (meta: Dataset) => { dict: Dataset; write(): ArrayBuffer };
  };
  log: { setLevel(level: 'silent' | 'error'): void };
}

export const dcmjs = dcmjsUntyped as Dcmjs;
