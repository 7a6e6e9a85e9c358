import type { BoxXywh } from '../geometry/box';
import type { FieldValue } from './subgroups';

/** The parts of a COCO annotation file that box evaluation reads (cocodataset.org, "Data format"). */
export interface CocoTruth {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly CocoCategory[];
}

interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Not COCO's: whom the image is of. Images of one patient are drawn together in a bootstrap. */
  readonly patient_id?: FieldValue | undefined;
  /** Not COCO's: where it was made. */
  readonly site?: FieldValue | undefined;
  /** Any other field, to make a table by. */
  readonly [field: string]: unknown;
}

interface CocoCategory {
  readonly id: number;
  readonly name: string;
}

export interface CocoAnnotation {
  readonly image_id: number;
  readonly category_id: number;
  /** [x, y, width, height] px. */
  readonly bbox: BoxXywh;
  /** px²; of the outline where there was one, which is why it is not always width x height. */
  readonly area?: number | undefined;
  /** 1: a region, not one object: what lies in it is neither hit nor miss. */
  readonly iscrowd?: number | undefined;
}

/** One entry of a COCO results file. */
export interface CocoDetection {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: BoxXywh;
  readonly score: number;
  /** Not COCO's: how much it looks like each category, by id. Only their shares count. */
  readonly class_scores?: Readonly<Record<number, number>> | undefined;
}
