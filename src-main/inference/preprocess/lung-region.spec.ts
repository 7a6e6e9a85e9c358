import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBrightnessBundle } from '../../../test-support/made-volumes';
import { madeLung, madeThorax } from '../../../test-support/made-thorax';
import { boxLpsToIjk } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { alignedGrid } from '../../core/volume/grid';
import { loadDetector } from '../detector';
import { tensorCount } from '../tensorflow';
import { lungRegion } from './lung-region';

/** How far a point lies from the nearer made lung, mm; roughly, since an ellipsoid's distance has no closed form. */
const fromLungs = (p: Vec3): number =>
  Math.min(
    ...[madeLung.left, madeLung.right].map((c) => {
      const r = madeLung.halfAxes;
      const share = Math.hypot(...p.map((v, a) => (v - c[a]!) / r[a]!));
      return Math.max(0, (1 - 1 / share) * Math.hypot(...p.map((v, a) => v - c[a]!)));
    }),
  );

describe('a model that looks at lungs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regio-lungs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const input = {
    spacing: [2, 2, 2] as [number, number, number],
    orientation: 'RAS',
    // So wide that scores of tissue are not all 1.
    intensity: { low: -1000, high: 2000 },
    window: [32, 32, 32] as [number, number, number],
    overlap: 0.25,
  };
  const proposals = {
    scoreThreshold: 0.05,
    preNmsTopN: 400,
    nmsIouThreshold: 0.1,
    postNmsTopN: 2000,
    insideThreshold: 0.7,
  };
  const open = async (lungMask?: { marginMm: number }) => {
    const bundle = join(folder, lungMask ? 'lungs' : 'whole');
    await writeBrightnessBundle(bundle, { input, proposals, lungMask });
    return loadDetector(bundle);
  };
  const nodule: Vec3 = [45, 8, 10];
  const volume = madeThorax({ balls: [{ center: nodule, radius: 9, value: 300 }], table: true });

  it('skips windows without lung and drops boxes outside, and says so', async () => {
    let windows = 0;
    const look = async (detector: Awaited<ReturnType<typeof open>>): Promise<Vec3[]> => {
      windows = 0;
      const found = await detector.detectVolume(volume, { onProgress: () => windows++ });
      return found.map(({ boxLps: b }): Vec3 => [(b[0] + b[3]) / 2, (b[1] + b[4]) / 2, (b[2] + b[5]) / 2]);
    };
    const near = (centers: readonly Vec3[]) =>
      centers.some((c) => Math.hypot(...c.map((v, a) => v - nodule[a]!)) < 6);

    const whole = await open();
    const everywhere = await look(whole);
    const allWindows = windows;
    whole.dispose();
    // The made network marks all tissue.
    expect(everywhere.some((c) => fromLungs(c) > 30)).toBe(true);
    expect(near(everywhere)).toBe(true);

    const detector = await open({ marginMm: 2 });
    const marks = await look(detector);
    expect(windows).toBeLessThan(allWindows);
    expect(near(marks)).toBe(true);
    // Half a box, the margin, and as much again: distances above are along the radius, which is too far.
    expect(Math.max(...marks.map(fromLungs))).toBeLessThan(2 + 8 + 8);

    const beside = await detector.explainVolume(volume, [45, 60, 0], { whole: true });
    expect(beside.boxes.some((b) => b.fate.outcome === 'removed' && b.fate.rule === 'lung')).toBe(true);
    await expect(detector.explainVolume(volume, [0, 0, 99])).rejects.toMatchObject({
      message: expect.stringContaining('lungs alone') as string,
    });
    detector.dispose();
    expect(tensorCount()).toBe(0);
  });

  it('takes a box beside the lung for one of it where it is small, or a third of it lies inside', () => {
    const grid = alignedGrid(volume, [2, 2, 2], 'LPS');
    const region = lungRegion(volume, grid, 2);
    const [cx, cy, cz] = madeLung.left;
    const edge = cx + Math.sign(cx) * madeLung.halfAxes[0];
    /** A cube of that side whose centre lies so far outside the lung's side. */
    const cube = (side: number, outside: number): boolean => {
      const center = [edge + Math.sign(cx) * outside, cy, cz];
      const box = [...center.map((c) => c - side / 2), ...center.map((c) => c + side / 2)];
      return region.touches(boxLpsToIjk(region.grid, box as unknown as Box3));
    };
    expect(cube(12, 4)).toBe(true);
    expect(cube(12, 14)).toBe(false);
    expect(cube(30, -3)).toBe(true);
    expect(cube(30, 10)).toBe(false);
  });

  it('refuses a volume without lung, with the reason', async () => {
    const detector = await open({ marginMm: 2 });
    await expect(detector.detectVolume(madeThorax({ lungs: [] }))).rejects.toMatchObject({
      code: 'image.not-analysable',
      message: expect.stringContaining('no space of air') as string,
    });
    detector.dispose();
  });
});
