import { readFileSync } from 'node:fs';
import type { Box3 } from '../../src-main/core/geometry/box';
import { readerOf } from '../../src-main/core/segmentation/read-region';
import { findOutline } from '../../src-main/core/segmentation/outline-of';
import { loadVolume, scanPaths } from '../../src-main/imaging';

interface Nodule {
  boxLpsMm: Box3;
  longAxisMm: number;
  readers: number;
  subtlety: number[];
}

/** Prints a line of JSON: each nodule's outline from its reference box, and from boxes moved and resized a little. */
async function main([folder, reference]: string[]): Promise<void> {
  const { nodules } = JSON.parse(readFileSync(reference!, 'utf8')) as { nodules: Nodule[] };
  const { series } = await scanPaths([folder!], {});
  const scanned = series.find((s) => s.pixels.kind === 'volume')!;
  const volume = await loadVolume(scanned);
  const source = { pixels: scanned.pixels, modality: scanned.modality, unsafe: false };
  const rows = [];
  for (const { boxLpsMm, longAxisMm, readers, subtlety } of nodules) {
    const began = performance.now();
    const outline = await findOutline(source, { space: 'lps', boxLps: boxLpsMm }, readerOf(volume));
    const ms = performance.now() - began;
    const shaken = [];
    for (const by of [-2, -1, 1, 2]) {
      const boxes: Box3[] = [
        boxLpsMm.map((v, n) => v + (n % 3 === 2 ? 0 : by)) as unknown as Box3,
        boxLpsMm.map((v, n) => v + (n < 3 ? -by : by)) as unknown as Box3,
      ];
      for (const boxLps of boxes) {
        const other = await findOutline(source, { space: 'lps', boxLps }, readerOf(volume));
        shaken.push(other ? other.measurement.longAxis - longAxisMm : null);
      }
    }
    rows.push({
      readers,
      subtlety,
      longAxisMm,
      boxLpsMm,
      ms,
      measurement: outline?.measurement ?? null,
      shaken,
    });
  }
  console.log(JSON.stringify(rows));
}

void main(process.argv.slice(2));
