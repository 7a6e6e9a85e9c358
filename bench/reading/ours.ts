import { resourceUsage } from 'node:process';
import {
  endDecodeThreads,
  loadVolume,
  openSeries,
  scanPaths,
  useDecodeThreads,
} from '../../src-main/imaging';
const [folder, threads] = process.argv.slice(2);
useDecodeThreads(Number(threads ?? 1));
const mb = () => resourceUsage().maxRSS / 1024;
void (async () => {
  const idle = mb();
  const t0 = performance.now();
  const { series } = await scanPaths([folder!]);
  const t1 = performance.now();
  const s = [...series].sort((a, b) => b.files.length - a.files.length)[0]!;
  const reader = await openSeries(s);
  const n = s.pixels.kind === 'volume' ? s.pixels.geometry.dims[2] : 1;
  await reader.readSlice(n >> 1);
  const t2 = performance.now();
  await reader.close();
  const scanned = mb();
  const t3 = performance.now();
  const c3 = process.cpuUsage();
  const v = await loadVolume(s);
  const t4 = performance.now();
  await endDecodeThreads();
  const { user, system } = process.cpuUsage(c3);
  console.log(
    JSON.stringify({
      idle,
      scan: t1 - t0,
      first: t2 - t1,
      load: t4 - t3,
      scanned,
      peak: mb(),
      mbv: v.data.byteLength / 2 ** 20,
      cpu: (user + system) / 1e6,
    }),
  );
})();
