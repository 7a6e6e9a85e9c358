import { mkdirSync, readFileSync } from 'node:fs';
import { longCt } from '../../test-support/long-ct';
import { writeDicomSlices, type DicomSyntax } from '../../test-support/write-dicom';
import {
  endDecodeThreads,
  loadVolume,
  openSeries,
  scanPaths,
  useDecodeThreads,
} from '../../src-main/imaging';

/** The engine's side of bench/long-series.mjs: `make FOLDER SLICES SYNTAX` or `load FOLDER THREADS`; prints one line of JSON. */
const [what, folder, count, syntax] = process.argv.slice(2) as [string, string, string, DicomSyntax];
/** Peak of this process so far, MB. Linux alone. */
const megabytes = (): number =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024);
const ms = (from: number): number => Math.round(performance.now() - from);
void (what === 'make' ? make() : load()).then((answer) => console.log(JSON.stringify(answer)));

async function make(): Promise<object> {
  mkdirSync(folder, { recursive: true });
  const { volume, slice } = longCt([512, 512, Number(count)]);
  const start = performance.now();
  const files = await writeDicomSlices(folder, volume, slice, { syntax });
  return { files: files.length, seconds: ms(start) / 1000, peakMb: megabytes() };
}

async function load(): Promise<object> {
  useDecodeThreads(Number(count));
  const idleMb = megabytes();
  let start = performance.now();
  const { series, skipped } = await scanPaths([folder]);
  const scanMs = ms(start);
  const scanMb = megabytes();
  const [found] = series;
  if (series.length !== 1 || found?.pixels.kind !== 'volume')
    return { scanMs, series: series.map((s) => [s.pixels.kind, s.warnings]), skipped: skipped.length };
  const { dims, origin, spacing, direction } = found.pixels.geometry;
  start = performance.now();
  const reader = await openSeries(found);
  await reader.readSlice(dims[2] >> 1);
  const firstMs = ms(start);
  await reader.close();
  start = performance.now();
  const { data } = await loadVolume(found);
  const loadMs = ms(start);
  const peakMb = megabytes();
  await endDecodeThreads();
  // What was made, exactly.
  const { slice } = longCt(dims);
  let wrong = 0;
  for (let k = 0; k < dims[2]; k += 97) {
    const expected = slice(k);
    for (let n = 0; n < expected.length; n++) if (data[k * expected.length + n] !== expected[n]) wrong++;
  }
  return {
    idleMb,
    scanMb,
    peakMb,
    volumeMb: Math.round(data.byteLength / 2 ** 20),
    scanMs,
    firstMs,
    loadMs,
    sagittalMs: planeMs(data, dims, 0),
    coronalMs: planeMs(data, dims, 1),
    wrong,
    places: [origin, spacing, direction[2]].map((v) => v.join(' ')),
  };
}

/** Milliseconds to gather one plane across the slices, the mean of 20. */
function planeMs(
  data: ArrayLike<number>,
  [ni, nj, nk]: readonly [number, number, number],
  axis: 0 | 1,
): number {
  const [wide, step] = axis === 0 ? [nj, ni] : [ni, 1];
  const plane = new Int16Array(wide * nk);
  const start = performance.now();
  for (let round = 0; round < 20; round++) {
    const at = axis === 0 ? round * 25 : round * 25 * ni;
    for (let k = 0, n = 0; k < nk; k++)
      for (let a = 0, from = k * ni * nj + at; a < wide; a++, from += step) plane[n++] = data[from]!;
  }
  return Number(((performance.now() - start) / 20).toFixed(1));
}
