export { openStore, storeExists } from './store';
export { loadStoreKey } from './store-key';
export type {
  DetectionState,
  FindingRow,
  MeasurementRow,
  QueuedDetection,
  SeriesRow,
  Store,
  StudyRow,
  ThumbnailRow,
  UserRow,
} from './types';
