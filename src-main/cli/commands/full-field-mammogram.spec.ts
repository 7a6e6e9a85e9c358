import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';
import { madeBreast } from '../../../test-support/made-breast';
import { dicomBytes, type WrittenElement } from '../../../test-support/write-dicom';
import { engineOver } from '../../engine/in-process';
import { createEngineTasks } from '../../services/engine-tasks';

interface Findings {
  series: { model: string; findings: { score: number; boxPx: [number, number, number, number] }[] }[];
}

/** A full-field detector of 24 x 29 cm at 70 um and 14 bits, as several makers sell it. */
const [columns, rows] = [3328, 4096];

describe('the shipped mammography model on a full-field mammogram', () => {
  let folder: string;
  const { data, box } = madeBreast(columns, rows);
  const write = async (name: string, photometric: 'MONOCHROME1' | 'MONOCHROME2'): Promise<void> => {
    const white = 16383;
    const stored =
      photometric === 'MONOCHROME2'
        ? data.map((v) => 4 * v)
        : data.map((v) => white - Math.min(white, 4 * v));
    const elements: WrittenElement[] = [
      ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.1.2'],
      ['00080018', 'UI', `2.25.${name.length}01`],
      ['00080060', 'CS', 'MG'],
      ['00100010', 'PN', 'Phantom^Made'],
      ['00100020', 'LO', 'PH-2'],
      ['00180015', 'CS', 'BREAST'],
      ['00181164', 'DS', '0.07\\0.07'],
      ['0020000D', 'UI', `2.25.${name.length}02`],
      ['0020000E', 'UI', `2.25.${name.length}03`],
      ['00280002', 'US', 1],
      ['00280004', 'CS', photometric],
      ['00280010', 'US', rows],
      ['00280011', 'US', columns],
      ['00280100', 'US', 16],
      ['00280101', 'US', 14],
      ['00280102', 'US', 13],
      ['00280103', 'US', 0],
    ];
    const pixels = Buffer.from(stored.buffer);
    writeFileSync(join(folder, name), await dicomBytes({ columns, rows, pixels, elements }));
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-full-field-'));
    await write('positive.dcm', 'MONOCHROME2');
    await write('negative-film.dcm', 'MONOCHROME1');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function find(file: string): Promise<Findings['series'][0]> {
    // A made breast is none: the gate has tests of its own.
    const argv = ['detect', file, '--model', 'mammo-lesion', '--ignore-gate', '--json'];
    const models = join(process.cwd(), 'models');
    const { out } = await captureCli(argv, {
      cwd: folder,
      openEngine: () => Promise.resolve(engineOver(createEngineTasks({ modelsFolder: models }))),
    });
    return (JSON.parse(out) as Findings).series[0]!;
  }

  it('marks the same places of MONOCHROME1 and MONOCHROME2, in pixels of the detector, the mass first', async () => {
    const positive = await find('positive.dcm');
    const negative = await find('negative-film.dcm');
    const [best] = positive.findings;
    const [x, y, width, height] = best!.boxPx;
    const [cx, cy] = [x + width / 2, y + height / 2];
    expect(cx > box[0] && cx < box[2] && cy > box[1] && cy < box[3]).toBe(true);
    expect(width).toBeLessThan(3 * (box[2] - box[0]));
    const [other] = negative.findings;
    expect(Math.abs(other!.score - best!.score)).toBeLessThan(0.02);
    other!.boxPx.forEach((v, n) => expect(Math.abs(v - best!.boxPx[n]!)).toBeLessThan(24));
    for (const { boxPx: b } of positive.findings) {
      expect(b[0]).toBeGreaterThanOrEqual(0);
      expect(b[1]).toBeGreaterThanOrEqual(0);
      expect(b[0] + b[2]).toBeLessThanOrEqual(columns + 1e-6);
      expect(b[1] + b[3]).toBeLessThanOrEqual(rows + 1e-6);
    }
  });
});
