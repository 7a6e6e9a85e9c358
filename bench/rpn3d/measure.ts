import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packWeights, writeBundleFiles } from '../../src-main/inference/bundle/files';
import { volumeBundleFile } from '../../src-main/inference/bundle/schema';
import { loadVolume, scanPaths } from '../../src-main/imaging';
import { loadDetector } from '../../src-main/inference';
import {
  parameterSpecs3d,
  pyramidLevels3d,
  type Architecture3d,
} from '../../src-main/inference/network3d/architecture3d';
import { CompiledNetwork3d } from '../../src-main/inference/network3d/compiled3d';
import { proposeInWindow } from '../../src-main/inference/network3d/window-proposals';
import { createRandom } from '../../src-main/inference/random';
import { loadTensorflow } from '../../src-main/inference/tensorflow';

/**
 * One configuration of the slim 3D network in a process of its own: `node measure.cjs JSON`, prints JSON. Weights are
 * drawn; what is measured does not depend on them, but for the boxes to suppress, of which drawn weights make more.
 */
interface Request {
  readonly architecture: Architecture3d;
  readonly spacing: [number, number, number];
  readonly window: number;
  readonly overlap: number;
  /** Folder of a CT series, or null: only the window is timed. */
  readonly series: string | null;
}

async function main(request: Request): Promise<void> {
  const { architecture, spacing, window, overlap, series } = request;
  const random = createRandom(1);
  const values = parameterSpecs3d(architecture).map((s) => {
    const fanIn = s.shape.slice(0, 4).reduce((a, b) => a * b, 1);
    const deviation = s.decayed ? Math.sqrt(2 / fanIn) : 0;
    return Float32Array.from({ length: s.size }, () => deviation * random.normal());
  });
  const bundle = volumeBundleFile.parse({
    schemaVersion: 1,
    kind: 'volume',
    id: 'bench-rpn3d',
    version: '0.0.1',
    name: 'bench',
    description: '',
    intendedUse: 'Measuring.',
    modalities: ['CT'],
    bodyParts: ['CHEST'],
    labels: ['nodule'],
    input: {
      spacing,
      orientation: 'LPS',
      intensity: { low: -1000, high: 400 },
      window: [window, window, window],
      overlap,
    },
    anchors: {
      levels: pyramidLevels3d(architecture).map((level) => ({
        stride: [2 ** level, 2 ** level, 2 ** level],
        shapes: Array.from({ length: architecture.anchorsPerLocation }, (_, n) => {
          const side = 2 ** level * (1.5 + n / 2);
          return [side, side, side];
        }),
      })),
      offset: 0.5,
    },
    proposals: {
      scoreThreshold: 0.05,
      preNmsTopN: 200,
      nmsIouThreshold: 0.2,
      postNmsTopN: 100,
      insideThreshold: 0.7,
    },
    thresholds: { scoreFloor: 0.05, default: 0.5, chosenOn: '-', fpPerScan: null, sensitivity: null },
    training: null,
    metrics: {},
    checksums: 'sha256',
  });

  const tf = await loadTensorflow();
  const byName = new Map(parameterSpecs3d(architecture).map((s, n) => [s.name, values[n]!]));
  const network = new CompiledNetwork3d(tf, architecture, byName);
  const voxels = Float32Array.from({ length: window ** 3 }, () => random.uniform());
  const times: number[] = [];
  for (let n = 0; n < 8; n++) {
    const start = performance.now();
    await proposeInWindow(
      tf,
      network,
      bundle.anchors,
      bundle.proposals,
      voxels,
      [window, window, window],
      0.05,
    );
    times.push(performance.now() - start);
  }
  network.dispose();
  const parameters = values.reduce((sum, v) => sum + v.length, 0);
  const result: Record<string, unknown> = {
    parameters,
    // The first windows compile and warm up.
    msPerWindow: Math.round(Math.min(...times.slice(2))),
    msPerWindowMedian: Math.round([...times.slice(2)].sort((a, b) => a - b)[3]!),
  };

  if (series) {
    const folder = mkdtempSync(join(tmpdir(), 'regio-rpn3d-'));
    try {
      const { shards, record } = packWeights(values);
      const model = { format: 'regio-rpn3d-1', architecture, ...record };
      await writeBundleFiles(join(folder, 'b'), { bundle, model, card: '-\n', shards });
      const scanned = (await scanPaths([series])).series[0]!;
      const volume = await loadVolume(scanned);
      const before = process.memoryUsage().rss;
      const detector = await loadDetector(join(folder, 'b'));
      let windows = 0;
      const start = performance.now();
      const cpuBefore = process.cpuUsage();
      const found = await detector.detectVolume(volume, {
        onProgress: (_, step) => {
          windows = Number(/of (\d+)/.exec(step)?.[1] ?? windows);
        },
      });
      const cpu = process.cpuUsage(cpuBefore);
      detector.dispose();
      Object.assign(result, {
        dims: volume.dims.join(' x '),
        windows,
        secondsPerVolume: Math.round((performance.now() - start) / 100) / 10,
        cpuSecondsPerVolume: Math.round((cpu.user + cpu.system) / 1e5) / 10,
        candidates: found.length,
        megabytesBefore: Math.round(before / 2 ** 20),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  // Kilobytes on Linux.
  result['peakMegabytes'] = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

void main(JSON.parse(process.argv[2]!) as Request);
