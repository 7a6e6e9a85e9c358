import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  endpoints,
  type EndpointInput,
  type EndpointName,
  type EndpointOutput,
} from '../src-main/contract/endpoints';
import type { Job, ModelSummary, ScannedSeries } from '../src-main/contract/entities';
import type {
  Engine,
  EngineCallOptions,
  EngineInput,
  EngineMethod,
  EngineOutput,
} from '../src-main/contract/engine-protocol';
import { AppError } from '../src-main/core/app-error';
import { createServices } from '../src-main/services/create-services';
import type { Services } from '../src-main/services/types';
import { openStore, type Store } from '../src-main/storage';

type Answers = {
  [M in EngineMethod]: (
    input: EngineInput<M>,
    options: EngineCallOptions,
  ) => Promise<EngineOutput<M>> | EngineOutput<M>;
};

/** An engine whose answers the test writes; like the real one it rejects with job.cancelled when aborted. */
export interface FakeEngine extends Engine {
  answers: Answers;
  calls: { method: EngineMethod; input: unknown }[];
}

export function fakeEngine(answers: Partial<Answers> = {}): FakeEngine {
  const unexpected = (method: string) => (): never => {
    throw new Error(`the test did not expect ${method}`);
  };
  const engine: FakeEngine = {
    calls: [],
    answers: {
      ping: () => ({ pid: 1, tensors: 0 }),
      status: () => ({ pid: 1, openSeries: 0, framesOfThreads: 0 }),
      scan: unexpected('scan'),
      readSlices: unexpected('readSlices'),
      closeSeries: () => ({}),
      crops: ({ places, size }) =>
        places.map(() => ({ width: size, height: size, rgba: new ArrayBuffer(size * size * 4) })),
      readKnownSlices: () => null,
      thumbnail: unexpected('thumbnail'),
      outline: unexpected('outline'),
      suggestBox: unexpected('suggestBox'),
      register: unexpected('register'),
      listModels: () => [brainModel],
      detect: unexpected('detect'),
      explain: unexpected('explain'),
      fineTune: unexpected('fineTune'),
      deidentify: unexpected('deidentify'),
      openCopies: () => ({}),
      copySeries: unexpected('copySeries'),
      pruneCopies: () => ({ deleted: 0 }),
      ...answers,
    },
    async call(method, input, options = {}) {
      engine.calls.push({ method, input });
      const aborted = new Promise<never>((_, reject) => {
        const stop = (): void => reject(new AppError('job.cancelled', 'Cancelled.', ''));
        if (options.signal?.aborted) stop();
        else options.signal?.addEventListener('abort', stop, { once: true });
      });
      const answer = engine.answers[method] as Answers[typeof method];
      return Promise.race([Promise.resolve().then(() => answer(input, options)), aborted]);
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

export const brainModel: ModelSummary = {
  modelId: 'brain',
  version: '1.0.0',
  name: 'Brain tumour',
  description: '',
  modalities: ['MR'],
  bodyParts: ['BRAIN', 'HEAD'],
  labels: ['tumour'],
  threshold: 0.5,
  modelHash: 'a'.repeat(64),
  trainingData: '',
  trainingLicence: '',
  metrics: {},
};

/** A made brain MR of 8 x 8 x 4 voxels of 1 mm. */
export function madeSeries(change: Partial<ScannedSeries> = {}): ScannedSeries {
  return {
    format: 'nrrd',
    patient: { id: 'P1', name: 'Doe^Jane', birthDate: '19700101', sex: 'F' },
    studyInstanceUid: '2.25.1',
    studyDescription: 'Brain',
    studyDate: '20260101',
    seriesInstanceUid: '2.25.1.1',
    seriesDescription: 'T1',
    modality: 'MR',
    bodyPart: 'BRAIN',
    bodyPartGuessed: false,
    files: ['/data/brain1_image.nrrd'],
    fileStamps: [{ size: 100, mtimeMs: 1 }],
    pixels: {
      kind: 'volume',
      geometry: {
        dims: [8, 8, 4],
        spacing: [1, 1, 1],
        origin: [0, 0, 0],
        direction: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
      voxelType: 'int16',
      valueRange: [0, 100],
      voi: [],
    },
    dicom: null,
    warnings: [],
    analysable: true,
    ...change,
  };
}

/** A made photo of 20 x 10 RGB. */
export const madePhoto = (change: Partial<ScannedSeries> = {}): ScannedSeries =>
  madeSeries({
    format: 'png',
    modality: 'ES',
    bodyPart: 'COLON',
    studyInstanceUid: '2.25.2',
    seriesInstanceUid: '2.25.2.1',
    files: ['/data/photo.png'],
    pixels: {
      kind: 'image',
      width: 20,
      height: 10,
      frames: 1,
      channels: 3,
      voxelType: 'uint8',
      pixelSpacing: null,
      valueRange: [0, 255],
      voi: [],
    },
    ...change,
  });

/** A detect answer with one finding a score, boxes of 2 mm along x. */
export const found = (...scores: number[]): EngineOutput<'detect'> => ({
  modelId: 'brain',
  modelVersion: '1.0.0',
  modelHash: 'a'.repeat(64),
  threshold: 0.5,
  scoreFloor: 0.05,
  durationMs: 12,
  findings: scores.map((score, n) => ({
    label: 'tumour',
    score,
    provenance: 'network' as const,
    place: { space: 'lps' as const, boxLps: [n, 1, 1, n + 2, 3, 3] },
  })),
});

export interface Harness {
  services: Services;
  store: Store;
  engine: FakeEngine;
  folder: string;
  /** `name payload` of every event so far. */
  told: { name: string; payload: unknown }[];
  logged: string[];
  /** Calls a handler as the host does: input and output parsed by the contract. */
  ask<N extends EndpointName>(
    name: Exclude<N, 'app.info' | 'import.pick' | 'export.reveal'>,
    input: EndpointInput<N>,
  ): Promise<EndpointOutput<N>>;
  /** Imports what `scan` finds and waits for every job. @returns ids of the studies touched. */
  importSeries(...series: ScannedSeries[]): Promise<string[]>;
  finished(jobId: string): Promise<Job>;
  /** Closes services and store and opens them again on the same folder, as a restart does. */
  restart(how?: 'cleanly' | 'killed'): Promise<void>;
  end(): Promise<void>;
}

/** Of the harness's store. */
export const harnessKey = Buffer.alloc(32, 3);

/** Services over a real store in a temporary folder and a fake engine; the clock advances a second a look. */
export function servicesHarness(answers: Partial<Answers> = {}, defaultReviewer = 'Dr Test'): Harness {
  const folder = mkdtempSync(join(tmpdir(), 'regio-services-'));
  const key = harnessKey;
  const engine = fakeEngine(answers);
  let seconds = 0;
  let ids = 0;
  const told: Harness['told'] = [];
  const logged: string[] = [];
  const make = (store: Store): Services =>
    createServices({
      store,
      engine,
      clock: { now: () => new Date(Date.UTC(2026, 0, 1) + 1000 * seconds++) },
      newId: () => `id-${++ids}`,
      softwareVersion: '0.0.0-test',
      emit: (name, payload) => void told.push({ name, payload }),
      ownModelsFolder: join(folder, 'models'),
      defaultReviewer,
      passphraseCost: 4,
      log: (line) => void logged.push(line),
    });
  const store = openStore({ folder, key });
  const harness: Harness = {
    store,
    services: make(store),
    engine,
    folder,
    told,
    logged,
    async ask(name, input) {
      const handler = harness.services.handlers[name] as (input: unknown) => unknown;
      const { input: inputSchema, output: outputSchema } = endpoints[name];
      return outputSchema.parse(await handler(inputSchema.parse(input))) as never;
    },
    async importSeries(...series) {
      engine.answers.scan = () => ({ series, skipped: [] });
      const { jobId } = await harness.ask('import.paths', { paths: ['/data'] });
      const job = await harness.finished(jobId);
      if (job.result?.kind !== 'import')
        throw new Error(`the import ended as ${job.state}: ${job.error?.message}`);
      return job.result.studyIds;
    },
    async finished(jobId) {
      const job = await harness.services.waitForJob(jobId);
      await harness.services.idle();
      return job;
    },
    async restart(how = 'cleanly') {
      if (how === 'cleanly') await harness.services.close();
      harness.store.close();
      harness.store = openStore({ folder, key });
      harness.services = make(harness.store);
    },
    async end() {
      await harness.services.close();
      harness.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return harness;
}

/** A promise the test settles. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The code with which work was refused, or 'done'. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );
