import { resolve } from 'node:path';
import { bench, describe } from 'vitest';
import type { RasterImage } from '../src-main/core/volume/volume';
import { listBundles, loadDetector, type Detector } from '../src-main/inference';

/** Milliseconds a picture, from decoded pixels to boxes: `npx vitest bench --run`. */
describe('detection in one 512 x 512 picture', async () => {
  const { bundles } = await listBundles(resolve(__dirname, '../models'));
  for (const bundle of bundles) {
    if (bundle.kind !== 'picture') continue;
    const { id, folder, input, modalities } = bundle;
    const { channels } = input;
    const data = Uint8Array.from({ length: 512 * 512 * channels }, (_, n) => (n * 2654435761) >>> 24);
    const image: RasterImage = {
      width: 512,
      height: 512,
      channels,
      data,
      pixelSpacing: null,
      modality: modalities[0]!,
    };
    let detector: Detector;
    bench(
      id,
      async () => {
        await detector.detectImage(image);
      },
      {
        iterations: 20,
        setup: async () => {
          detector ??= await loadDetector(folder);
        },
      },
    );
  }
});
