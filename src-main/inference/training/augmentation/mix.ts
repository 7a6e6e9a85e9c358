import type { Box2 } from '../../../core/geometry/box';
import type { Random } from '../../random';
import type { Scene } from './raster';

/**
 * Four pictures side by side, each on a quarter's own canvas (Bochkovskiy et al. 2020), so that boxes need no cutting
 * beyond what a canvas does.
 * @param place draws a sample on a square canvas of a side
 */
export function drawMosaic<S>(
  four: readonly S[],
  size: number,
  random: Random,
  place: (sample: S, size: number) => Scene,
): Scene {
  const half = Math.ceil(size / 2);
  // The given sample is not always top left.
  const turn = random.below(4);
  const scenes = four.map((sample) => place(sample, half));
  const { channels } = scenes[0]!.raster;
  const data = new Float32Array(size * size * channels);
  const moved = scenes.map((scene, n) => {
    const quarter = (n + turn) % 4;
    const [x, y] = [(quarter % 2) * (size - half), (quarter >> 1) * (size - half)];
    for (let row = 0; row < half; row++) {
      const from = row * half * channels;
      data.set(scene.raster.data.subarray(from, from + half * channels), ((y + row) * size + x) * channels);
    }
    const move = (b: Box2): Box2 => [b[0] + x, b[1] + y, b[2] + x, b[3] + y];
    return {
      ...scene,
      boxes: scene.boxes.map(move),
      crowds: scene.crowds.map(move),
      rejected: scene.rejected?.map(move),
    };
  });
  return {
    raster: { data, width: size, height: size, channels },
    boxes: moved.flatMap((s) => s.boxes),
    classes: moved.flatMap((s) => s.classes),
    crowds: moved.flatMap((s) => s.crowds),
    rejected: moved.flatMap((s) => s.rejected ?? []),
  };
}

/** One picture shines through another (Zhang et al. 2019, "Bag of freebies"): boxes of both count. */
export function mixInto(scene: Scene, other: Scene, weight: number): Scene {
  const { data } = scene.raster;
  for (let n = 0; n < data.length; n++) data[n]! += weight * (other.raster.data[n]! - data[n]!);
  // What hardly shines through can be neither asked for nor called background.
  const seen = weight >= leastWeight;
  return {
    raster: scene.raster,
    boxes: seen ? [...scene.boxes, ...other.boxes] : scene.boxes,
    classes: seen ? [...scene.classes, ...other.classes] : scene.classes,
    crowds: [...scene.crowds, ...other.crowds, ...(seen ? [] : other.boxes)],
    rejected: scene.rejected,
  };
}

const leastWeight = 0.25;
