import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scanPaths } from '../../src-main/imaging';
import { ctPhantom, polypPhoto } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { writePng } from '../../test-support/write-raster';

/** `FOLDER`: makes 10,000 files there, nested and mixed, unless they are there, scans them and prints what that cost. */
const folder = process.argv[2]!;
const each = 2500;

async function make(): Promise<void> {
  const slices = join(folder, 'ct');
  const files = await writeDicomSeries(slices, ctPhantom({ dims: [16, 16, each] }));
  const png = readFileSync(writePng(join(folder, '0.png'), polypPhoto(32, 32)));
  for (let n = 0; n < each; n++) {
    const inner = join(folder, String(n % 10), String(n % 7), String(n % 5), String(n % 3));
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, `again ${n}.dcm`), readFileSync(files[n]!));
    // Bytes that no reader looks at, so that each is a picture of its own.
    if (n > 0) writeFileSync(join(inner, `${n}.png`), Buffer.concat([png, Buffer.from(String(n))]));
    writeFileSync(join(inner, `${n}.txt`), 'notes');
  }
}

void (async () => {
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    await make();
  }
  const start = performance.now();
  let told = 0;
  const { series, skipped } = await scanPaths([folder], { onProgress: () => told++ });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage();
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) {
    const kind = reason.replace(/ as .*/, '');
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  }
  console.log(
    JSON.stringify({
      seconds: Number(seconds.toFixed(2)),
      cpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
      progress: told,
      series: series.length,
      skipped: Object.fromEntries(reasons),
    }),
  );
})();
