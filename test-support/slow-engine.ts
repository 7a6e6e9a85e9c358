import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processPort } from '../src-main/engine/process-port';
import { serveEngine } from '../src-main/engine/server';

/**
 * An engine process for tests: real wire, real server, and tasks that do little. `detect` says it began and then runs
 * until aborted, unless the model is called "quick"; `readSlices` gives slices whose voxels say their index.
 */
const unused = (): Promise<never> => Promise.reject(new Error('not in this engine'));

serveEngine(processPort(), {
  ping: () => Promise.resolve({ pid: process.pid, tensors: 0 }),
  status: unused,
  scan: unused,
  closeSeries: unused,
  crops: unused,
  outline: unused,
  suggestBox: unused,
  register: unused,
  thumbnail: unused,
  readKnownSlices: unused,
  deidentify: unused,
  openCopies: unused,
  copySeries: unused,
  pruneCopies: unused,
  explain: unused,
  /** Half a bundle, and then nothing. */
  fineTune: async ({ outFolder }, { onProgress }) => {
    await mkdir(`${outFolder}.writing`, { recursive: true });
    await writeFile(join(`${outFolder}.writing`, 'weights-01-of-02.bin'), 'half');
    await mkdir(outFolder, { recursive: true });
    await writeFile(join(outFolder, 'bundle.json'), '{');
    onProgress?.(0.5, 'begun');
    return new Promise(() => undefined);
  },
  listModels: () => Promise.resolve([]),
  readSlices: ({ indices }) =>
    Promise.resolve(indices.map((index) => ({ index, data: new Uint8Array(1 << 20).fill(index).buffer }))),
  detect: ({ modelId }, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      onProgress?.(0.25, 'begun');
      if (modelId === 'quick') {
        resolve({
          modelId,
          modelVersion: '1.0.0',
          modelHash: '0',
          threshold: 0.5,
          scoreFloor: 0,
          durationMs: 1,
          findings: [],
        });
      }
      signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    }),
  dispose: () => Promise.resolve(),
});
