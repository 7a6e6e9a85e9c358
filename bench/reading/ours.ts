import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  copySeries,
  endDecodeThreads,
  loadVolume,
  openCopyStore,
  openSeries,
  scanPaths,
  useDecodeThreads,
} from '../../src-main/imaging';
import { withHead } from '../../src-main/imaging/dicom/byte-source';
import { readInstance } from '../../src-main/imaging/dicom/instance';
import { headerBytes } from '../../src-main/imaging/dicom/open';
import { openFileSource } from '../../src-main/imaging/open-source';

/** Our side of bench/reading.mjs: `load | copies FOLDER THREADS` or `headers FOLDER PARSER`; prints one line of JSON. */
const [what, folder, option] = process.argv.slice(2) as [string, string, string];
/** Peak so far. Linux alone; getrusage would count what the parent process held when it forked. */
const megabytes = (): number =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024);
const ms = (from: number): number => performance.now() - from;
const measure = { load, copies, headers }[what]!;
void measure().then((answer) => console.log(JSON.stringify(answer)));

async function load(): Promise<object> {
  useDecodeThreads(Number(option));
  const idleMb = megabytes();
  const begun = performance.now();
  const { series } = await scanPaths([folder]);
  const scanMs = ms(begun);
  const largest = [...series].sort((a, b) => b.files.length - a.files.length)[0]!;
  const open = performance.now();
  const reader = await openSeries(largest);
  await reader.readSlice(largest.files.length >> 1);
  const firstMs = ms(open);
  const rest = performance.now();
  const { data } = await loadVolume(largest);
  const loadMs = ms(rest);
  const totalMs = ms(begun);
  await reader.close();
  await endDecodeThreads();
  const { user, system } = process.cpuUsage();
  let sum = 0;
  for (let n = 0; n < data.length; n++) sum += data[n]!;
  return {
    idleMb,
    peakMb: megabytes(),
    volumeMb: data.byteLength / 2 ** 20,
    scanMs,
    firstMs,
    loadMs,
    totalMs,
    sum,
    cpuMs: (user + system) / 1000,
  };
}

/** A volume out of encrypted copies; making them is not timed. */
async function copies(): Promise<object> {
  useDecodeThreads(Number(option));
  const place = mkdtempSync(join(tmpdir(), 'regio-bench-copies-'));
  try {
    const { series } = await scanPaths([folder]);
    const largest = [...series].sort((a, b) => b.files.length - a.files.length)[0]!;
    const [copied] = await copySeries(openCopyStore(place, randomBytes(32)), [largest]);
    const before = process.cpuUsage();
    const begun = performance.now();
    await loadVolume(copied!);
    const loadMs = ms(begun);
    const { user, system } = process.cpuUsage(before);
    await endDecodeThreads();
    return { loadMs, cpuMs: (user + system) / 1000 };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Milliseconds a header, all files once over to warm up, then three times. */
async function headers(): Promise<object> {
  const files = readdirSync(folder)
    .filter((f) => f.endsWith('.dcm'))
    .map((f) => join(folder, f));
  const parse = option === 'ours' ? ourHeader : dicomParserHeader();
  const pass = async (): Promise<{ wall: number; processor: number }> => {
    const start = performance.now();
    const before = process.cpuUsage();
    for (const file of files) await parse(file);
    const { user, system } = process.cpuUsage(before);
    return { wall: ms(start) / files.length, processor: (user + system) / 1000 / files.length };
  };
  await pass();
  const passes = [await pass(), await pass(), await pass()];
  return {
    msPerFile: Math.min(...passes.map((p) => p.wall)),
    cpuMsPerFile: Math.min(...passes.map((p) => p.processor)),
    files: files.length,
  };
}

async function ourHeader(file: string): Promise<unknown> {
  return readInstance(await withHead(await openFileSource(file), headerBytes));
}

/** As its users do: the whole file read, parsed up to the pixels. */
function dicomParserHeader(): (file: string) => Promise<unknown> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a peer that lives in .cache/bench alone
  const { parseDicom } = require(process.env['DICOM_PARSER']!) as {
    parseDicom(bytes: Uint8Array, options: object): unknown;
  };
  return (file) => Promise.resolve(parseDicom(readFileSync(file), { untilTag: 'x7fe00010' }));
}
