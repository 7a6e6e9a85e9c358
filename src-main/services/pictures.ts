import type { RgbaImage } from '../core/report/report';
import type { Finding } from '../core/study/entities';
import { renderRgba } from '../core/volume/crop';
import { voxelsOf } from '../core/volume/voxels-of';
import type { Engine } from '../contract/engine-protocol';
import type { SeriesRow } from '../storage';
import { mutable } from './mutable';

export interface CropOptions {
  size: number;
  drawBox: boolean;
  signal?: AbortSignal | undefined;
}

/** Crops of findings by findingId; one engine call a series. Findings whose series is not given are left out. */
export async function cropFindings(
  engine: Engine,
  series: readonly SeriesRow[],
  findings: readonly Finding[],
  { size, drawBox, signal }: CropOptions,
): Promise<Map<string, RgbaImage>> {
  const crops = new Map<string, RgbaImage>();
  for (const row of series) {
    const here = findings.filter((f) => f.seriesId === row.seriesId);
    if (here.length === 0) continue;
    const places = here.map((f) => mutable(f.place));
    const input = { series: mutable(row.scanned), places, size, drawBox };
    const images = await engine.call('crops', input, signal ? { signal } : {});
    images.forEach(({ width, height, rgba }, index) => {
      crops.set(here[index]!.findingId, { width, height, rgba: new Uint8Array(rgba) });
    });
  }
  return crops;
}

/** Every frame of a picture series at full size: the DICOM SR writes those of PNG and JPEG as Secondary Capture. */
export async function wholeFrames(
  engine: Engine,
  { scanned }: SeriesRow,
  signal: AbortSignal,
): Promise<RgbaImage[]> {
  const { pixels } = scanned;
  if (pixels.kind !== 'image') return [];
  const images: RgbaImage[] = [];
  for (let index = 0; index < pixels.frames; index++) {
    const [slice] = await engine.call(
      'readSlices',
      { series: mutable(scanned), indices: [index] },
      { signal },
    );
    const data = voxelsOf(slice!.data, pixels.voxelType);
    images.push(renderRgba({ ...pixels, data }));
  }
  return images;
}
