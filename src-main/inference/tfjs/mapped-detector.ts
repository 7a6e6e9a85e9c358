import { AppError } from '../../core/app-error';
import type { RasterImage } from '../../core/volume/volume';
import type { OpenedMappedBundle } from '../bundle/read';
import type { MappedBundle } from '../bundle/schema';
import type { DetectOptions, Detector, Proposal, VolumeJudgement } from '../detector-types';
import { invert, letterbox, scaling } from '../preprocess/affine2';
import { toGrey, toNetworkInput } from '../preprocess/intensity';
import { sampleToCanvas, type Pixels } from '../preprocess/sample';
import { toSliceBox } from '../preprocess/slices';
import { loadTensorflow, type Tensor, type Tensorflow } from '../tensorflow';
import { readMappedBoxes } from './mapped-boxes';
import type { MappedInputSpec } from './mapped-spec';
import { loadTfjsModel, type TfjsModel } from './tfjs-model';

/** @throws AppError model.invalid */
export async function loadMappedDetector(opened: OpenedMappedBundle): Promise<Detector> {
  const tf = await loadTensorflow();
  const { bundle } = opened;
  const model = await loadTfjsModel(tf, opened.manifest, opened.weights(), bundle.folder);
  return new MappedDetector(tf, bundle, model);
}

/** A TensorFlow.js model on single pictures, its inputs and outputs as its mapping says. */
class MappedDetector implements Detector {
  private disposed = false;

  constructor(
    private readonly tf: Tensorflow,
    readonly bundle: MappedBundle,
    private readonly model: TfjsModel,
  ) {}

  get modelHash(): string {
    return this.bundle.modelHash;
  }

  /** Nobody fitted a gate to what a model of others was trained on. */
  judgeImage(): Promise<null> {
    return Promise.resolve(null);
  }

  judgeVolume(): Promise<VolumeJudgement> {
    return Promise.resolve({ checked: 0, notAnalysable: null });
  }

  async detectImage(image: RasterImage, options: DetectOptions = {}): Promise<Proposal[]> {
    if (this.disposed)
      throw new AppError('detection.failed', 'The model was already closed.', 'Start the detection again.');
    if (options.signal?.aborted)
      throw new AppError('job.cancelled', 'Detection was cancelled.', 'Start it again when ready.');
    options.onProgress?.(0, 'Looking at the picture');
    const { input, outputs, selection, labels, thresholds } = this.bundle;
    const { values, fromInput } = toInput(image, input);
    const [boxes, scores] = await this.run(values);
    const minScore = options.minScore ?? thresholds.scoreFloor;
    const found = readMappedBoxes(boxes, scores, labels.length, input, outputs, selection, minScore);
    options.onProgress?.(1, 'Done');
    return found.flatMap(({ box, score, label }) => {
      const inside = toSliceBox(box, fromInput, image.width, image.height);
      return inside ? [{ box: inside, score, label: labels[label]!, provenance: 'network' as const }] : [];
    });
  }

  detectVolume(): Promise<never> {
    return Promise.reject(this.onlyPictures('reads single pictures, not volumes'));
  }

  explainImage(): Promise<never> {
    return Promise.reject(this.onlyPictures('was imported, and its inside is not known'));
  }

  explainVolume(): Promise<never> {
    return Promise.reject(this.onlyPictures('reads single pictures, not volumes'));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.model.dispose();
  }

  /** @returns boxes [N, 4] and scores [N, C], flat */
  private async run(values: Float32Array): Promise<[ArrayLike<number>, ArrayLike<number>]> {
    const { tf, model } = this;
    const { input, outputs, labels } = this.bundle;
    let picked: Tensor[] = [];
    try {
      picked = tf.tidy(() => {
        const all = model.run(tf.tensor(values, [1, input.height, input.width, input.channels]));
        const pick = (key: string | number): Tensor => {
          const found = all[typeof key === 'number' ? key : outputIndex(model.outputNames, key)];
          if (!found)
            throw new RangeError(`there is no output ${key}; it has ${model.outputNames.join(', ')}`);
          return found.toFloat();
        };
        return [pick(outputs.boxes), pick(outputs.scores)];
      });
      const [boxes, scores] = picked as [Tensor, Tensor];
      const count = boxes.size / 4;
      if (boxes.shape[boxes.rank - 1] !== 4 || scores.size % count !== 0)
        throw new RangeError(`boxes are [${boxes.shape.join(', ')}], scores [${scores.shape.join(', ')}]`);
      if (scores.size / count < outputs.skipClasses + labels.length)
        throw new RangeError(`it scores ${scores.size / count} classes`);
      return [await boxes.data(), await scores.data()];
    } catch (cause) {
      throw new AppError(
        'detection.failed',
        `The model does not do what its mapping says: ${cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'}.`,
        'Correct regio-mapping.json and import the model again.',
        { file: this.bundle.folder, field: 'outputs' },
        { cause },
      );
    } finally {
      tf.dispose(picked);
    }
  }

  private onlyPictures(why: string): AppError {
    return new AppError('detection.failed', `${this.bundle.name} ${why}.`, 'Choose another model.');
  }
}

/** Graph models call outputs "Identity:0"; people write "Identity". */
function outputIndex(names: readonly string[], wanted: string): number {
  const exact = names.indexOf(wanted);
  return exact >= 0 ? exact : names.findIndex((n) => n.replace(/:0$/, '') === wanted.replace(/:0$/, ''));
}

function toInput(image: RasterImage, input: MappedInputSpec) {
  const { width, height, channels } = input;
  const pixels: Pixels = channels === 1 ? toGrey(image) : image;
  const side = Math.max(width, height);
  // The canvas is square; of it the input's part is cut out.
  const scale = Math.min(width / image.width, height / image.height);
  const toCanvas =
    input.fit === 'stretch'
      ? scaling(width / image.width, height / image.height)
      : width === height
        ? letterbox(image.width, image.height, side)
        : scaling(scale, scale);
  const canvas = sampleToCanvas(pixels, toCanvas, side, 0);
  const rgb = toNetworkInput(canvas, pixels.channels, [0, brightest(image)], { mean: 0, deviation: 1 });
  const values = new Float32Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++, at++) {
        const from = input.order === 'bgr' ? 2 - c : c;
        values[at] =
          (rgb[(y * side + x) * 3 + from]! - input.mean[c % input.mean.length]!) /
          input.deviation[c % input.deviation.length]!;
      }
  return { values, fromInput: invert(toCanvas) };
}

/** What white is: 255 for bytes; for wider types the picture's own maximum, since few of them use all bits. */
function brightest({ data }: RasterImage): number {
  if (data instanceof Uint8Array) return 255;
  let highest = 1;
  for (let n = 0; n < data.length; n++) highest = Math.max(highest, data[n]!);
  return highest;
}
