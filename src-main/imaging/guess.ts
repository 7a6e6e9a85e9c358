import { basename, dirname, extname } from 'node:path';
import { guessedModality } from '../core/study/guess-notes';
import type { Modality } from '../core/volume/volume';

/** Words of file names and series descriptions -> DICOM Body Part Examined (PS3.16 Annex L) and the modality of photos. */
const words: readonly { readonly pattern: RegExp; readonly bodyPart: string; readonly photo: Modality }[] = [
  { pattern: /brain|head|skull|neuro|cerebr|br35h|brats|brisc/i, bodyPart: 'BRAIN', photo: 'MR' },
  { pattern: /breast|mammo|cesm|busi/i, bodyPart: 'BREAST', photo: 'OT' },
  { pattern: /polyp|colon|endoscop|kvasir/i, bodyPart: 'COLON', photo: 'ES' },
  { pattern: /fundus|retina|macula|hei-?med|idrid/i, bodyPart: 'EYE', photo: 'OP' },
  { pattern: /lung|chest|thorax|thoracic|pulmo/i, bodyPart: 'CHEST', photo: 'OT' },
];

/** Body part that the words give away, nearest source first; null where none does. */
export function guessBodyPart(...texts: readonly string[]): { bodyPart: string; photo: Modality } | null {
  for (const text of texts) {
    const found = words.find((w) => w.pattern.test(text));
    if (found) return { bodyPart: found.bodyPart, photo: found.photo };
  }
  return null;
}

/** Words of a path worth guessing from: the name, then its folder, then that one's folder. */
export function pathWords(file: string): readonly string[] {
  const folder = dirname(file);
  return [stem(file), basename(folder), basename(dirname(folder))];
}

/** Ultrasound and mammography photos say so in their path, whatever the body part. */
export function guessPhotoModality(file: string, guessed: Modality): Modality {
  const text = pathWords(file).join(' ');
  if (/ultrasound|sonogra|busi|(^|[^a-z])us([^a-z]|$)/i.test(text)) return 'US';
  if (/mammo|cesm|(^|[^a-z])mg([^a-z]|$)/i.test(text)) return 'MG';
  return guessed;
}

/** Hounsfield units reach -1000 in air; MR magnitudes are not negative. */
export function guessVolumeModality(range: readonly [number, number]): {
  modality: Modality;
  warning: string;
} {
  return range[0] < -500
    ? {
        modality: 'CT',
        warning: guessedModality.CT,
      }
    : { modality: 'MR', warning: guessedModality.MR };
}

/** A mask drawn by somebody: named so, and holding few small whole numbers. */
export function isLabelMap(file: string, data: ArrayLike<number>, range: readonly [number, number]): boolean {
  if (!/(^|[^a-z])(label|labels|mask|masks|seg|segmentation)$/i.test(stem(file))) return false;
  if (range[0] < 0 || range[1] > 255) return false;
  const seen = new Set<number>();
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (seen.has(value)) continue;
    if (!Number.isInteger(value) || seen.size >= 64) return false;
    seen.add(value);
  }
  return true;
}

/** File name without folder and extension (`.nii.gz` is one). */
export function stem(file: string): string {
  const name = basename(file).replace(/\.gz$/i, '');
  return basename(name, extname(name));
}
