import type { Random } from '../../random';
import type { Scene } from './raster';
import type { Augmentation } from '../recipe';
import { drawMarks } from './callipers';
import { drawErased } from './erase';
import { compressAsJpeg } from './jpeg';
import { drawLighting } from './lighting';
import { drawSharpness } from './sharpness';
import { drawNoise, drawTone } from './tone';
import { drawUltrasound } from './ultrasound';

/** Everything that changes how a scene looks and not where its lesions are, in the order in which it happens to a scan. */
export function drawAppearance(scene: Scene, a: Augmentation, random: Random): void {
  const { raster, boxes } = scene;
  // 1. The body and the light on it.
  drawTone(raster, a, random);
  drawLighting(raster, a, random);
  drawUltrasound(raster, a, random);
  // 2. Marks that a reader left on the screen: what follows smears them with the rest.
  if (a.callipers) drawMarks(scene, a.callipers, random);
  // 3. The scanner: matrix, filters, noise.
  drawSharpness(raster, a, random);
  drawNoise(raster, a.noise, random);
  if (a.erase && random.uniform() < a.erase.probability) drawErased(raster, boxes, a.erase, random);
  // 4. The archive.
  if (a.jpeg && random.uniform() < a.jpeg.probability) {
    compressAsJpeg(raster, random.between(...a.jpeg.quality));
  }
}
