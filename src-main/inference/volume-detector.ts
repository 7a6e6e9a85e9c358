import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import { suppressBoxes3 } from '../core/detection/suppress-3d';
import { boxIjkToLps } from '../core/geometry/affine';
import type { Box3 } from '../core/geometry/box';
import type { Vec3 } from '../core/geometry/vec3';
import { alignedGrid, clipToGrid } from '../core/volume/grid';
import { createGridSampler } from '../core/volume/resample';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { OpenedVolumeBundle } from './bundle/read';
import type { VolumeBundle } from './bundle/schema';
import type { Candidate, DetectOptions, Detector, Proposal } from './detector';
import { CompiledNetwork3d } from './network3d/compiled3d';
import type { VolumeNetwork } from './network3d/volume-network';
import { proposeInWindow, type WindowProposals } from './network3d/window-proposals';
import { answersFor, isAir, planWindows, WindowReader, type WindowPlan } from './preprocess/volume-windows';
import { loadTensorflow, type Tensorflow } from './tensorflow';

/** One native allocation of 2 GiB ends an Electron process; half of that is fine (docs/architecture.md). */
const maxTensorBytes = 2 ** 30;

/** @throws AppError model.invalid */
export async function loadVolumeDetector(opened: OpenedVolumeBundle): Promise<Detector> {
  const { bundle } = opened;
  const tf = await loadTensorflow();
  const network = openNetwork(tf, opened);
  const { size } = planWindows(bundle.input.window, bundle.input, network.sizeDivisible);
  if (network.largestTensorBytes(size) >= maxTensorBytes) {
    network.dispose();
    throw new AppError(
      'model.invalid',
      `The windows of ${bundle.name} are too large: one array of its network would take over 1 GiB.`,
      'Install a version of it with smaller windows.',
      { file: bundle.folder, field: 'input.window' },
    );
  }
  return new VolumeDetector(tf, bundle, network);
}

function openNetwork(tf: Tensorflow, { bundle, model, parameters }: OpenedVolumeBundle): VolumeNetwork {
  switch (model.format) {
    case 'regio-rpn3d-1':
      return new CompiledNetwork3d(tf, model.architecture, parameters());
    default:
      throw new AppError(
        'model.invalid',
        `${bundle.name} is a kind of network (${model.format}) that this version cannot run.`,
        'Install a model made for this program.',
        { file: bundle.folder },
      );
  }
}

/** How far beyond its part a window still answers, voxels: two windows see one lesion at slightly other places. */
const answerMargin = 4;

/** Runs a 3D network over a volume window by window. */
export class VolumeDetector implements Detector {
  private disposed = false;

  constructor(
    private readonly tf: Tensorflow,
    readonly bundle: VolumeBundle,
    private readonly network: VolumeNetwork,
  ) {}

  get modelHash(): string {
    return this.bundle.modelHash;
  }

  detectImage(_image: RasterImage, _options: DetectOptions = {}): Promise<Proposal[]> {
    return Promise.reject(
      new AppError(
        'detection.failed',
        `${this.bundle.name} reads volumes, not single pictures.`,
        'Choose a model made for this kind of picture.',
      ),
    );
  }

  /**
   * 1. Lay the bundle's grid around the volume. 2. Run the network on each window that is not air. 3. Keep the boxes that
   * the window answers for. 4. Suppress over the whole volume, clip, and turn into mm.
   */
  async detectVolume(volume: Volume, options: DetectOptions = {}): Promise<Candidate[]> {
    this.check(options.signal);
    options.onProgress?.(0, 'Preparing the volume');
    const { input, proposals, labels } = this.bundle;
    const grid = alignedGrid(volume, input.spacing, input.orientation);
    const plan = planWindows(grid.dims, input, this.network.sizeDivisible);
    const reader = new WindowReader(createGridSampler(volume, grid), grid, input, plan.size);
    const all: GridBoxes = { boxes: [], scores: [], classes: [] };
    const [xs, ys, zs] = plan.starts;
    let done = 0;
    for (const k of zs.keys()) {
      for (const j of ys.keys()) {
        for (const i of xs.keys()) {
          // Messages (abort, progress) get their turn: the network itself blocks the thread.
          await setImmediate();
          this.check(options.signal);
          const window = reader.read([xs[i]!, ys[j]!, zs[k]!]);
          if (!isAir(window))
            keepAnswered(all, await this.propose(window, plan.size, options), plan, [i, j, k]);
          options.onProgress?.(++done / plan.count, `Window ${done} of ${plan.count}`);
        }
      }
    }
    this.check(options.signal);
    return suppressBoxes3(all.boxes, all.scores, all.classes, {
      iouThreshold: proposals.nmsIouThreshold,
      insideThreshold: proposals.insideThreshold,
      limit: proposals.postNmsTopN,
    }).flatMap((n) => {
      const box = clipToGrid(grid, all.boxes.slice(n * 6, n * 6 + 6) as unknown as Box3);
      if (!box) return [];
      return [{ boxLps: boxIjkToLps(grid, box), score: all.scores[n]!, label: labels[all.classes[n]!]! }];
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.network.dispose();
  }

  private async propose(window: Float32Array, size: Vec3, options: DetectOptions): Promise<WindowProposals> {
    const { anchors, proposals, thresholds } = this.bundle;
    const minScore = options.minScore ?? thresholds.scoreFloor;
    try {
      return await proposeInWindow(this.tf, this.network, anchors, proposals, window, size, minScore);
    } catch (cause) {
      throw new AppError(
        'detection.failed',
        'The network could not run.',
        'Close other programs that use much memory and try again.',
        undefined,
        { cause },
      );
    }
  }

  private check(signal: AbortSignal | undefined): void {
    if (this.disposed)
      throw new AppError('detection.failed', 'The model was already closed.', 'Start the detection again.');
    if (signal?.aborted)
      throw new AppError('job.cancelled', 'Detection was cancelled.', 'Start it again when ready.');
  }
}

/** Boxes [N, 6] in voxels of the grid, with score and class. */
interface GridBoxes {
  readonly boxes: number[];
  readonly scores: number[];
  readonly classes: number[];
}

/** Adds the boxes whose centre lies where this window answers: near its border a neighbour sees more around them. */
function keepAnswered(all: GridBoxes, found: WindowProposals, plan: WindowPlan, at: Vec3): void {
  const parts = at.map((n, a) => answersFor(plan.starts[a]!, n, plan.size[a]!));
  const start = at.map((n, a) => plan.starts[a]![n]!);
  for (let n = 0; n < found.scores.length; n++) {
    const box = Array.from(found.boxes.subarray(n * 6, n * 6 + 6), (v, d) => v + start[d % 3]!);
    const answered = parts.every(([low, high], a) => {
      const center = (box[a]! + box[a + 3]!) / 2;
      return center >= low - answerMargin && center < high + answerMargin;
    });
    if (!answered) continue;
    all.boxes.push(...box);
    all.scores.push(found.scores[n]!);
    all.classes.push(found.classes[n]!);
  }
}
