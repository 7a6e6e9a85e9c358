import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import type { PictureExplanation } from '../core/detection/explanation';
import {
  expectedSlices,
  mergeSliceBoxes,
  traceSliceMerging,
  type SliceBox,
  type SliceMergeOptions,
} from '../core/detection/slice-merging';
import { selectiveSearch2 } from '../core/proposals/selective-search-2d';
import { boxIjkToLps, lpsToIjk } from '../core/geometry/affine';
import type { Vec3 } from '../core/geometry/vec3';
import type { NotAnalysable } from '../core/quality/verdict';
import type { RasterImage, Volume } from '../core/volume/volume';
import { readBundle, type OpenedBundle } from './bundle/read';
import type { PictureBundle, SelectiveSearchSpec } from './bundle/schema';
import { CalibratedDetector } from './calibrated-detector';
import type {
  Candidate,
  DetectOptions,
  Detector,
  ExplainOptions,
  Proposal,
  VolumeJudgement,
} from './detector-types';
import { explainMerging, explainPicture, outside, type ExplainRequest } from './explain';
import { judgeSlices } from './gate/judge-slices';
import { PictureGate } from './gate/picture-gate';
import { CompiledNetwork } from './network/compiled';
import { invert } from './preprocess/affine2';
import { toNetworkInput, type IntensityRange } from './preprocess/intensity';
import { proposeOnPicture, traceTiles, type ProposeOnCanvas } from './picture-proposals';
import { planPicture, tileAt, type PicturePlan } from './preprocess/picture-plan';
import { planSlices, toSliceBox, type SlicePlan } from './preprocess/slices';
import { fullScale, viewPixels, type View } from './preprocess/view';
import { loadTensorflow } from './tensorflow';
import { loadMappedDetector } from './tfjs/mapped-detector';
import { loadVolumeDetector } from './volume-detector';

/** @throws AppError model.not-found, model.checksum or model.invalid */
export async function loadDetector(bundleFolder: string): Promise<Detector> {
  return openDetector(await readBundle(bundleFolder));
}

/** @throws AppError model.invalid */
export async function openDetector(opened: OpenedBundle): Promise<Detector> {
  const { calibration } = opened.bundle;
  const detector = await openNetwork(opened);
  return calibration ? new CalibratedDetector(detector, calibration) : detector;
}

async function openNetwork(opened: OpenedBundle): Promise<Detector> {
  if (opened.kind === 'volume') return loadVolumeDetector(opened);
  if (opened.kind === 'mapped') return loadMappedDetector(opened);
  const tf = await loadTensorflow();
  const { bundle } = opened;
  const network = new CompiledNetwork(
    tf,
    opened.architecture,
    bundle.anchors,
    bundle.input,
    bundle.proposals,
    opened.parameters(),
  );
  const { gateFeatures } = opened;
  const gate =
    bundle.gate && gateFeatures ? new PictureGate(bundle.gate, gateFeatures, network, bundle.input) : null;
  return new RpnDetector(bundle, network, gate);
}

class RpnDetector implements Detector {
  private disposed = false;

  constructor(
    readonly bundle: PictureBundle,
    private readonly network: CompiledNetwork,
    private readonly gate: PictureGate | null,
  ) {}

  get modelHash(): string {
    return this.bundle.modelHash;
  }

  judgeImage(image: RasterImage): Promise<NotAnalysable | null> {
    this.check(undefined);
    return Promise.resolve(this.gate?.check(image, fullScale(image)) ?? null);
  }

  judgeVolume(volume: Volume): Promise<VolumeJudgement> {
    this.check(undefined);
    if (!this.gate) return Promise.resolve({ checked: 0, notAnalysable: null });
    return Promise.resolve(judgeSlices(this.gate, this.planVolume(volume).plan, this.bundle.input));
  }

  async detectImage(image: RasterImage, options: DetectOptions = {}): Promise<Proposal[]> {
    this.check(options.signal);
    options.onProgress?.(0, 'Looking at the picture');
    const proposals = await this.proposeImage(this.planImage(image), options);
    options.onProgress?.(1, 'Done');
    return proposals;
  }

  async detectVolume(volume: Volume, options: DetectOptions = {}): Promise<Candidate[]> {
    this.check(options.signal);
    const { plan, merging } = this.planVolume(volume);
    const merged = mergeSliceBoxes(await this.readSlices(volume, plan, options), merging);
    options.onProgress?.(1, 'Done');
    return merged.map(({ boxIjk, ...rest }) => ({ ...rest, boxLps: boxIjkToLps(volume, boxIjk) }));
  }

  async explainImage(
    image: RasterImage,
    point: readonly [number, number],
    options: DetectOptions = {},
  ): Promise<PictureExplanation> {
    this.check(options.signal);
    const plan = this.planImage(image);
    const { tile, index, skipped } = tileAt(plan, point);
    // Of several tiles the others must be read too: they complete this one's boxes, or take them away.
    const traced =
      plan.tiles.length > 1 && !skipped
        ? await traceTiles(plan, this.bundle.proposals, this.onCanvas(plan, options))
        : null;
    const explained = await this.explain(
      plan.view(tile),
      point,
      options,
      traced ? (place) => traced.fateOf(index, place) : undefined,
    );
    return { ...explained, frame: 0, skipped, candidates: null };
  }

  /** The slice through the point; with `whole` all of them, and how their boxes merged. */
  async explainVolume(
    volume: Volume,
    pointLps: Vec3,
    options: ExplainOptions = {},
  ): Promise<PictureExplanation> {
    this.check(options.signal);
    const { plan, merging } = this.planVolume(volume);
    const ijk = lpsToIjk(volume, pointLps);
    const frame = Math.round(ijk[2]);
    if (!(frame >= 0 && frame < volume.dims[2])) throw outside(`The volume has ${volume.dims[2]} slices.`);
    const point = [ijk[0] + 0.5, ijk[1] + 0.5] as const;
    const explained = await this.explain(this.viewSlice(plan, frame), point, options);
    const whole = options.whole ? await this.readSlices(volume, plan, options) : null;
    const candidates =
      whole && explainMerging(volume, traceSliceMerging(whole, merging), ijk, explained.scoreFloor);
    return { ...explained, frame, skipped: !plan.indices.includes(frame), candidates };
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.network.dispose();
  }

  private planVolume(volume: Volume): { plan: SlicePlan; merging: SliceMergeOptions } {
    const { input, volume: rules } = this.bundle;
    if (!rules) {
      throw new AppError(
        'detection.failed',
        `${this.bundle.name} reads single pictures, not volumes.`,
        'Choose a model made for this kind of scan.',
      );
    }
    const wanted =
      input.intensity.kind === 'percentile' ? ([input.intensity.low, input.intensity.high] as const) : null;
    return {
      plan: planSlices(volume, input.size, rules.marginFraction, wanted),
      merging: {
        iouThreshold: rules.iouThreshold,
        maxGapSlices: rules.maxGapSlices,
        minSlices: expectedSlices(volume.spacing[2]),
      },
    };
  }

  /** Boxes of each slice along k; none in those that the plan leaves out. */
  private async readSlices(volume: Volume, plan: SlicePlan, options: DetectOptions): Promise<SliceBox[][]> {
    const slices: SliceBox[][] = Array.from({ length: volume.dims[2] }, () => []);
    for (const [n, index] of plan.indices.entries()) {
      this.check(options.signal);
      options.onProgress?.(n / plan.indices.length, `Slice ${n + 1} of ${plan.indices.length}`);
      slices[index] = await this.propose(this.viewSlice(plan, index), options);
      // Messages (abort, progress) get their turn: the network itself blocks the thread.
      await setImmediate();
    }
    this.check(options.signal);
    return slices;
  }

  private planImage(image: RasterImage): PicturePlan {
    return planPicture(image, this.bundle.input, fullScale(image));
  }

  /** @returns boxes px of the picture, best first */
  private async proposeImage(plan: PicturePlan, options: DetectOptions): Promise<Proposal[]> {
    const rules = { ...this.bundle.proposals, ...options.proposals };
    const found = await proposeOnPicture(plan, rules, this.onCanvas(plan, options));
    return found.map(({ classIndex, ...rest }) => ({ ...rest, label: this.bundle.labels[classIndex]! }));
  }

  private onCanvas(plan: PicturePlan, options: DetectOptions): ProposeOnCanvas {
    const count = plan.tiles.length;
    return async (view, n) => {
      if (count > 1) {
        // Messages (abort, progress) get their turn: the network itself blocks the thread.
        await setImmediate();
        this.check(options.signal);
        options.onProgress?.(n / count, `Part ${n + 1} of ${count}`);
      }
      return this.run(view, options, (image, minScore, regions) =>
        this.network.propose(image, minScore, regions, options.proposals),
      );
    };
  }

  private viewSlice(plan: SlicePlan, index: number): View {
    const { pixels, toCanvas, range } = plan.view(index);
    return viewPixels(pixels, toCanvas, range, this.bundle.input.size);
  }

  /** @returns boxes px of the picture, best first */
  private propose(view: View, options: DetectOptions): Promise<Proposal[]> {
    const fromCanvas = invert(view.toCanvas);
    return this.run(view, options, async (image, minScore, regions) => {
      const found = await this.network.propose(image, minScore, regions, options.proposals);
      return found.flatMap(({ classIndex, box, ...rest }) => {
        const inside = toSliceBox(box, fromCanvas, view.width, view.height);
        return inside ? [{ ...rest, box: inside, label: this.bundle.labels[classIndex]! }] : [];
      });
    });
  }

  private explain(
    view: View,
    point: readonly [number, number],
    options: DetectOptions,
    merged?: ExplainRequest['merged'],
  ): ReturnType<typeof explainPicture> {
    const { toCanvas, width, height } = view;
    return this.run(view, options, (image, minScore, regions) => {
      const request = { image, toCanvas, width, height, point, minScore, regions, merged };
      return explainPicture(this.network, this.bundle, request);
    });
  }

  private async run<T>(
    { canvas, channels, range }: View,
    options: DetectOptions,
    work: (image: Float32Array, minScore: number, regions: Float32Array) => Promise<T>,
  ): Promise<T> {
    const { input, thresholds } = this.bundle;
    const regions = this.searchRegions(canvas, channels, range, options);
    try {
      const image = toNetworkInput(canvas, channels, range, input);
      return await work(image, options.minScore ?? thresholds.scoreFloor, regions);
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

  /** Places that selective search points at, [R, 4] px of the canvas. */
  private searchRegions(
    data: Float32Array,
    channels: 1 | 3,
    valueRange: IntensityRange,
    { selectiveSearch, signal }: DetectOptions,
  ): Float32Array {
    const wanted = selectiveSearch ?? this.bundle.selectiveSearch !== undefined;
    if (!wanted) return new Float32Array(0);
    const size = this.bundle.input.size;
    const rules = this.bundle.selectiveSearch ?? defaultSelectiveSearch;
    const shouldStop = (): boolean => signal?.aborted ?? false;
    const picture = { data, width: size, height: size, channels };
    return selectiveSearch2(picture, { ...rules, valueRange, shouldStop }).boxes;
  }

  private check(signal: AbortSignal | undefined): void {
    if (this.disposed)
      throw new AppError('detection.failed', 'The model was already closed.', 'Start the detection again.');
    if (signal?.aborted)
      throw new AppError('job.cancelled', 'Detection was cancelled.', 'Start it again when ready.');
  }
}

/** Where a bundle was not told otherwise; see docs/models for the recall that this gives. */
const defaultSelectiveSearch: SelectiveSearchSpec = { mode: 'fast', limit: 1000 };
