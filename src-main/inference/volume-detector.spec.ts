import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightnessBundle, sphereVolume, writeBrightnessBundle } from '../../test-support/made-volumes';
import { ijkToLps } from '../core/geometry/affine';
import { cross, normalize, type Vec3 } from '../core/geometry/vec3';
import { alignedGrid } from '../core/volume/grid';
import type { VolumeGeometry } from '../core/volume/volume';
import { listBundles } from './bundle/read';
import { loadDetector } from './detector';
import type { Candidate } from './detector-types';
import { tensorCount } from './tensorflow';

const u = normalize([1, 0.35, -0.2]);
const w = normalize(cross(u, [0.1, 1, 0.3]));
const geometries: Record<string, VolumeGeometry> = {
  'axial, thick slices': {
    dims: [96, 90, 32],
    spacing: [0.8, 0.8, 2.5],
    origin: [-40, 31, 200],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  'flipped in two axes, feet first': {
    dims: [70, 75, 60],
    spacing: [1.2, 0.9, 1.4],
    origin: [40, 31, -20],
    direction: [
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0, -1],
    ],
  },
  'sagittal slices': {
    dims: [72, 80, 40],
    spacing: [1, 1, 2],
    origin: [10, -50, 80],
    direction: [
      [0, 1, 0],
      [0, 0, -1],
      [1, 0, 0],
    ],
  },
  'oblique, anisotropic': {
    dims: [80, 70, 36],
    spacing: [0.9, 1.1, 2],
    origin: [-17, 5, 60],
    direction: [u, cross(w, u), w],
  },
};

const centerOf = (c: Candidate): Vec3 => [
  (c.boxLps[0] + c.boxLps[3]) / 2,
  (c.boxLps[1] + c.boxLps[4]) / 2,
  (c.boxLps[2] + c.boxLps[5]) / 2,
];

/** The patient's place of an anchor's centre: odd numbers of voxels from the grid's first edge. */
function anchorLps(g: VolumeGeometry, spacing: Vec3, orientation: string, share: Vec3): Vec3 {
  const grid = alignedGrid(g, spacing, orientation);
  const at = share.map((s, a) => 2 * Math.floor((s * grid.dims[a]!) / 2) + 1 - 0.5) as unknown as Vec3;
  return ijkToLps(grid, at);
}

describe('a volume bundle', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'regio-volume-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, g] of Object.entries(geometries)) {
    for (const [orientation, spacing] of [
      ['LPS', [1, 1, 1]],
      ['RAS', [1.1, 0.9, 1.25]],
    ] as const) {
      it(`marks spheres in the right place: ${name}, grid ${orientation}`, async () => {
        const bundle = join(folder, 'models', 'made-spheres');
        const input = {
          spacing: [...spacing] as [number, number, number],
          orientation,
          intensity: { low: -1000, high: 400 },
          window: [32, 32, 32] as [number, number, number],
          overlap: 0.25,
        };
        await writeBrightnessBundle(bundle, { input });
        const detector = await loadDetector(bundle);
        const spheres = (
          [
            [0.5, 0.5, 0.5],
            [0.33, 0.62, 0.4],
          ] as Vec3[]
        ).map((share) => ({ centerLps: anchorLps(g, spacing, orientation, share), radius: 4.5 }));
        const found = await detector.detectVolume(sphereVolume(g, spheres));
        detector.dispose();
        expect(found).toHaveLength(2);
        for (const sphere of spheres) {
          const best = found.find(
            (c) => Math.hypot(...centerOf(c).map((v, a) => v - sphere.centerLps[a]!)) < 3,
          )!;
          centerOf(best).forEach((v, a) => {
            expect(Math.abs(v - sphere.centerLps[a]!)).toBeLessThan(0.5 * spacing[a]!);
            expect(best.boxLps[a + 3]! - best.boxLps[a]!).toBeCloseTo(8 * spacing[a]!, 4);
          });
          expect(best.label).toBe('sphere');
          expect(best.score).toBeGreaterThan(0.5);
        }
        expect(tensorCount()).toBe(0);
      });
    }
  }

  it('says that selective search pointed at the spheres too', async () => {
    const bundle = join(folder, 'models', 'made-spheres');
    await writeBrightnessBundle(bundle);
    const detector = await loadDetector(bundle);
    const g = geometries['flipped in two axes, feet first']!;
    const center = anchorLps(
      g,
      detector.bundle.kind === 'volume' ? detector.bundle.input.spacing : [1, 1, 1],
      'LPS',
      [0.5, 0.5, 0.5],
    );
    const volume = sphereVolume(g, [{ centerLps: center, radius: 4.5 }]);
    const alone = await detector.detectVolume(volume);
    const both = await detector.detectVolume(volume, { selectiveSearch: true });
    expect(alone[0]!.provenance).toBe('network');
    expect(both[0]).toEqual({ ...alone[0], provenance: 'both' });
    detector.dispose();
    expect(tensorCount()).toBe(0);
  });

  it('is listed, reads volumes only, and says so of pictures', async () => {
    await writeBrightnessBundle(join(folder, 'models', 'made-spheres'));
    const { bundles, refused } = await listBundles(join(folder, 'models'));
    expect(refused).toEqual([]);
    expect(bundles[0]).toMatchObject({ kind: 'volume', id: 'made-spheres', training: null });
    const detector = await loadDetector(bundles[0]!.folder);
    const picture = {
      width: 4,
      height: 4,
      channels: 1 as const,
      data: new Uint8Array(16),
      pixelSpacing: null,
    };
    await expect(detector.detectImage({ ...picture, modality: 'OT' })).rejects.toMatchObject({
      code: 'detection.failed',
    });
    detector.dispose();
    const air = sphereVolume(geometries['sagittal slices']!, []);
    await expect(detector.detectVolume(air)).rejects.toMatchObject({ code: 'detection.failed' });
  });

  it('reports each window, stops between two, and finds nothing in air', async () => {
    const bundle = join(folder, 'models', 'made-spheres');
    await writeBrightnessBundle(bundle);
    const detector = await loadDetector(bundle);
    const air = sphereVolume(geometries['sagittal slices']!, []);
    const fractions: number[] = [];
    expect(await detector.detectVolume(air, { onProgress: (f) => fractions.push(f) })).toEqual([]);
    expect(fractions.length).toBeGreaterThan(10);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[fractions.length - 1]).toBe(1);

    const stop = new AbortController();
    let reports = 0;
    const cancelled = detector.detectVolume(air, {
      signal: stop.signal,
      onProgress: () => {
        if (++reports === 4) stop.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(reports).toBe(4);
    detector.dispose();
    expect(tensorCount()).toBe(0);
  });

  it('refuses a volume whose spacing makes it metres large, before it is resampled', async () => {
    const bundle = join(folder, 'models', 'made-spheres');
    await writeBrightnessBundle(bundle);
    const detector = await loadDetector(bundle);
    const metres = { ...geometries['sagittal slices']!, spacing: [400, 400, 900] as Vec3 };
    await expect(detector.detectVolume(sphereVolume(metres, []))).rejects.toMatchObject({
      code: 'image.not-analysable',
      message: expect.stringContaining('larger than it can read') as string,
    });
    detector.dispose();
  });

  it('refuses to be read mirrored where anchors do not sit in the middle of their cells', async () => {
    const bundle = join(folder, 'models', 'made-spheres');
    const { input, anchors } = brightnessBundle();
    const mirrored = { ...input, flipAveraging: true };
    await writeBrightnessBundle(bundle, { input: mirrored }, { selfTest: false });
    (await loadDetector(bundle)).dispose();
    const changes = { input: mirrored, anchors: { ...anchors, offset: 0 } };
    await writeBrightnessBundle(bundle, changes, { selfTest: false });
    await expect(loadDetector(bundle)).rejects.toMatchObject({
      code: 'model.invalid',
      details: { field: 'input.flipAveraging' },
    });
  });

  it('refuses windows whose arrays would pass 1 GiB', async () => {
    const bundle = join(folder, 'models', 'made-spheres');
    const input = {
      spacing: [1, 1, 1] as [number, number, number],
      orientation: 'LPS',
      intensity: { low: -1000, high: 400 },
      window: [1024, 1024, 512] as [number, number, number],
      overlap: 0.25,
    };
    await writeBrightnessBundle(bundle, { input }, { selfTest: false });
    await expect(loadDetector(bundle)).rejects.toMatchObject({ code: 'model.invalid' });
    expect(tensorCount()).toBe(0);
  });
});
