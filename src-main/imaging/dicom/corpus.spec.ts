import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { bytesOf, storedSamples } from '../../../test-support/stored-samples';
import { openDicom } from './open';
import { scanPaths } from '../scan';

interface Golden {
  error?: string;
  transferSyntax: string;
  shape: number[];
  dtype: string;
  photometric: string;
  min: number;
  max: number;
  mean: number;
  sha256: string;
}

// Colour conversion rounds differently too, so YBR counts as lossy.
const lossy = /\.4\.(50|51|81|91)$/;

/** Segmentations and slides too, which a scan passes over. */
async function samplesOf(file: string): Promise<{ bytes: Buffer; values: number[] }> {
  const dicom = await openDicom(file);
  try {
    const frames = await storedSamples(file, dicom);
    const values: number[] = [];
    for (const samples of frames) for (const v of samples) values.push(v);
    return { bytes: bytesOf(frames), values };
  } finally {
    await dicom.source.close();
  }
}

/** Why files of the corpus do not come up in the worklist; CTImage.dcm in 15 syntaxes is one image. */
const passedOver = {
  'JPEG full progression (process 10 and 12) is not decoded': 1,
  'JPEG spectral selection (process 6 and 8) is not decoded': 1,
  'The same image (SOP Instance UID)': 9,
  'a label map segmentation, not an image': 2,
  'a segmentation, not an image': 10,
  'a structured report or key object selection, not an image': 3,
  'a whole-slide microscopy image, which Regio does not read': 8,
  'microscopy annotations, not an image': 1,
};

describe('the DICOM corpus against pydicom', () => {
  itWithShared(
    'decodes to the same stored values',
    ['golden/pixels.json', 'data/dicom-corpus'],
    async (json, folder) => {
      const files = (JSON.parse(readFileSync(json!, 'utf8')) as { files: Record<string, Golden> }).files;
      const failures: string[] = [];
      for (const [name, golden] of Object.entries(files)) {
        const short = name.split('/').pop()!;
        const say = (ok: boolean, what: string): void => {
          if (!ok) failures.push(`${short}: ${what}`);
        };
        try {
          const { bytes, values } = await samplesOf(join(folder!, name));
          if (golden.error) say(false, `decoded, though pydicom says ${golden.error}`);
          else if (createHash('sha256').update(bytes).digest('hex') === golden.sha256) say(true, 'equal');
          else {
            let [low, high, sum] = [Infinity, -Infinity, 0];
            for (const v of values) {
              low = Math.min(low, v);
              high = Math.max(high, v);
              sum += v;
            }
            const near =
              values.length === golden.shape.reduce((a, b) => a * b, 1) &&
              Math.abs(low - golden.min) <= 2 &&
              Math.abs(high - golden.max) <= 2 &&
              Math.abs(sum / values.length - golden.mean) <= 0.5;
            const what = `min ${low} (${golden.min}) max ${high} (${golden.max}) mean ${(sum / values.length).toFixed(4)} (${golden.mean})`;
            say(
              (lossy.test(golden.transferSyntax) || golden.photometric.startsWith('YBR')) && near,
              `lossy: ${what}`,
            );
          }
        } catch (error) {
          const message = (error as Error).message;
          say(golden.error !== undefined, `refused: ${message.replace(`${short}: `, '')}`);
        }
      }
      expect(failures).toEqual([]);
    },
  );

  itWithShared(
    'ends in a series or is passed over by name',
    ['golden/pixels.json', 'data/dicom-corpus'],
    async (json, folder) => {
      const names = Object.keys((JSON.parse(readFileSync(json!, 'utf8')) as { files: object }).files);
      const { series, skipped } = await scanPaths(names.map((name) => join(folder!, name)));
      const shown = new Set(series.flatMap((s) => s.files));
      const kinds = new Map<string, number>();
      for (const name of names.filter((n) => !shown.has(join(folder!, n)))) {
        const found = skipped.filter((s) => s.file === join(folder!, name));
        expect(found, name).toHaveLength(1);
        const reason = found[0]!.reason
          .replace(`${name.split('/').pop()!}: `, '')
          .replace(/ (as|\(\().*/, '');
        kinds.set(reason, (kinds.get(reason) ?? 0) + 1);
      }
      expect(Object.fromEntries(kinds)).toEqual(passedOver);
    },
  );
});
