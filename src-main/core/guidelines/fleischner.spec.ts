import { describe, expect, it } from 'vitest';
import { fleischner, fleischnerDiameter, suggestFleischner, type FleischnerInput } from './fleischner';

/**
 * Tables 1 (solid) and 2 (subsolid) of MacMahon H et al., Radiology 2017;284:228-243, with both sides of each threshold;
 * diameters are means to the whole millimetre.
 */
const of = (
  texture: FleischnerInput['texture'],
  multiplicity: FleischnerInput['multiplicity'],
  mm: number,
  more: FleischnerInput = {},
): FleischnerInput => ({ exclusions: [], texture, multiplicity, longAxisMm: mm, shortAxisMm: mm, ...more });
const low = { risk: 'low' } as const;
const high = { risk: 'high' } as const;

const table: [category: string, input: FleischnerInput][] = [
  ['no-routine-follow-up', of('solid', 'single', 5.4, low)],
  ['optional-ct-12', of('solid', 'single', 5.4, high)],
  ['ct-6-12-consider-18-24', of('solid', 'single', 5.5, low)],
  ['ct-6-12-consider-18-24', of('solid', 'single', 8.4, low)],
  ['ct-6-12-then-18-24', of('solid', 'single', 6, high)],
  ['ct-3-pet-tissue', of('solid', 'single', 8.5, low)],
  ['ct-3-pet-tissue', of('solid', 'single', 8.5)],
  ['ct-3-pet-tissue', of('solid', 'single', 20, high)],
  ['no-routine-follow-up', of('solid', 'multiple', 5, low)],
  ['optional-ct-12', of('solid', 'multiple', 5, high)],
  ['ct-3-6-consider-18-24', of('solid', 'multiple', 6, low)],
  ['ct-3-6-then-18-24', of('solid', 'multiple', 8, high)],
  ['ct-3-6-consider-18-24', of('solid', 'multiple', 12, low)],
  ['ct-3-6-then-18-24', of('solid', 'multiple', 12, high)],
  ['no-routine-follow-up', of('ground-glass', 'single', 5)],
  ['ct-6-12-then-2-yearly', of('ground-glass', 'single', 6)],
  ['no-routine-follow-up', of('part-solid', 'single', 5)],
  ['ct-3-6-then-yearly', of('part-solid', 'single', 6, { solidComponentMm: 5.4 })],
  ['ct-3-6-highly-suspicious', of('part-solid', 'single', 9, { solidComponentMm: 6 })],
  ['ct-3-6-consider-2-4-years', of('ground-glass', 'multiple', 5)],
  ['ct-3-6-consider-2-4-years', of('part-solid', 'multiple', 5)],
  ['ct-3-6-most-suspicious', of('ground-glass', 'multiple', 6)],
  ['ct-3-6-most-suspicious', of('part-solid', 'multiple', 6)],
  // Volumes: below 100, 100 to 250, above 250 mm3.
  ['no-routine-follow-up', of('solid', 'single', 20, { ...low, volumeMm3: 99.9 })],
  ['ct-6-12-consider-18-24', of('solid', 'single', 20, { ...low, volumeMm3: 100 })],
  ['ct-6-12-consider-18-24', of('solid', 'single', 20, { ...low, volumeMm3: 250 })],
  ['ct-3-pet-tissue', of('solid', 'single', 2, { volumeMm3: 250.1 })],
];

describe('Fleischner 2017', () => {
  it.each(table)('%s', (category, input) => {
    expect(suggestFleischner(input)).toMatchObject({ status: 'suggested', category, verified: true });
  });

  it('gives every recommendation of the tables', () => {
    expect([...new Set(table.map(([category]) => category))].sort()).toEqual(
      fleischner.categories.map((c) => c.category).sort(),
    );
  });

  it.each(['under-35', 'known-cancer', 'immunosuppressed'] as const)('is not for %s', (exclusion) => {
    expect(suggestFleischner(of('solid', 'single', 9, { exclusions: [exclusion] }))).toMatchObject({
      status: 'not-covered',
      rule: { id: `fleischner.not-for-${exclusion}` },
    });
  });

  it.each<[string[], FleischnerInput]>([
    [['exclusions'], {}],
    [['texture'], { exclusions: [] }],
    [['longAxisMm', 'shortAxisMm'], { exclusions: [], texture: 'solid' }],
    [['multiplicity'], of('solid', undefined, 7)],
    [['risk'], of('solid', 'single', 7)],
    [['solidComponentMm'], of('part-solid', 'single', 7)],
  ])('asks for %j', (inputs, input) => {
    expect(suggestFleischner(input)).toEqual({ status: 'missing', inputs });
  });

  it('says nothing of cysts and airway nodules, and rounds to whole millimetres', () => {
    expect(suggestFleischner(of('atypical-cyst', 'single', 9)).status).toBe('not-covered');
    expect([fleischnerDiameter(6, 5), fleischnerDiameter(6, 4.9), fleischnerDiameter(9, 8)]).toEqual([
      6, 5, 9,
    ]);
  });
});
