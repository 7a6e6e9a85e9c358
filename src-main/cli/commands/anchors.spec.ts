import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { captureCli } from '../../../test-support/captured-cli';
import { madeCocoDataset } from '../../../test-support/coco-dataset';

const answer = z.strictObject({
  boxes: z.number().int(),
  canvas: z.number().nullable(),
  meanBestIou: z.number().min(0).max(1),
  recallAt50: z.number().min(0).max(1),
  anchors: z.array(
    z.strictObject({
      width: z.number().positive(),
      height: z.number().positive(),
      size: z.number().positive(),
      aspectRatio: z.number().positive(),
      boxes: z.number().int(),
    }),
  ),
});

describe('regio anchors fit', () => {
  let cwd = '';
  const { truth } = madeCocoDataset();
  const counted = truth.annotations.filter((a) => a.iscrowd !== 1);
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-anchors-'));
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truth));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const fit = (...more: string[]) => captureCli(['anchors', 'fit', 'truth.json', ...more], { cwd });

  it('finds the three sizes the set was made with, crowd regions apart', async () => {
    const run = await fit('--count', '3', '--json');
    expect(run.code).toBe(0);
    const found = answer.parse(JSON.parse(run.out));
    // Widths are 20, 50 and 120; heights up to 9 more.
    [20, 50, 120].forEach((width, n) => expect(found.anchors[n]!.width).toBeCloseTo(width, 6));
    expect(found.boxes).toBe(counted.length);
    expect(found.anchors.reduce((sum, a) => sum + a.boxes, 0)).toBe(counted.length);
    expect(found.recallAt50).toBe(1);
  });

  it('measures boxes on the canvas where asked', async () => {
    const plain = answer.parse(JSON.parse((await fit('--count', '3', '--json')).out));
    const half = answer.parse(JSON.parse((await fit('--count', '3', '--canvas', '128', '--json')).out));
    half.anchors.forEach((a, n) => expect(a.size).toBeCloseTo(plain.anchors[n]!.size / 2, 6));
    expect(half.canvas).toBe(128);
  });

  it('prints a table for people', async () => {
    const { out, code } = await fit('--count', '2');
    expect(code).toBe(0);
    expect(out).toMatch(/mean best IoU 0\.\d{4}/);
    expect(out.trim().split('\n')).toHaveLength(5);
  });

  it('refuses a count that is none, or more than there are shapes, as wrong usage', async () => {
    for (const count of ['0', 'many', '1.5', '9999']) {
      const { code, err } = await fit('--count', count, '--json');
      expect(code).toBe(2);
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'request.invalid' } });
    }
  });

  it('says what a file lacks', async () => {
    const images = truth.images.map(({ id, file_name }) => ({ id, file_name }));
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify({ ...truth, images }));
    const { code, err } = await fit('--count', '2', '--canvas', '320', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'file.malformed', details: { field: 'images' } },
    });
    expect((await fit('--count', '2')).code).toBe(0);
  });
});
