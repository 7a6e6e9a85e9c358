/** The program's networks: the only folder that imports TensorFlow, and only once a model is loaded or trained. */
export { listBundles, type BundleList } from './bundle/read';
export type { ModelBundle } from './bundle/schema';
export { loadDetector } from './detector';
export type { CasePicture } from './fine-tuning/case-picture';
export { fineTune, type FineTuneResult } from './fine-tuning/fine-tune';
export type { Candidate, DetectOptions, Detector, Proposal } from './detector-types';
export { drawModel } from './figures/model-figures';
export { renderModelsPage } from './figures/models-page';
export { importModel } from './import/import-model';
export { measureBundle, type MeasuredBundle, type MeasureOptions } from './measure-bundle';
export { loadTestedDetector, testBundle, type SelfTest } from './self-test/self-test';
export { tensorCount } from './tensorflow';
export type { TrainProgress } from './training/progress';
export { train, type TrainOptions, type TrainResult } from './training/train';
export { isVolumeRecipe } from './training3d/recipe3d';
export type { BatchMakers } from './training/batches';
export { serveBatches } from './training3d/serve-batches';
export { trainVolumes, type TrainVolumesOptions, type TrainVolumesResult } from './training3d/train-volumes';
