import { expect, it } from 'vitest';
import boxes from '../viewer/FindingBoxes.svelte?raw';
import row from './FindingRow.svelte?raw';
import strip from './FindingStrip.svelte?raw';
import { verdictMarks } from './verdict-marks';

it('each verdict has a sign of its own, and boxes, list and strip show it', () => {
  const signs = Object.values(verdictMarks);
  expect(new Set(signs).size).toBe(signs.length);
  expect(signs.every((sign) => sign.trim() !== '')).toBe(true);
  for (const source of [boxes, row, strip]) expect(source).toMatch(/\{verdictMarks\[/);
});

it('boxes differ by their line as well, but for one that is accepted as it was', () => {
  const dashed = [...boxes.matchAll(/\.(\w+) polygon[^{]*\{\s*stroke-dasharray: ([^;]+);/g)].map((m) => [
    m[1],
    m[2],
  ]);
  const byVerdict = Object.fromEntries(dashed.filter(([name]) => name! in verdictMarks)) as Record<
    string,
    string
  >;
  expect(Object.keys(byVerdict).sort()).toEqual(['added', 'edited', 'rejected', 'uncertain']);
  expect(new Set(Object.values(byVerdict)).size).toBe(4);
});
