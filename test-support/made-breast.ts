import { seededRandom } from '../src-main/core/seeded-random';

/** A half ellipse of tissue at the left edge on dark air, 12 bits, with a mass and burnt-in letters at the upper right. */
export function madeBreast(width: number, height: number, seed = 1) {
  const random = seededRandom(seed);
  const lesion = { x: 0.25 * width, y: 0.45 * height, radius: 0.05 * height };
  const data = new Uint16Array(width * height);
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n++) {
      const letters = x > 0.85 * width && x < 0.95 * width && y > 0.05 * height && y < 0.09 * height;
      const tissue = (x / (0.6 * width)) ** 2 + ((y / height - 0.5) / 0.42) ** 2 < 1;
      const mass = Math.hypot(x - lesion.x, y - lesion.y) < lesion.radius;
      data[n] = (letters ? 4000 : mass ? 3000 : tissue ? 1200 : 40) + Math.floor(30 * random());
    }
  }
  const { x, y, radius } = lesion;
  const box = [x - radius, y - radius, x + radius, y + radius] as const;
  return { data, width, height, channels: 1 as const, box };
}
