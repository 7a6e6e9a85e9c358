import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import type { PictureExplanation, VolumeExplanation } from '../core/detection/explanation';
import { suppressBoxes3, suppressWhere } from '../core/detection/suppress-3d';
import { boxIjkToLps, boxLpsToIjk } from '../core/geometry/affine';
import type { Box3 } from '../core/geometry/box';
import type { Vec3 } from '../core/geometry/vec3';
import { checkCtVolume } from '../core/quality/ct-volume';
import type { NotAnalysable } from '../core/quality/verdict';
import { maxArrayBytes } from '../core/volume/array-limit';
import { alignedGrid, clipToGrid } from '../core/volume/grid';
import { lungMaskBytes } from '../core/volume/lung-mask';
import { createGridSampler } from '../core/volume/resample';
import type { RasterImage, Volume, VolumeGeometry } from '../core/volume/volume';
import type { OpenedVolumeBundle } from './bundle/read';
import type { VolumeBundle } from './bundle/schema';
import type {
  Candidate,
  DetectOptions,
  Detector,
  ExplainOptions,
  Proposal,
  VolumeJudgement,
} from './detector-types';
import { explainInVolume, windowAtPoint } from './explain-volume';
import { selectiveSearch3 } from '../core/proposals/selective-search-3d';
import {
  keepAnswered,
  boxAt,
  noBoxes,
  provenanceOf,
  regionsInWindow,
  type GridBoxes,
  type SuppressedBoxes,
} from './grid-boxes';
import { CompiledNetwork3d } from './network3d/compiled3d';
import { explainWindow } from './network3d/explain-window';
import type { VolumeNetwork } from './network3d/volume-network';
import { cannotJudgeRegions, proposeInWindow, type WindowProposals } from './network3d/window-proposals';
import { checkExtent } from './preprocess/check-extent';
import { lungRegion, type LungRegion } from './preprocess/lung-region';
import {
  countWindows,
  isAir,
  planWindows,
  WindowReader,
  windowSize,
  type WindowPlan,
} from './preprocess/volume-windows';
import { planAround } from './preprocess/windows-around';
import { RetinaNet } from './retinanet3d/retinanet';
import { stitchedBytes } from './retinanet3d/stitched-boxes';
import { detectStitched } from './retinanet3d/stitched-windows';
import { loadTensorflow, type Tensorflow } from './tensorflow';

/** @throws AppError model.invalid */
export async function loadVolumeDetector(opened: OpenedVolumeBundle): Promise<Detector> {
  const { bundle } = opened;
  const tf = await loadTensorflow();
  const network = openNetwork(tf, opened);
  const size = windowSize(bundle.input.window, bundle.input, network.sizeDivisible);
  if (network.largestTensorBytes(size) >= maxArrayBytes) {
    network.dispose();
    throw new AppError(
      'model.invalid',
      `The windows of ${bundle.name} are too large: one array of its network would take over 1 GiB.`,
      'Install a version of it with smaller windows.',
      { file: bundle.folder, field: 'input.window' },
    );
  }
  return new VolumeDetector(tf, bundle, network, opened.model.format === 'monai-retinanet3d-1');
}

function openNetwork(tf: Tensorflow, { model, bundle, parameters }: OpenedVolumeBundle): VolumeNetwork {
  const { input, anchors } = bundle;
  if (input.flipAveraging && (model.format !== 'regio-rpn3d-1' || anchors.offset !== 0.5)) {
    throw new AppError(
      'model.invalid',
      `${bundle.name} asks to be read mirrored, which only networks of Regio's own with anchors in the middle of their cells can be.`,
      'Remove input.flipAveraging from its bundle.json, or install another version of it.',
      { file: bundle.folder, field: 'input.flipAveraging' },
    );
  }
  switch (model.format) {
    case 'regio-rpn3d-1':
      return new CompiledNetwork3d(tf, model.architecture, parameters(), input.flipAveraging);
    case 'monai-retinanet3d-1':
      return new RetinaNet(tf, model.architecture, parameters());
  }
}

/** Runs a 3D network over a volume window by window. */
export class VolumeDetector implements Detector {
  private disposed = false;

  constructor(
    private readonly tf: Tensorflow,
    readonly bundle: VolumeBundle,
    private readonly network: VolumeNetwork,
    /** Whether windows are averaged before they are decoded, as where the network was trained (retinanet3d). */
    private readonly stitched = false,
  ) {}

  get modelHash(): string {
    return this.bundle.modelHash;
  }

  judgeImage(): Promise<NotAnalysable | null> {
    return Promise.reject(this.noPictures());
  }

  judgeVolume(volume: Volume): Promise<VolumeJudgement> {
    const { gate } = this.bundle;
    return Promise.resolve({
      checked: gate ? 1 : 0,
      notAnalysable: gate ? checkCtVolume(volume, gate) : null,
    });
  }

  detectImage(_image: RasterImage, _options: DetectOptions = {}): Promise<Proposal[]> {
    return Promise.reject(this.noPictures());
  }

  explainImage(): Promise<PictureExplanation> {
    return Promise.reject(this.noPictures());
  }

  /**
   * 1. Lay the bundle's grid around the volume, and windows over it (around the lungs, where the bundle says so). 2. Run
   * the network on each window that is not air. 3. Keep the boxes that
   * the window answers for. 4. Suppress over the whole volume, clip, and turn into mm.
   */
  async detectVolume(volume: Volume, options: DetectOptions = {}): Promise<Candidate[]> {
    this.check(options.signal);
    const { labels } = this.bundle;
    const layout = this.lay(volume, options);
    const found = await this.readVolume(layout, options);
    const { all, suppression } = found;
    const provenances = provenanceOf(found);
    return suppression.kept.flatMap((n, k) => {
      const box = clipToGrid(layout.grid, all.boxes.slice(n * 6, n * 6 + 6) as unknown as Box3);
      if (!box) return [];
      const [score, label] = [all.scores[n]!, labels[all.classes[n]!]!];
      return [{ boxLps: boxIjkToLps(layout.grid, box), score, label, provenance: provenances[k]! }];
    });
  }

  /** The window that answers for the point; with `whole` all of them, and what suppression made of their boxes. */
  async explainVolume(
    volume: Volume,
    pointLps: Vec3,
    options: ExplainOptions = {},
  ): Promise<VolumeExplanation> {
    this.check(options.signal);
    const { bundle, tf, network } = this;
    const layout = this.lay(volume, options);
    const { grid, plan, reader } = layout;
    const place = windowAtPoint(
      grid,
      plan,
      network.sizeDivisible,
      pointLps,
      layout.lungs ? 'The model looks at the lungs alone, which end before it.' : undefined,
    );
    const window = reader.read(place.window.start);
    const [levels, decoded] = await this.run(async () => [
      await explainWindow(tf, network, bundle.anchors, window, plan.size, place.local),
      await proposeInWindow(
        tf,
        network,
        bundle.anchors,
        { ...bundle.proposals, scoreThreshold: 0 },
        window,
        plan.size,
        0,
      ),
    ]);
    const skipped = isAir(window) || place.index < 0;
    const scoreFloor = options.minScore ?? bundle.thresholds.scoreFloor;
    const whole = options.whole ? await this.readVolume(layout, options) : null;
    const { stitched } = this;
    const found = { bundle, grid, plan, place, scoreFloor, skipped, stitched, levels, decoded, whole };
    return explainInVolume(pointLps, found);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.network.dispose();
  }

  private lay(volume: Volume, options: DetectOptions): Layout {
    options.onProgress?.(0, 'Preparing the volume');
    const { input, lungMask } = this.bundle;
    const { sizeDivisible } = this.network;
    const whole = alignedGrid(volume, input.spacing, input.orientation);
    checkExtent(whole, countWindows(whole.dims, input, sizeDivisible), [
      lungMask ? lungMaskBytes(whole) : 0,
      this.stitched ? stitchedBytes(this.bundle, whole.dims) : 0,
    ]);
    const lungs = lungMask ? lungRegion(volume, whole, lungMask.marginMm) : null;
    const grid = lungs?.grid ?? whole;
    const plan = lungs
      ? planAround(lungs.cells(sizeDivisible), input, (size) => this.holds(size))
      : planWindows(grid.dims, input, sizeDivisible);
    const reader = new WindowReader(
      createGridSampler(volume, grid),
      grid,
      input,
      plan.size,
      lungs ? plan.windows : [],
    );
    return { grid, plan, reader, lungs, regions: this.searchRegions(volume, grid, options) };
  }

  /** Places that selective search points at, in voxels of the grid; none unless asked for. */
  private searchRegions(volume: Volume, grid: VolumeGeometry, options: DetectOptions): Box3[] {
    if (!options.selectiveSearch) return [];
    if (this.stitched) throw cannotJudgeRegions();
    const { low, high } = this.bundle.input.intensity;
    const { boxes } = selectiveSearch3(volume, {
      valueRange: [low, high],
      shouldStop: () => options.signal?.aborted ?? false,
      onProgress: (fraction) => options.onProgress?.(fraction / 4, 'Grouping regions'),
    });
    return Array.from({ length: boxes.length / 6 }, (_, n) => {
      const box = Array.from(boxes.subarray(n * 6, n * 6 + 6)) as unknown as Box3;
      return boxLpsToIjk(grid, boxIjkToLps(volume, box));
    });
  }

  /** Every box that reached suppression, and what it made of them. */
  private async readVolume(layout: Layout, options: DetectOptions): Promise<SuppressedBoxes> {
    if (this.stitched) return this.stitchWindows(layout, options);
    const all = await this.readWindows(layout, options);
    const { nmsIouThreshold, insideThreshold, postNmsTopN } = this.bundle.proposals;
    const rules = { iouThreshold: nmsIouThreshold, insideThreshold, limit: postNmsTopN };
    const { lungs } = layout;
    const suppression = lungs
      ? suppressWhere((n) => lungs.touches(boxAt(all, n)), all.boxes, all.scores, all.classes, rules)
      : suppressBoxes3(all.boxes, all.scores, all.classes, rules);
    return { all, suppression };
  }

  /** Whether no array of the network on windows of this size is too large. */
  private holds(size: Vec3): boolean {
    return this.network.largestTensorBytes(size) < maxArrayBytes;
  }

  /** Runs the network on each window that is not air. @returns what each of them answers for */
  private async readWindows({ plan, reader, regions }: Layout, options: DetectOptions): Promise<GridBoxes> {
    const all = noBoxes();
    for (const [n, planned] of plan.windows.entries()) {
      // Messages (abort, progress) get their turn: the network itself blocks the thread.
      await setImmediate();
      this.check(options.signal);
      const window = reader.read(planned.start);
      if (!isAir(window)) {
        const own = regionsInWindow(regions, planned);
        keepAnswered(all, await this.propose(window, plan.size, options, own), planned, n);
      }
      const done = n + 1;
      options.onProgress?.(done / plan.windows.length, `Window ${done} of ${plan.windows.length}`);
    }
    this.check(options.signal);
    return all;
  }

  private async stitchWindows(
    { grid, plan, reader }: Layout,
    options: DetectOptions,
  ): Promise<SuppressedBoxes> {
    const { tf, bundle, network } = this;
    const minScore = options.minScore ?? bundle.thresholds.scoreFloor;
    const onWindow = async (done: number, count: number): Promise<void> => {
      await setImmediate();
      options.onProgress?.(done / count, `Window ${Math.min(done + 1, count)} of ${count}`);
      // Last: a window may take minutes, and whoever follows the progress may have cancelled just now.
      this.check(options.signal);
    };
    const run = { tf, network, bundle, dims: grid.dims, window: plan.size, reader, minScore, onWindow };
    const { suppression, ...boxes } = (await this.run(() => detectStitched(run))).considered;
    // Averaged over windows, a box comes from no single one.
    return {
      all: { ...boxes, origins: boxes.scores.map(() => ''), sources: boxes.scores.map(() => 'network') },
      suppression,
    };
  }

  private propose(
    window: Float32Array,
    size: Vec3,
    options: DetectOptions,
    regions: readonly number[],
  ): Promise<WindowProposals> {
    const { anchors, proposals, thresholds } = this.bundle;
    const minScore = options.minScore ?? thresholds.scoreFloor;
    return this.run(() =>
      proposeInWindow(this.tf, this.network, anchors, proposals, window, size, minScore, regions),
    );
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError(
        'detection.failed',
        'The network could not run.',
        'Close other programs that use much memory and try again.',
        undefined,
        { cause },
      );
    }
  }

  private noPictures(): AppError {
    return new AppError(
      'detection.failed',
      `${this.bundle.name} reads volumes, not single pictures.`,
      'Choose a model made for this kind of picture.',
    );
  }

  private check(signal: AbortSignal | undefined): void {
    if (this.disposed)
      throw new AppError('detection.failed', 'The model was already closed.', 'Start the detection again.');
    if (signal?.aborted)
      throw new AppError('job.cancelled', 'Detection was cancelled.', 'Start it again when ready.');
  }
}

/** The network's grid around a volume, and its windows. */
interface Layout {
  readonly grid: VolumeGeometry;
  readonly plan: WindowPlan;
  readonly reader: WindowReader;
  /** Null: the model looks everywhere. */
  readonly lungs: LungRegion | null;
  /** Of selective search, voxels of the grid. */
  readonly regions: readonly Box3[];
}
