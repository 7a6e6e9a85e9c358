import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import { expectedSlices, mergeSliceBoxes, type SliceBox } from '../core/detection/slice-merging';
import { boxIjkToLps } from '../core/geometry/affine';
import type { Box2, Box3 } from '../core/geometry/box';
import type { JobOptions } from '../core/study/entities';
import type { RasterImage, Volume } from '../core/volume/volume';
import { readBundle } from './bundle/read';
import type { ModelBundle, PictureBundle } from './bundle/schema';
import { CompiledNetwork } from './network/compiled';
import { invert, letterbox } from './preprocess/affine2';
import { intensityRange, toGrey, toNetworkInput } from './preprocess/intensity';
import { sampleToCanvas, type Pixels } from './preprocess/sample';
import { planSlices, toSliceBox } from './preprocess/slices';
import { loadTensorflow } from './tensorflow';
import { loadVolumeDetector } from './volume-detector';

/** A region of one picture that may be a lesion. */
export interface Proposal {
  /** [x0, y0, x1, y1] px of the picture as given. */
  readonly box: Box2;
  readonly score: number;
  readonly label: string;
}

/** Proposals of neighbouring slices, merged. */
export interface Candidate {
  /** LPS mm. */
  readonly boxLps: Box3;
  readonly score: number;
  readonly label: string;
}

export interface DetectOptions extends JobOptions {
  /** Default: the bundle's score floor. */
  readonly minScore?: number | undefined;
}

/** A loaded model. Use it from one job at a time, and dispose it: weights live outside JavaScript's memory. */
export interface Detector {
  readonly bundle: ModelBundle;
  readonly modelHash: string;
  /** Best first. @throws AppError job.cancelled, detection.failed */
  detectImage(image: RasterImage, options?: DetectOptions): Promise<Proposal[]>;
  /** Slice by slice along k, merged, best first. @throws AppError job.cancelled, detection.failed */
  detectVolume(volume: Volume, options?: DetectOptions): Promise<Candidate[]>;
  dispose(): void;
}

/** @throws AppError model.not-found, model.checksum or model.invalid */
export async function loadDetector(bundleFolder: string): Promise<Detector> {
  const opened = await readBundle(bundleFolder);
  if (opened.kind === 'volume') return loadVolumeDetector(opened);
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
  return new RpnDetector(bundle, network);
}

class RpnDetector implements Detector {
  private disposed = false;

  constructor(
    readonly bundle: PictureBundle,
    private readonly network: CompiledNetwork,
  ) {}

  get modelHash(): string {
    return this.bundle.modelHash;
  }

  async detectImage(image: RasterImage, options: DetectOptions = {}): Promise<Proposal[]> {
    this.check(options.signal);
    options.onProgress?.(0, 'Looking at the picture');
    const { input } = this.bundle;
    const given: Pixels = image;
    const pixels = input.channels === 1 ? toGrey(given) : given;
    const range = intensityRange(pixels, input, fullScale(image));
    const toCanvas = letterbox(pixels.width, pixels.height, input.size);
    const canvas = sampleToCanvas(pixels, toCanvas, input.size, range[0]);
    const found = await this.propose(toNetworkInput(canvas, pixels.channels, range, input), options);
    const fromCanvas = invert(toCanvas);
    const proposals = found.flatMap(({ box, score, label }) => {
      const inside = toSliceBox(box, fromCanvas, image.width, image.height);
      return inside ? [{ box: inside, score, label }] : [];
    });
    options.onProgress?.(1, 'Done');
    return proposals;
  }

  async detectVolume(volume: Volume, options: DetectOptions = {}): Promise<Candidate[]> {
    this.check(options.signal);
    const { input, volume: rules } = this.bundle;
    if (!rules) {
      throw new AppError(
        'detection.failed',
        `${this.bundle.name} reads single pictures, not volumes.`,
        'Choose a model made for this kind of scan.',
      );
    }
    const [width, height, depth] = volume.dims;
    const wanted =
      input.intensity.kind === 'percentile' ? ([input.intensity.low, input.intensity.high] as const) : null;
    const plan = planSlices(volume, input.size, rules.marginFraction, wanted);
    const slices: SliceBox[][] = Array.from({ length: depth }, () => []);
    for (const [n, index] of plan.indices.entries()) {
      this.check(options.signal);
      options.onProgress?.(n / plan.indices.length, `Slice ${n + 1} of ${plan.indices.length}`);
      const { pixels, toCanvas, range } = plan.view(index);
      const canvas = sampleToCanvas(pixels, toCanvas, input.size, range[0]);
      const found = await this.propose(toNetworkInput(canvas, 1, range, input), options);
      const fromCanvas = invert(toCanvas);
      for (const { box, score, label } of found) {
        const inside = toSliceBox(box, fromCanvas, width, height);
        if (inside) slices[index]!.push({ box: inside, score, label });
      }
      // Messages (abort, progress) get their turn: the network itself blocks the thread.
      await setImmediate();
    }
    this.check(options.signal);
    const merged = mergeSliceBoxes(slices, {
      iouThreshold: rules.iouThreshold,
      maxGapSlices: rules.maxGapSlices,
      minSlices: expectedSlices(volume.spacing[2]),
    });
    options.onProgress?.(1, 'Done');
    return merged.map((c) => ({ boxLps: boxIjkToLps(volume, c.boxIjk), score: c.score, label: c.label }));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.network.dispose();
  }

  private async propose(image: Float32Array, options: DetectOptions): Promise<Proposal[]> {
    const minScore = options.minScore ?? this.bundle.thresholds.scoreFloor;
    try {
      const found = await this.network.propose(image, minScore);
      return found.map((f) => ({ ...f, label: this.bundle.labels[0]! }));
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

/** What white is: 255 for bytes; for wider types the picture's own maximum, since few of them use all bits. */
function fullScale(image: RasterImage): number {
  if (image.data instanceof Uint8Array) return 255;
  let highest = 0;
  for (let n = 0; n < image.data.length; n++) if (image.data[n]! > highest) highest = image.data[n]!;
  return highest > 0 ? highest : 1;
}
