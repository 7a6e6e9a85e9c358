import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { captureCli } from '../../../test-support/captured-cli';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import { itWithShared } from '../../../test-support/shared-data';
import { cocoKeys } from '../../core/evaluation/coco-metrics';

const metric = z.number().min(-1).max(1);
const answer = z.strictObject({
  ...(Object.fromEntries(cocoKeys.map((key) => [key, metric])) as Record<
    (typeof cocoKeys)[number],
    typeof metric
  >),
  sensitivityAtFpPerImage: z.strictObject({
    '0.25': metric,
    '0.5': metric,
    '1': metric,
    '2': metric,
    '4': metric,
    '8': metric,
  }),
  intervals95: z.record(z.string(), z.tuple([metric, metric])),
  perCategory: z.record(z.string(), z.record(z.string(), metric)).optional(),
  subgroups: z
    .record(z.string(), z.array(z.looseObject({ value: z.string(), images: z.number().int() })))
    .optional(),
  imageAuc: metric.optional(),
  classAuc: z.record(z.string(), metric).optional(),
  calibration: z.looseObject({ brier: metric, expectedCalibrationError: metric }).nullable(),
  images: z.number().int(),
  patients: z.number().int().optional(),
  annotations: z.number().int(),
  detections: z.number().int(),
  msPerImage: z.number().nullable(),
});

describe('regio evaluate coco --detections', () => {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-evaluate-'));
    const { truth, detections } = madeCocoDataset();
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truth));
    writeFileSync(join(cwd, 'found.json'), JSON.stringify(detections));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const evaluate = (...more: string[]) =>
    captureCli(['evaluate', 'coco', '--truth', 'truth.json', '--detections', 'found.json', ...more], { cwd });

  it('answers with the agreed JSON', async () => {
    const { code, out, err } = await evaluate('--json');
    expect([code, err]).toEqual([0, '']);
    const result = answer.parse(JSON.parse(out));
    expect(result.AP50).toBeCloseTo(0.6268208256870027, 9);
    expect(result.images).toBe(30);
    expect(Object.keys(result.perCategory ?? {})).toEqual(['benign', 'malignant']);
    expect(Object.keys(result.classAuc ?? {})).toEqual(['malignant']);
    expect(Object.keys(result.intervals95)).toContain('AP50');
  });

  it('takes all categories as one', async () => {
    const result = answer.parse(JSON.parse((await evaluate('--json', '--class-agnostic')).out));
    expect(result.AP50).toBeCloseTo(0.6257567147206955, 9);
    expect(result.perCategory).toBeUndefined();
  });

  it('counts marks that point where asked, and leaves average precision alone', async () => {
    const figures = async (...more: string[]) =>
      answer.parse(JSON.parse((await evaluate('--json', ...more)).out));
    const byIou = await figures();
    const byCentre = await figures('--hit', 'center');
    expect(byCentre.AP50).toBe(byIou.AP50);
    expect(byCentre.sensitivityAtFpPerImage['8']).toBeGreaterThan(byIou.sensitivityAtFpPerImage['8']);
    expect(byCentre.imageAuc).toBe(byIou.imageAuc);
    expect((await evaluate('--hit', 'near')).code).toBe(2);
    expect((await evaluate()).out).toMatch(
      /\nimages with a lesion told from those without \(AUC\) +0\.\d{4}/,
    );
  });

  it('prints a table for people', async () => {
    const { out } = await evaluate();
    expect(out).toMatch(/^30 images, \d+ annotations, \d+ detections/);
    expect(out).toMatch(/\nAP50 +0\.6268 +0\.\d{4} to 0\.\d{4}\n/);
    expect(out).toMatch(/\nsensitivity at 8 false positives an image +0\.\d{4}/);
    expect(out).toMatch(/\nmalignant +0\.\d{4}/);
  });

  it('says what is wrong with a file', async () => {
    writeFileSync(
      join(cwd, 'found.json'),
      '[{"image_id": 1, "category_id": 1, "bbox": [0, 0, -5, 5], "score": 1}]',
    );
    const { code, err, out } = await evaluate('--json');
    expect([code, out]).toEqual([3, '']);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'file.malformed', details: { field: '0.bbox.2' } },
    });
    writeFileSync(join(cwd, 'found.json'), 'not json');
    expect((await evaluate()).err).toMatch(/^Error: The file is not JSON\. \(.*found\.json\)\n {2}\S/);
    rmSync(join(cwd, 'found.json'));
    expect(JSON.parse((await evaluate('--json')).err)).toMatchObject({ error: { code: 'file.unreadable' } });
  });

  it('wants either detections, or images and a model', async () => {
    const base = ['evaluate', 'coco', '--truth', 'truth.json'];
    for (const argv of [
      [],
      ['--images', '.'],
      ['--model', 'm'],
      ['--detections', 'found.json', '--model', 'm'],
    ]) {
      const { code, err } = await captureCli([...base, ...argv], { cwd });
      expect([code, err === '']).toEqual([2, false]);
    }
  });

  it('adds tables by site and patient, and plots', async () => {
    const { truth } = madeCocoDataset();
    const images = truth.images.map((image, i) => ({
      ...image,
      site: i % 3 === 0 ? 'A' : 'B',
      patient_id: i >> 1,
    }));
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify({ ...truth, images }));
    const result = JSON.parse((await evaluate('--json', '--plots', 'plots')).out) as Record<string, unknown>;
    const { plots, ...rest } = result;
    const checked = answer.parse(rest);
    expect(checked.patients).toBe(15);
    expect(checked.subgroups!['site']!.map((r) => [r.value, r.images])).toEqual([
      ['A', 10],
      ['B', 20],
    ]);
    expect(checked.subgroups!['patient_id']).toHaveLength(15);
    expect((plots as string[]).map((path) => existsSync(path))).toEqual(Array(6).fill(true));
    const { out } = await evaluate('--by', 'site');
    expect(out).toMatch(/^30 images of 15 patients/);
    expect(out).toMatch(/\nsite +images +AP [\s\S]*\nA +10 +0\.\d{4} +0\.\d{4} to 0\.\d{4}/);
  });

  const golden = ['coco-ground-truth.json', 'coco-detections.json', 'coco-expected.json'];
  itWithShared(
    "gives pycocotools' figures on the golden files",
    golden.map((f) => `golden/metrics/${f}`),
    async (truth, detections, expected) => {
      const argv = ['evaluate', 'coco', '--truth', truth!, '--detections', detections!, '--json'];
      const result = answer.parse(JSON.parse((await captureCli(argv)).out));
      const { stats } = JSON.parse(readFileSync(expected!, 'utf8')) as { stats: Record<string, number> };
      for (const key of cocoKeys) expect(Math.abs(result[key] - stats[key]!)).toBeLessThan(1e-9);
    },
  );
});
