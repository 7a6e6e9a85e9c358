export { openStore, storeExists, type OpenStoreOptions } from './store';
export { loadStoreKey, type StoreKeyOptions } from './store-key';
export type {
  AuditInput,
  AuditRecord,
  DetectionState,
  FindingRow,
  SeriesRow,
  Store,
  StudyRow,
} from './types';
