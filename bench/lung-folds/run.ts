import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../src-main/core/app-error';
import { evaluateVolumes } from '../../src-main/core/evaluation/evaluate-volumes';
import { calibrateScore, uncalibrateScore } from '../../src-main/core/evaluation/platt';
import type { VolumeLesion, VolumeMark } from '../../src-main/core/evaluation/volume-dataset';
import type { Volume } from '../../src-main/core/volume/volume';
import { trainVolumes, type Detector } from '../../src-main/inference';
import { readBundle } from '../../src-main/inference/bundle/read';
import { openDetector } from '../../src-main/inference/detector';
import { readVolumes, type LabelledVolume } from '../../src-main/inference/training3d/dataset3d';
import { volumeRecipe, type VolumeRecipe } from '../../src-main/inference/training3d/recipe3d';
import { readVolume } from '../../src-main/services/read-volume';
import { plantVolume } from '../../src-main/inference/training3d/synthetic/plant-volume';

/**
 * One fold in a process of its own: trains the recipe without one scan, then looks for that scan's own nodules and for made
 * ones that are put into it. `node run.cjs JSON`; writes FOLD.json into `out`.
 */
interface Request {
  readonly recipe: string;
  /** Last part of the scan's path in the recipe; empty: none is left out, and there is nothing to look for. */
  readonly without: string;
  readonly dataRoot: string;
  readonly packageRoot: string;
  readonly out: string;
  readonly epochs: number | null;
  /** At most. */
  readonly minutes: number | null;
  /** Copies of the scan, and made nodules in each. */
  readonly copies: number;
  readonly nodules: number;
  readonly seed: number;
  /** Measure the bundle that a training before left in `out`. */
  readonly trained: boolean;
  /** Threads that make patches ahead, and their program. */
  readonly batchMakers?: { readonly file: string; readonly count?: number };
}

/** Log-uniform. */
const testSizes = [{ fromMm: 3, toMm: 30, weight: 1 }];

async function main(request: Request): Promise<void> {
  const { without, out, dataRoot, packageRoot } = request;
  const roots = { dataRoot, packageRoot };
  const whole = volumeRecipe.parse(JSON.parse(readFileSync(request.recipe, 'utf8')));
  const fold = without === '' ? whole : leaveOut(whole, without);
  mkdirSync(join(out, 'recipes'), { recursive: true });
  const recipeFile = join(out, 'recipes', `${fold.bundle.id}.json`);
  writeFileSync(recipeFile, `${JSON.stringify(fold, null, 2)}\n`);
  const trained = request.trained
    ? join(out, 'models', fold.bundle.id)
    : await trainFold(request, recipeFile);
  const opened = await readBundle(trained);
  if (opened.kind !== 'volume') throw new Error(`${trained} does not read volumes`);
  // How windows are read is the recipe's as it is now: no weight depends on it.
  const { flipAveraging } = whole.input;
  const input = { ...opened.bundle.input, flipAveraging };
  const detector = await openDetector({ ...opened, golden: null, bundle: { ...opened.bundle, input } });
  const marks: VolumeMark[] = [];
  const lesions: VolumeLesion[] = [];
  const planted: object[] = [];
  const seconds: number[] = [];
  for await (const labelled of readVolumes(fold.data.validation, roots, readVolume)) {
    const scan = `${without}/real`;
    for (const { boxLps, ignore } of labelled.boxes ?? [])
      lesions.push({ series: scan, box: boxLps, ignore });
    const found = await timed(seconds, () => look(detector, labelled.volume, scan));
    marks.push(...found);
    planted.push(...(await lookForMade(detector, labelled, request, lesions, marks)));
  }
  const { training } = detector.bundle;
  detector.dispose();
  const result = {
    without,
    lesions,
    marks: marks.map((m) => ({
      ...m,
      score: Math.round(m.score * 1e5) / 1e5,
      box: m.box.map((v) => Math.round(v * 10) / 10),
    })),
    planted,
    patches: training?.images,
    trainingSeconds: training?.seconds,
    secondsPerScan: seconds.map((s) => Math.round(s * 10) / 10),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  writeFileSync(join(out, `${without}.json`), `${JSON.stringify(result)}\n`);
  const real = evaluateVolumes(
    { series: [{ id: `${without}/real` }], lesions: lesions.filter((l) => l.series.endsWith('/real')) },
    marks.filter((m) => m.series.endsWith('/real')),
    { hit: { kind: 'centre' }, doubleHits: 'ignore' },
  );
  process.stderr.write(`${without}: ${JSON.stringify(real.sensitivityAtFpPerScan)}\n`);
}

/** @returns the bundle's folder */
async function trainFold(request: Request, recipeFile: string): Promise<string> {
  const { without, out, dataRoot, packageRoot } = request;
  const roots = { dataRoot, packageRoot };
  let said = 0;
  const options = {
    ...roots,
    modelsFolder: join(out, 'models'),
    workFolder: join(out, 'work'),
    readVolume,
    batchMakers: request.batchMakers,
  };
  const { epochs, minutes } = request;
  const trained = await trainVolumes(recipeFile, {
    ...options,
    epochs: epochs ?? undefined,
    minutes: minutes ?? undefined,
    onProgress: (p) => {
      if (p.phase !== 'train' || performance.now() - said < 15_000) return;
      said = performance.now();
      process.stderr.write(
        `${without}: step ${p.step} of ${p.steps}, loss ${p.loss?.total.toFixed(3)}, ${p.imagesPerSecond.toFixed(1)} patches/s, ${Math.round(p.etaSeconds)} s left\n`,
      );
    },
  });
  return trained.bundleFolder;
}

/** The made nodules of copies of a scan; its real ones count neither way there. */
async function lookForMade(
  detector: Detector,
  { volume, boxes }: LabelledVolume,
  { without, copies, nodules, seed }: Request,
  lesions: VolumeLesion[],
  marks: VolumeMark[],
): Promise<object[]> {
  const planted: object[] = [];
  const real = (boxes ?? []).map((b) => b.boxLps);
  for (let copy = 0; copy < copies; copy++) {
    const scan = `${without}/made-${copy + 1}`;
    const made = plantVolume(volume, { sizes: testSizes, count: nodules, seed: seed + copy }, real);
    for (const box of real) lesions.push({ series: scan, box, ignore: true });
    for (const { box, diameter, kind, place } of made.nodules) {
      lesions.push({ series: scan, box, size: diameter });
      planted.push({ scan, diameter: Math.round(diameter * 10) / 10, kind, place });
    }
    marks.push(...(await look(detector, made.volume, scan)));
  }
  return planted;
}

async function look(detector: Detector, volume: Volume, series: string): Promise<VolumeMark[]> {
  const { calibration } = detector.bundle;
  const least = 0.01;
  const found = await detector.detectVolume(volume, {
    minScore: calibration ? calibrateScore(calibration, least) : least,
  });
  // The network's own scores: a fold is calibrated on the very scan that it left out.
  return found.map(({ boxLps, score }) => ({
    series,
    box: boxLps,
    score: calibration ? uncalibrateScore(calibration, score) : score,
  }));
}

async function timed<T>(seconds: number[], work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  seconds.push((performance.now() - started) / 1000);
  return result;
}

function leaveOut(recipe: VolumeRecipe, without: string): VolumeRecipe {
  const named = ({ series }: { series: string }): boolean => basename(series).startsWith(without);
  const select = (wanted: boolean): VolumeRecipe['data']['train'] =>
    recipe.data.train
      .map((source) => ({ ...source, volumes: source.volumes.filter((v) => named(v) === wanted) }))
      .filter((source) => source.volumes.length > 0);
  const validation = select(true);
  if (validation.length === 0) throw new Error(`the recipe has no scan ${without}`);
  const id = `${recipe.bundle.id}-without-${without.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const { heldOut: _, ...data } = recipe.data;
  return { ...recipe, bundle: { ...recipe.bundle, id }, data: { ...data, train: select(false), validation } };
}

const request = JSON.parse(process.argv[2]!) as Request;
main(request).catch((error: unknown) => {
  // The model of all scans has its figures from the folds, which may not be there yet; its checkpoint is.
  if (request.without !== '' || !(error instanceof AppError) || error.details?.field !== 'data.heldOut')
    throw error;
  process.stderr.write(
    `all scans: trained. Finish with regio train --work ${join(request.out, 'work')}, --epochs and --minutes as above.\n`,
  );
});
