import { describe, expect, it } from 'vitest';
import type { Box2 } from '../../../core/geometry/box';
import { inputSpec } from '../../bundle/schema';
import { planPicture } from '../../preprocess/picture-plan';
import { createRandom } from '../../random';
import { acrossBox, drawMarks } from './callipers';
import { drawCalliper } from './draw-marks';
import { findCrosses } from '../../preprocess/find-crosses';
import { paintedOver, paintOverMarks } from '../../preprocess/paint-over';
import type { Raster } from './raster';

/** Smooth grey tissue with a darker lesion; brightest pixel white, as a scan has one. */
function tissue(size = 128): Raster {
  const data = Float32Array.from({ length: size * size }, (_, n) => {
    const [x, y] = [n % size, Math.floor(n / size)];
    const lesion = Math.hypot((x - 64) / 30, (y - 60) / 20) < 1 ? 0.15 : 0;
    return 0.35 + 0.05 * Math.sin(x / 6) * Math.cos(y / 9) - lesion;
  });
  data[0] = 1;
  return { data, width: size, height: size, channels: 1 };
}
const box: Box2 = [34, 40, 94, 80];
const style = { arm: 4, stroke: 1.5, grey: 1, dotted: true };

function measured(angle: number): Raster {
  const raster = tissue();
  acrossBox(box, angle, style).forEach((c) => drawCalliper(raster, c));
  return raster;
}

describe('callipers', () => {
  it('stand at the ends of the lesion, and are found there', () => {
    for (const angle of [0, 0.3, -0.5]) {
      const { data, width, height } = measured(angle);
      const ends = acrossBox(box, angle, style).flatMap((c) => [c.from, c.to]);
      const crosses = findCrosses(data, width, height);
      for (const [x, y] of ends) {
        const nearest = Math.min(...crosses.map((c) => Math.hypot(c.x + 0.5 - x, c.y + 0.5 - y)));
        expect(nearest, `${angle}: ${x}, ${y}`).toBeLessThan(1.6);
      }
    }
  });

  it('are painted over: crosses, dots and digits are gone, and the rest is as it was', () => {
    const before = tissue().data;
    const marked = measured(0.2);
    const cleaned = paintOverMarks(marked);
    const changed = [...marked.data.keys()].filter((n) => Math.abs(marked.data[n]! - before[n]!) > 0.1);
    expect(changed.length).toBeGreaterThan(100);
    const left = changed.filter((n) => Math.abs(cleaned.data[n]! - before[n]!) > 0.12);
    expect(left.length).toBeLessThan(0.08 * changed.length);
    const far = [...before.keys()].filter((n) => n % 128 < 12 || n % 128 > 116);
    for (const n of far) expect(cleaned.data[n]).toBe(marked.data[n]);
  });

  it('are not shown to a network whose bundle has them painted over', () => {
    const { data, ...rest } = measured(0.2);
    const marked = { ...rest, data: Uint8Array.from(data, (v) => Math.round(255 * v)) };
    const input = inputSpec.parse({
      size: 128,
      channels: 1,
      intensity: { kind: 'full-scale' },
      mean: 127,
      deviation: 128,
    });
    const canvas = (marks?: 'painted-over') => {
      const plan = planPicture(marked, { ...input, marks }, 255);
      return plan.view(plan.tiles[0]!).canvas;
    };
    const before = tissue().data;
    const seen = canvas();
    const shown = [...before.keys()].filter((n) => Math.abs(seen[n]! / 255 - before[n]!) > 0.12).length;
    const cleaned = canvas('painted-over');
    const left = [...before.keys()].filter((n) => Math.abs(cleaned[n]! / 255 - before[n]!) > 0.12).length;
    expect(shown).toBeGreaterThan(100);
    expect(left).toBeLessThan(0.08 * shown);
  });

  it('leave a picture without crosses alone, and bytes bytes', () => {
    const plain = tissue();
    expect(paintOverMarks(plain)).toBe(plain);
    const marked = measured(0);
    const bytes = { ...marked, data: Uint8Array.from(marked.data, (v) => Math.round(255 * v)) };
    const cleaned = paintedOver(bytes);
    expect(cleaned.data).toBeInstanceOf(Uint8ClampedArray);
    expect(paintedOver(bytes)).toBe(cleaned);
  });

  it('and labels are drawn on lesions and off them, as often as asked', () => {
    const places = { onLesion: 0, elsewhere: 0, label: 0 };
    const drawn = (
      boxes: Box2[],
      a: { atLesion: number; probability: number; text: number },
      seed: number,
    ) => {
      const raster = tissue();
      drawMarks({ raster, boxes, classes: [], crowds: [] }, { ...a, paintOver: 0 }, createRandom(seed));
      return [...raster.data.keys()].filter((n) => raster.data[n] !== tissueData[n]);
    };
    const tissueData = tissue().data;
    const isInside = (n: number): boolean => {
      const [x, y] = [n % 128, n >> 7];
      return x >= box[0] - 12 && x <= box[2] + 8 && y >= box[1] - 8 && y <= box[3] + 12;
    };
    for (let seed = 0; seed < 40; seed++) {
      const on = drawn([box], { probability: 1, atLesion: 1, text: 0 }, seed);
      places.onLesion += Number(on.length > 0 && on.every(isInside));
      places.elsewhere += Number(drawn([], { probability: 1, atLesion: 1, text: 0 }, seed).length > 0);
      places.label += Number(drawn([], { probability: 0, atLesion: 1, text: 1 }, seed).length > 0);
      expect(drawn([box], { probability: 0, atLesion: 1, text: 0 }, seed)).toEqual([]);
    }
    expect(places).toEqual({ onLesion: 40, elsewhere: 40, label: 40 });
  });
});
