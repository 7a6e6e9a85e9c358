import { createHash } from 'node:crypto';
import type { CocoDetection, CocoTruth } from '../../core/evaluation/coco-dataset';
import { toXywh, type Box2 } from '../../core/geometry/box';
import type { JobOptions } from '../../core/study/entities';
import type { RasterImage } from '../../core/volume/volume';
import type { InputSpec } from '../bundle/schema';
import type { Detector } from '../detector-types';
import { toGrey } from '../preprocess/intensity';
import { fullScale } from '../preprocess/view';
import type { Sample } from '../training/dataset';
import { sampleAsRead } from '../training/reading-sample';

/** One picture that a reader has read to the end, decoded. Boxes are px of the picture. */
export interface CasePicture {
  readonly image: RasterImage;
  readonly lesions: readonly { readonly box: Box2; /** Index into the labels. */ readonly label: number }[];
  /** Marks that a reader rejected. */
  readonly rejected: readonly Box2[];
  /** Neither hit nor miss. */
  readonly ignored: readonly Box2[];
  /** Tells patients apart and says nothing else of them. */
  readonly patient: string;
  readonly heldBack: boolean;
}

/** What the trainer reads. */
export function sampleOf(picture: CasePicture, index: number, input: InputSpec, source: string): Sample {
  const { image, lesions } = picture;
  const sample: Sample = {
    source,
    imageId: index,
    fileName: String(index),
    pixels: input.channels === 1 ? toGrey(image) : image,
    depthMax: fullScale(image),
    boxes: lesions.map((lesion) => lesion.box),
    classes: lesions.map((lesion) => lesion.label),
    crowds: picture.ignored,
    rejected: picture.rejected,
  };
  return sampleAsRead(sample, input);
}

export function truthOf(pictures: readonly CasePicture[], labels: readonly string[]): CocoTruth {
  return {
    images: pictures.map(({ patient }, id) => ({ id, file_name: String(id), patient_id: patient })),
    categories: labels.map((name, id) => ({ id, name })),
    annotations: pictures.flatMap(({ lesions, ignored }, image_id) => [
      ...lesions.map(({ box, label }) => ({ image_id, category_id: label, bbox: toXywh(box) })),
      // A region that says nothing does so whatever the label.
      ...ignored.flatMap((box) =>
        labels.map((_, category_id) => ({ image_id, category_id, bbox: toXywh(box), iscrowd: 1 })),
      ),
    ]),
  };
}

/** Average precision reads the whole range of scores: far below every operating point. */
const minScore = 0.001;

/** Runs a model as it is used, over every picture. @throws AppError job.cancelled, detection.failed */
export async function detectAll(
  detector: Detector,
  pictures: readonly CasePicture[],
  { signal, onProgress }: JobOptions,
): Promise<CocoDetection[]> {
  const found: CocoDetection[] = [];
  for (const [image_id, { image }] of pictures.entries()) {
    for (const { box, label, score } of await detector.detectImage(image, { minScore, signal })) {
      found.push({ image_id, category_id: detector.bundle.labels.indexOf(label), bbox: toXywh(box), score });
    }
    onProgress?.((image_id + 1) / pictures.length, `${image_id + 1} of ${pictures.length} pictures`);
  }
  return found;
}

/** Training pictures that are also held back, as one photograph filed under two patients is, would make the figures lie. */
export function withoutHeldBackCopies(pictures: readonly CasePicture[]): CasePicture[] {
  const hash = ({ image: { data, width } }: CasePicture): string =>
    createHash('sha256')
      .update(`${width} `)
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex');
  const held = new Set(pictures.filter((p) => p.heldBack).map(hash));
  return pictures.filter((p) => p.heldBack || !held.has(hash(p)));
}
