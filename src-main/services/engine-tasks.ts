import { AppError } from '../core/app-error';
import { toXywh } from '../core/geometry/box';
import type { JobOptions, ScannedSeries } from '../core/study/entities';
import { maxArrayBytes } from '../core/volume/array-limit';
import { layoutBytes } from '../core/volume/layout-bytes';
import type { Volume, VoxelArray } from '../core/volume/volume';
import type { EngineCallOptions, EngineInput, EngineOutput } from '../contract/engine-protocol';
import type * as Imaging from '../imaging';
import type { SeriesReader } from '../imaging';
import type * as Inference from '../inference';
import type { DetectOptions, Detector } from '../inference';
import { processorCount } from '../inference/processors';
import { crop } from './crop-task';
import { explainSeries } from './explain-task';
import { fineTuneTask } from './fine-tune-task';
import { installedBundles, pickBundle, summaryOf, type ModelFolders } from './installed';
import { FrameJudge, frameCount, judgeVolume, shareOf, type Judged } from './judge-series';
import { mutable } from './mutable';
import { notAnalysable } from './not-analysable';
import { operatingPointsFor } from './operating-points';
import { outlineTask, suggestTask } from './outline-task';
import { ReaderCache, seriesKey } from './reader-cache';
import { RecentMap } from './recent-map';
import { RegistrationTask } from './registration-task';
import { makeThumbnail } from './thumbnail-task';

const maxReplyBytes = 2 ** 29;
/** With more the disk is what is waited for, and each holds some 15 MB (docs/benchmarks.md). */
const maxDecodeThreads = 3;

const maxKnownSeries = 8;

type Found = EngineOutput<'detect'>['findings'];
interface FoundAndJudged {
  found: Found;
  quality: Judged;
}

/**
 * What the engine process does: thin calls of imaging and inference, with the little that lives longer than a call (open
 * series, one loaded volume, one loaded detector). The libraries are loaded when first needed, so that a restarted
 * engine answers at once.
 */
export function createEngineTasks(folders: ModelFolders) {
  let imaging: typeof Imaging | null = null;
  const loadImaging = async (): Promise<typeof Imaging> => {
    imaging ??= await import('../imaging');
    imaging.useDecodeThreads(Math.min(maxDecodeThreads, processorCount()));
    return imaging;
  };
  const readers = new ReaderCache<SeriesReader>({
    open: async (series) => (await loadImaging()).openSeries(series),
  });
  let inference: typeof Inference | null = null;
  let detector: { key: string; loaded: Detector } | null = null;
  let volume: { key: string; loaded: Volume } | null = null;
  /** Of models that failed their self-test: they stay off until their files change or the engine starts anew. */
  const failedSelfTest = new Map<string, AppError>();
  /** Series that a viewer reads. */
  const known = new RecentMap<string, ScannedSeries>(maxKnownSeries);
  const registration = new RegistrationTask(loadImaging);
  let detecting: Promise<unknown> = Promise.resolve();
  let training: Promise<unknown> = Promise.resolve();

  const loadInference = async (): Promise<typeof Inference> => (inference ??= await import('../inference'));

  const installed = async () => installedBundles((await loadInference()).listBundles, folders);

  const rememberFailure =
    (key: string) =>
    (error: unknown): never => {
      if (error instanceof AppError && error.code === 'model.self-test') failedSelfTest.set(key, error);
      throw error;
    };

  const useDetector = async (modelId: string): Promise<Detector> => {
    const { loadTestedDetector } = await loadInference();
    const bundle = pickBundle(await installed(), modelId);
    const key = `${bundle.id} ${bundle.modelHash}`;
    if (detector?.key !== key) {
      detector?.loaded.dispose();
      detector = null;
      const known = failedSelfTest.get(key);
      if (known) throw known;
      detector = { key, loaded: await loadTestedDetector(bundle.folder).catch(rememberFailure(key)) };
    }
    return detector.loaded;
  };

  const useVolume = async (series: ScannedSeries, options: JobOptions): Promise<Volume> => {
    const key = seriesKey(series);
    if (volume?.key !== key) {
      volume = null;
      volume = { key, loaded: await (await loadImaging()).loadVolume(series, options) };
    }
    return volume.loaded;
  };

  const findInVolume = async (
    series: ScannedSeries,
    model: Detector,
    { selectiveSearch, ...options }: DetectOptions,
    ignoreGate: boolean,
  ): Promise<FoundAndJudged> => {
    const loaded = await useVolume(series, shareOf(options, 0, 0.15));
    const quality = await judgeVolume(model, loaded, ignoreGate);
    if (quality && !quality.analysable && !ignoreGate) return { found: [], quality };
    const candidates = await model.detectVolume(loaded, { ...shareOf(options, 0.15, 1), selectiveSearch });
    const found = candidates.map(({ label, score, provenance, boxLps }): Found[number] => ({
      label,
      score,
      provenance,
      place: { space: 'lps', boxLps: [...boxLps] },
    }));
    return { found, quality };
  };

  const findInFrames = async (
    series: ScannedSeries,
    model: Detector,
    options: DetectOptions,
    ignoreGate: boolean,
  ): Promise<FoundAndJudged> => {
    const { loadImage } = await loadImaging();
    const frames = frameCount(series);
    const judge = new FrameJudge(model, ignoreGate);
    const minScore = model.bundle.thresholds.scoreFloor;
    const found: Found = [];
    for (let frame = 0; frame < frames; frame++) {
      options.onProgress?.(frame / frames, `Reading frame ${frame + 1} of ${frames}`);
      const image = await loadImage(series, frame, { signal: options.signal });
      if (!(await judge.admits(image, frame))) continue;
      for (const { label, score, provenance, box } of await model.detectImage(image, {
        signal: options.signal,
        selectiveSearch: options.selectiveSearch,
        minScore,
      }))
        found.push({ label, score, provenance, place: { space: 'px', boxPx: [...toXywh(box)], frame } });
    }
    return { found, quality: judge.report() };
  };

  const detect = async (
    { series, modelId, selectiveSearch, ignoreGate = false }: EngineInput<'detect'>,
    options: JobOptions,
  ): Promise<EngineOutput<'detect'>> => {
    checkAnalysable(series);
    options.onProgress?.(0, 'Loading the model');
    const model = await useDetector(modelId);
    const { bundle } = model;
    const start = Date.now();
    const find = series.pixels.kind === 'volume' ? findInVolume : findInFrames;
    const { found, quality } = await find(series, model, { ...options, selectiveSearch }, ignoreGate);
    return {
      modelId: bundle.id,
      modelVersion: bundle.version,
      modelHash: model.modelHash,
      ...operatingPointsFor(bundle, series.pixels),
      scoreFloor: bundle.thresholds.scoreFloor,
      durationMs: Date.now() - start,
      findings: found.filter(({ score }) => score >= bundle.thresholds.scoreFloor),
      ...(quality && { quality: mutable(quality) }),
    };
  };

  const explain = async (
    input: EngineInput<'explain'>,
    options: JobOptions,
  ): Promise<EngineOutput<'explain'>> => {
    checkAnalysable(input.series);
    const model = await useDetector(input.modelId);
    const { bundle, modelHash } = model;
    const explanation = await explainSeries(input, model, useVolume, options);
    return {
      modelId: bundle.id,
      modelVersion: bundle.version,
      modelHash,
      threshold: operatingPointsFor(bundle, input.series.pixels).threshold,
      explanation: mutable(explanation),
    };
  };

  /** TensorFlow has all cores anyway, and one volume in memory is enough. */
  const oneAtATime = <T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    const mine = detecting.then(() => {
      if (signal?.aborted) throw new AppError('job.cancelled', 'It was cancelled.', 'Start it again.');
      return work();
    });
    detecting = mine.catch(() => undefined);
    return mine;
  };

  const readSlices = (
    series: ScannedSeries,
    indices: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<EngineOutput<'readSlices'>> => {
    const count = series.pixels.kind === 'volume' ? series.pixels.geometry.dims[2] : series.pixels.frames;
    if ((layoutBytes(series.pixels) / count) * indices.length > maxReplyBytes) {
      throw new AppError('request.invalid', 'Too much was asked for at once.', 'Ask for fewer slices.');
    }
    return readers.use(series, async (reader) => {
      const { readEach } = await loadImaging();
      const slices = new Map<number, ArrayBuffer>();
      await readEach(reader, indices, { signal }, (index, data) => slices.set(index, exactBuffer(data)));
      return indices.map((index) => ({ index, data: slices.get(index)! }));
    });
  };

  return {
    ping: () => Promise.resolve({ pid: process.pid, tensors: inference?.tensorCount() ?? 0 }),

    status: () =>
      Promise.resolve({
        pid: process.pid,
        openSeries: readers.size,
        framesOfThreads: imaging?.framesOfThreads() ?? 0,
      }),

    scan: async ({ paths, volume }: EngineInput<'scan'>, options: EngineCallOptions) =>
      (await loadImaging()).scanPaths(paths, { ...options, volume }),

    async openCopies({ folder, key }: EngineInput<'openCopies'>) {
      (await import('../imaging')).openCopyStore(folder, Buffer.from(key, 'hex'));
      return {};
    },

    async copySeries({ folder, key, series }: EngineInput<'copySeries'>, options: EngineCallOptions) {
      const { copySeries, openCopyStore } = await import('../imaging');
      return mutable(await copySeries(openCopyStore(folder, Buffer.from(key, 'hex')), series, options));
    },

    async pruneCopies({ folder, key, keep }: EngineInput<'pruneCopies'>) {
      const { openCopyStore } = await import('../imaging');
      return { deleted: await openCopyStore(folder, Buffer.from(key, 'hex')).prune(new Set(keep)) };
    },

    readSlices({ series, indices, key }: EngineInput<'readSlices'>, { signal }: EngineCallOptions) {
      if (key !== undefined) known.set(key, series);
      return readSlices(series, indices, signal);
    },

    async readKnownSlices({ key, indices }: EngineInput<'readKnownSlices'>, { signal }: EngineCallOptions) {
      const series = known.get(key);
      return series ? readSlices(series, indices, signal) : null;
    },

    async closeSeries({ series }: EngineInput<'closeSeries'>) {
      await readers.close(series);
      return {};
    },

    crops({ series, places, size, drawBox }: EngineInput<'crops'>, { signal }: EngineCallOptions) {
      return readers.use(series, async (reader) => {
        const crops = [];
        for (const place of places) {
          const { width, height, rgba } = await crop(reader, place, { size, drawBox, signal });
          crops.push({ width, height, rgba: exactBuffer(rgba) });
        }
        return crops;
      });
    },

    outline: (input: EngineInput<'outline'>, { signal }: EngineCallOptions) =>
      readers.use(input.series, (reader) => outlineTask(reader, input, signal)),

    suggestBox: (input: EngineInput<'suggestBox'>, { signal }: EngineCallOptions) =>
      readers.use(input.series, (reader) => suggestTask(reader, input, signal)),

    register: (input: EngineInput<'register'>, options: EngineCallOptions) =>
      registration.register(input, options),

    thumbnail: ({ series, size }: EngineInput<'thumbnail'>, { signal }: EngineCallOptions) =>
      readers.useOnce(series, (reader) => makeThumbnail(reader, size, signal)),

    deidentify: async (input: EngineInput<'deidentify'>, options: EngineCallOptions) =>
      (await import('./deidentify')).deidentifyFiles(input, options),

    listModels: async () => (await installed()).bundles.map(summaryOf),

    detect: (input: EngineInput<'detect'>, options: EngineCallOptions) =>
      oneAtATime(() => detect(input, options), options.signal),

    explain: (input: EngineInput<'explain'>, options: EngineCallOptions) =>
      oneAtATime(() => explain(input, options), options.signal),

    /** Not in the queue of detections: a reader's study does not wait for a training, and goes between two of its steps. */
    fineTune: (input: EngineInput<'fineTune'>, options: EngineCallOptions) =>
      (training = loadInference().then((loaded) => fineTuneTask(input, folders, loaded, options))),

    async dispose(): Promise<void> {
      await detecting;
      await training.catch(() => undefined);
      detector?.loaded.dispose();
      detector = null;
      volume = null;
      await readers.dispose();
      await imaging?.endDecodeThreads();
    },
  };
}

function checkAnalysable(series: ScannedSeries): void {
  if (!series.analysable) {
    throw notAnalysable(series);
  }
  if (series.pixels.kind === 'volume' && layoutBytes(series.pixels) > maxArrayBytes) {
    throw new AppError(
      'file.too-large',
      'This volume is too large to analyse.',
      'Volumes up to 1 GiB can be analysed.',
    );
  }
}

/** The bytes of the array and nothing around them. */
function exactBuffer(array: VoxelArray): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = array;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === byteLength) return buffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
