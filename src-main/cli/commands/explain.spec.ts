import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { writeDrawnBundle } from '../../../test-support/made-pictures';
import { writeMadeNrrd, writeMadePng } from '../../../test-support/made-scan';
import { engineOver } from '../../engine/in-process';
import { createEngineTasks } from '../../services/engine-tasks';

// The whole way: files, the real engine, a network of drawn weights.
describe('regio detect --explain', () => {
  let cwd: string;
  let middle: string;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-cli-'));
    mkdirSync(join(cwd, 'models'));
    await writeDrawnBundle(join(cwd, 'models', 'made-drawn'));
    const cube = writeMadeNrrd(join(cwd, 'brain.nrrd'));
    middle = [0, 1, 2].map((a) => (cube[a]! + cube[a + 3]!) / 2).join(',');
    writeMadePng(join(cwd, 'brain.png'));
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  const run = (...argv: string[]): Promise<CliRun> =>
    captureCli(argv, {
      cwd,
      openEngine: () => Promise.resolve(engineOver(createEngineTasks({ modelsFolder: join(cwd, 'models') }))),
    });

  it('prints anchors by level, boxes and their fates, and writes data and heat maps', async () => {
    const { code, out, err } = await run('detect', 'brain.png', '--explain', '30,20', '--out', 'why');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('frame or slice 0, point 30.0, 20.0 px, by made-drawn 0.0.1');
    expect(out.match(/^(16|32) +\d, \d /gm)).toHaveLength(6);
    expect(out).toMatch(/Boxes that hold the point: [1-9]/);
    expect(out).toMatch(/kept, number \d+ \(network\)/);
    expect(out).toMatch(/removed: overlaps the better box \d+ \(score 0\.\d{3}, IoU 0\.[4-9]\d\)/);
    expect(readdirSync(join(cwd, 'why')).sort()).toEqual([
      'attention-stride-16.png',
      'attention-stride-32.png',
      'explain.json',
      'objectness-stride-16.png',
      'objectness-stride-32.png',
    ]);
    const { explanation } = JSON.parse(readFileSync(join(cwd, 'why', 'explain.json'), 'utf8'));
    const [fine] = explanation.levels;
    expect(fine.objectness).toHaveLength(4);
    expect(fine.objectness[fine.row][fine.column]).toBeCloseTo(
      Math.max(...fine.anchors.map((a: { score: number }) => a.score)),
      4,
    );
    const png = decode(readFileSync(join(cwd, 'why', 'objectness-stride-16.png')));
    expect([png.width, png.height, png.channels]).toEqual([1024, 512, 3]);
    const pixel = (x: number, y: number): number[] =>
      [...png.data.slice((y * 1024 + x) * 3, (y * 1024 + x) * 3 + 3)] as number[];
    // The picture is 64 x 48: 8 px each, with a border above. Its bright square, and the heat over its middle.
    const plain = pixel(27 * 8, 64 + 16 * 8);
    expect(plain).toEqual([240, 200, 90]);
    const value = fine.objectness[1][1];
    pixel(512 + 27 * 8, 64 + 16 * 8).forEach((v, c) => {
      const heat = 255 * Math.min(1, Math.max(0, 3 * value - c));
      expect(Math.abs(v - (plain[c]! + 0.55 * (heat - plain[c]!)))).toBeLessThanOrEqual(1);
    });
    expect(pixel(512 + 256, 5)).toEqual([0, 0, 0]);
  });

  it('explains a point of a volume by its slice and by how the slices merged', async () => {
    const { code, out, err } = await run('detect', 'brain.nrrd', '--explain-lps', middle, '--json');
    expect([code, err]).toEqual([0, '']);
    const { explanation, modelId } = JSON.parse(out);
    expect(modelId).toBe('made-drawn');
    expect(explanation).toMatchObject({ kind: 'picture', frame: 4 });
    expect(explanation.point.map(Math.round)).toEqual([11, 13]);
    const text = await run('detect', 'brain.nrrd', '--explain-lps', middle);
    expect(text.out).toContain(
      `Candidates of neighbouring slices that hold the point: ${explanation.candidates.length}`,
    );
  });

  it.each([
    [['brain.png', '--explain', '30']],
    [['brain.png', '--explain', '30,x']],
    [['brain.png', '--explain', '30,20,0.5']],
    [['brain.png', '--explain-lps', '1,2']],
    [['brain.png', '--explain', '1,2', '--explain-lps', '1,2,3']],
    [['.', '--explain', '1,2']],
  ])('answers %j with what is wrong and exit code 2', async (argv) => {
    const { code, out, err } = await run('detect', ...argv, '--json');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('"request.invalid"');
  });

  it('says that a point lies outside, or is in the wrong space', async () => {
    for (const argv of [
      ['brain.png', '--explain', '64,20'],
      ['brain.nrrd', '--explain', '3,3'],
    ]) {
      const { code, err } = await run('detect', ...argv, '--json');
      expect(code).toBe(3);
      expect(JSON.parse(err.trim().split('\n').pop()!)).toMatchObject({ error: { code: 'request.invalid' } });
    }
  });
});
