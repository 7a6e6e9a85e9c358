import { readFileSync } from 'node:fs';
import { createEngineClient } from '../../src-main/engine/client';
import { forkEngineTransport } from '../../src-main/engine/fork-transport';
import { batches, eachAtOnce } from '../../src-renderer/lib/viewer/batches';
import { middleOut } from '../../src-renderer/lib/viewer/planes';

/**
 * A volume slice by slice out of an engine process, as the window asks for it: `FOLDER ENGINE LIMIT`, with LIMIT calls at
 * once. Prints one line of JSON.
 */
const [folder, entry, limit] = process.argv.slice(2) as [string, string, string];
void fill(Number(limit)).then((answer) => console.log(JSON.stringify(answer)));

async function fill(limit: number): Promise<object> {
  const engine = createEngineClient({ start: () => forkEngineTransport({ entry, modelsFolder: folder }) });
  const { series } = await engine.call('scan', { paths: [folder] });
  const largest = [...series].sort((a, b) => b.files.length - a.files.length)[0]!;
  if (largest.pixels.kind !== 'volume') throw new TypeError('a folder of a volume, please');
  const { dims } = largest.pixels.geometry;
  const [first, ...rest] = batches(middleOut(dims[2]), dims[0] * dims[1] * 2);
  const volume = new Int16Array(dims[0] * dims[1] * dims[2]);
  const begun = performance.now();
  const before = processorMs(engine.pid!);
  const fetch = async (indices: number[]): Promise<boolean> => {
    for (const { index, data } of await engine.call('readSlices', { series: largest, indices }))
      volume.set(new Int16Array(data), index * dims[0] * dims[1]);
    return true;
  };
  await fetch(first!);
  const firstMs = performance.now() - begun;
  await eachAtOnce(rest, limit, fetch);
  const fillMs = performance.now() - begun;
  const cpuMs = processorMs(engine.pid!) - before;
  const status = readFileSync(`/proc/${engine.pid!}/status`, 'utf8');
  await engine.close();
  let sum = 0;
  for (const value of volume) sum += value;
  return {
    firstMs,
    fillMs,
    cpuMs,
    sum,
    peakMb: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024),
  };
}

/** Linux: user and system time in ticks of 10 ms, fields 14 and 15 of proc(5); the name in field 2 has no space. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
