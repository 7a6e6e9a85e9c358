import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { decodeStored, toRgb } from './decode';
import { findFrames } from './fragments';
import { openDicom } from './open';
import { readPictureForm } from './picture';

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

/** What Regio does not decode, and says so: JPEG of 12 bits and SEG's packed bits. */
const undecoded: Readonly<Record<string, RegExp>> = {
  'CT0012.fragmented_no_bot_jpeg_baseline.51.dcm': /JPEG of 12 bits/,
  'CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm': /JPEG of 12 bits/,
  'CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm': /spectral selection/,
  'CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm': /full progression/,
};
// Colour conversion rounds differently too, so YBR counts as lossy.
const lossy = /\.4\.(50|51|81|91)$/;

/** Samples of all frames; YBR as RGB, since that is what pydicom's pixel_array gives. */
async function samplesOf(file: string): Promise<{ bytes: Buffer; values: number[] }> {
  const dicom = await openDicom(file);
  try {
    const form = readPictureForm(file, dicom);
    const table = form.codec === 'native' ? null : await findFrames(dicom, form.frames);
    const parts: Buffer[] = [];
    const values: number[] = [];
    for (let n = 0; n < form.frames; n++) {
      const stored = await decodeStored(dicom, form, n, table);
      const samples = form.samples === 3 ? toRgb(file, dicom, form, stored) : stored.samples;
      parts.push(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
      for (const v of samples) values.push(v);
    }
    return { bytes: Buffer.concat(parts), values };
  } finally {
    await dicom.source.close();
  }
}

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
          const expected =
            golden.error !== undefined || /SEG|^seg_/.test(short) || undecoded[short]?.test(message) === true;
          say(expected, `refused: ${message.replace(`${short}: `, '')}`);
        }
      }
      expect(failures).toEqual([]);
    },
  );
});
