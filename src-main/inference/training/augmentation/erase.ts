import type { Box2 } from '../../../core/geometry/box';
import type { Random } from '../../random';
import type { ScannerAugmentation } from './options';
import type { Raster } from './raster';

/** A lesion of which more than this share were painted over could no longer be asked for: the rectangle is left out. */
const mostCovered = 0.4;

/** Random erasing (Zhong et al. 2020): the network must not hang on one place or border. */
export function drawErased(
  raster: Raster,
  boxes: readonly Box2[],
  { count, share }: NonNullable<ScannerAugmentation['erase']>,
  random: Random,
): void {
  const { width, height } = raster;
  for (let n = 1 + random.below(count); n > 0; n--) {
    const area = random.between(...share) * width * height;
    const ratio = Math.exp(random.between(-1, 1) * Math.log(3));
    const w = Math.min(width, Math.round(Math.sqrt(area * ratio)));
    const h = Math.min(height, Math.round(Math.sqrt(area / ratio)));
    const x = random.below(width - w + 1);
    const y = random.below(height - h + 1);
    const grey = random.uniform();
    const hole: Box2 = [x, y, x + w, y + h];
    if (boxes.every((box) => covered(box, hole) <= mostCovered)) paint(raster, hole, grey);
  }
}

/** Share of the box that the hole covers. */
function covered(box: Box2, hole: Box2): number {
  const w = Math.min(box[2], hole[2]) - Math.max(box[0], hole[0]);
  const h = Math.min(box[3], hole[3]) - Math.max(box[1], hole[1]);
  return w <= 0 || h <= 0 ? 0 : (w * h) / ((box[2] - box[0]) * (box[3] - box[1]));
}

function paint({ data, width, channels }: Raster, [x0, y0, x1, y1]: Box2, grey: number): void {
  for (let y = y0; y < y1; y++) data.fill(grey, (y * width + x0) * channels, (y * width + x1) * channels);
}
