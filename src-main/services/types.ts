import type { EndpointHandlers, EndpointName, EventName, EventPayload } from '../contract/endpoints';
import type { ExportFormat, Job, SkippedFile } from '../contract/entities';
import type { Engine } from '../contract/engine-protocol';
import type { Store } from '../storage';

/** Injected, so that tests and audits decide what time it is. */
export interface Clock {
  now(): Date;
}

/** Tells every window; the CLI passes a function that does nothing. */
export type Emit = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

export interface ServicesOptions {
  store: Store;
  engine: Engine;
  clock: Clock;
  newId: () => string;
  softwareVersion: string;
  emit: Emit;
  /** Models made here from reviewed cases ({@link ownModels} of folders.ts); the engine reads the same folder. */
  ownModelsFolder: string;
  /** Reviewer name until settings hold one: the account name of the machine, or empty. */
  defaultReviewer?: string;
  /** log2 of scrypt's N for passphrases; left out: {@link usualCost}. */
  passphraseCost?: number;
  /** One line for the log; never patient data. */
  log?: (line: string) => void;
}

/** Endpoints only the host can answer: they need Electron. A null folder to write to is the host's, too. */
type HostEndpoint = 'app.info' | 'import.pick' | 'export.reveal';
export type ServiceHandlers = Omit<EndpointHandlers, HostEndpoint>;

export interface Services {
  /** One a contract endpoint. Inputs are expected parsed by the endpoint's schema. Errors are AppError. */
  readonly handlers: ServiceHandlers;
  /** @throws AppError 'session.needed' where `handlers` would refuse this endpoint: for those the host answers itself. */
  assertOpen(name: EndpointName): void;
  /** Whether `handlers` answer: somebody may look, or the store has no users. */
  isOpen(): boolean;
  /** Locks the screen when its time has come; to be called every few seconds. */
  tick(): void;
  /** Whoever closes the window is done: the next start shows the worklist. Call it once, when all closes. */
  forgetPlaces(): void;
  /** Resolves when the job has ended, whatever its end; AppError 'not-found' for an unknown id. */
  waitForJob(jobId: string): Promise<Job>;
  /** Absolute path of the series' first file. AppError 'not-found' for an unknown id. */
  fileOf(seriesId: string): string;
  /** For the window: queues the detections again that waited when it was closed. Answers how many. */
  resume(): Promise<number>;
  /** Resolves when no job is queued or running. */
  idle(): Promise<void>;
  /** Cancels what runs and waits for its end. The store and the engine stay the caller's to close. */
  close(): Promise<void>;
}

/** One line of the demo's table: a finding at or above its model's operating point. */
export interface DemoRow {
  studyId: string;
  /** The file the series came from, without its folder. */
  file: string;
  model: string;
  number: number;
  label: string;
  score: number;
  /** Box centre, LPS mm for volumes, px for images. */
  center: number[];
  /** Box size, mm or px. */
  size: number[];
  unit: 'mm' | 'px';
}

export interface DemoResult {
  studyIds: string[];
  rows: DemoRow[];
  /** File name -> what the detection says of a study without a row: "No finding at or above ...", "No installed model ...". */
  notes: Record<string, string>;
  /** Absolute paths of every exported file. */
  files: string[];
  skipped: SkippedFile[];
}

export interface DemoOptions {
  services: Services;
  /** The demo volumes (image files only). */
  paths: string[];
  /** Exports go to `<outFolder>/<file name without extension>/`. */
  outFolder: string;
  formats?: ExportFormat[];
  onStep?: (step: string) => void;
}
