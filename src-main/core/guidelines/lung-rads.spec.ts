import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasGrown, lungRads, meanDiameter, suggestLungRads, type LungRadsInput } from './lung-rads';

/**
 * Every row of the table of Lung-RADS v2022 (ACR, November 2022; Christensen J et al., J Am Coll Radiol 2024;21:473-488),
 * with both sides of every threshold.
 */
const at = (mm: number, status: LungRadsInput['status'], more: LungRadsInput = {}): LungRadsInput => ({
  texture: 'solid',
  meanDiameterMm: mm,
  status,
  ...more,
});
const part = (mm: number, solid: number, status: LungRadsInput['status'], more: LungRadsInput = {}) =>
  at(mm, status, { texture: 'part-solid', solidComponentMm: solid, ...more });
const glass = (mm: number, status: LungRadsInput['status']) => at(mm, status, { texture: 'ground-glass' });
const airway = (where: LungRadsInput['airway'], status: LungRadsInput['status']): LungRadsInput => ({
  texture: 'airway-nodule',
  airway: where,
  status,
});
const cyst = (
  kind: LungRadsInput['cyst'],
  status: LungRadsInput['status'],
  cystChange?: LungRadsInput['cystChange'],
): LungRadsInput => ({ texture: 'atypical-cyst', cyst: kind, status, cystChange });

const table: [category: string, rule: string, input: LungRadsInput][] = [
  ['0', '0-prior', at(9, 'baseline', { examination: 'prior-awaited' })],
  ['0', '0-incomplete', { examination: 'incomplete' }],
  ['0', '0-infection', { examination: 'infection-suspected' }],
  ['1', '1-benign', at(20, 'new', { benignFeature: true })],
  ['2', '2-juxtapleural', at(9.9, 'baseline', { benignJuxtapleural: true })],
  ['2', '2-juxtapleural', at(9.9, 'new', { benignJuxtapleural: true })],
  ['4A', '4a-solid', at(10, 'baseline', { benignJuxtapleural: true })],
  ['2', '2-solid', at(5.9, 'baseline')],
  ['2', '2-solid-new', at(3.9, 'new')],
  ['2', '2-part-solid', part(5.9, 2, 'baseline')],
  ['2', '2-ground-glass', glass(29.9, 'baseline')],
  ['2', '2-ground-glass', glass(29.9, 'new')],
  ['2', '2-ground-glass', glass(29.9, 'growing')],
  ['2', '2-ground-glass-slow', glass(30, 'stable')],
  ['2', '2-ground-glass-slow', glass(40, 'slowly-growing')],
  ['2', '2-airway', airway('subsegmental', 'baseline')],
  ['2', '2-airway', airway('subsegmental', 'new')],
  ['2', '2-airway', airway('subsegmental', 'stable')],
  ['2', '2-step', at(7, 'stable', { prior: { category: '3', months: 6 } })],
  ['2', '2-proven', at(16, 'stable', { prior: { category: '4B-benign', months: 1 } })],
  ['3', '3-solid', at(6, 'baseline')],
  ['3', '3-solid', at(7.9, 'baseline')],
  ['3', '3-solid-new', at(4, 'new')],
  ['3', '3-solid-new', at(5.9, 'new')],
  ['3', '3-part-solid', part(6, 5.9, 'baseline')],
  ['3', '3-part-solid-new', part(5.9, 3, 'new')],
  ['3', '3-ground-glass', glass(30, 'baseline')],
  ['3', '3-ground-glass', glass(30, 'new')],
  ['3', '3-cyst', cyst('thick-walled', 'growing', 'larger')],
  ['3', '3-step', at(9, 'stable', { prior: { category: '4A', months: 3 } })],
  ['4A', '4a-solid', at(8, 'baseline')],
  ['4A', '4a-solid', at(14.9, 'baseline')],
  ['4A', '4a-solid-growing', at(7.9, 'growing')],
  ['4A', '4a-solid-new', at(6, 'new')],
  ['4A', '4a-solid-new', at(7.9, 'new')],
  ['4A', '4a-part-solid', part(6, 6, 'baseline')],
  ['4A', '4a-part-solid', part(12, 7.9, 'baseline')],
  ['4A', '4a-part-solid-growing', part(7, 3.9, 'growing', { solidPart: 'new-or-growing' })],
  ['4A', '4a-airway', airway('segmental-or-proximal', 'baseline')],
  ['4A', '4a-cyst-thick', cyst('thick-walled', 'baseline')],
  ['4A', '4a-cyst-multilocular', cyst('multilocular', 'baseline')],
  ['4A', '4a-cyst-became', cyst('thin-walled', 'stable', 'became-multilocular')],
  ['4A', '4a-cyst-became', cyst('thick-walled', 'stable', 'became-multilocular')],
  ['4B', '4b-solid', at(15, 'baseline')],
  ['4B', '4b-solid-new', at(8, 'new')],
  ['4B', '4b-solid-growing', at(8, 'growing')],
  ['4B', '4b-slow', at(5, 'slowly-growing')],
  ['4B', '4b-slow', part(8, 3, 'slowly-growing')],
  ['4B', '4b-part-solid', part(9, 8, 'baseline')],
  ['4B', '4b-part-solid-growing', part(7, 4, 'growing', { solidPart: 'new-or-growing' })],
  ['4B', '4b-airway', airway('segmental-or-proximal', 'stable')],
  ['4B', '4b-airway', airway('segmental-or-proximal', 'growing')],
  ['4B', '4b-cyst-wall', cyst('thick-walled', 'growing', 'wall-or-nodule-growing')],
  ['4B', '4b-cyst-growing', cyst('multilocular', 'growing', 'larger')],
  ['4B', '4b-cyst-loculi', cyst('multilocular', 'stable', 'more-loculi-or-opacity')],
  ['4X', '4x', at(6, 'baseline', { suspiciousFeatures: true })],
  ['4X', '4x', at(15, 'baseline', { suspiciousFeatures: true })],
  // Note 5: seen before, neither new nor growing.
  ['2', '2-solid', at(5.9, 'stable')],
  ['3', '3-solid', at(6, 'stable')],
  ['3', '3-solid', at(7, 'stable', { prior: { category: '3', months: 3 } })],
  ['4B', '4b-solid', at(15, 'stable')],
  ['3', '3-part-solid', part(9, 5, 'stable', { solidPart: 'unchanged' })],
];

describe('Lung-RADS v2022', () => {
  it.each(table)('%s by %s', (category, rule, input) => {
    expect(suggestLungRads(input)).toMatchObject({
      status: 'suggested',
      category,
      verified: true,
      rule: { id: `lung-rads.${rule}` },
      source: expect.stringContaining('v2022'),
      management: lungRads.categories.find((c) => c.category === category)!.management,
    });
  });

  it('names every category that it publishes', () => {
    expect([...new Set(table.map(([category]) => category))].sort()).toEqual(
      lungRads.categories.map((c) => c.category),
    );
  });

  it('does not raise category 1 or 2 to 4X', () => {
    expect(suggestLungRads(at(5, 'baseline', { suspiciousFeatures: true }))).toMatchObject({ category: '2' });
    expect(suggestLungRads(at(6, 'baseline', { suspiciousFeatures: true }))).toMatchObject({
      category: '4X',
      notes: [expect.stringContaining('By size and behaviour: 3')],
    });
  });

  it('says of S that it goes beside the category', () => {
    expect(suggestLungRads(at(5, 'baseline', { otherSignificantFinding: true }))).toMatchObject({
      category: '2',
      notes: [expect.stringContaining('Modifier S')],
    });
  });

  it('withholds what the table does not say plainly, unless it is asked for', () => {
    const new7 = part(7, 3, 'new');
    expect(suggestLungRads(new7)).toMatchObject({ status: 'withheld', rule: { verified: false } });
    expect(suggestLungRads(new7, { unverified: true })).toMatchObject({ category: '4A', verified: false });
    expect(suggestLungRads(part(7, 4, 'new'), { unverified: true })).toMatchObject({ category: '4B' });
    expect(suggestLungRads(glass(31, 'growing'))).toMatchObject({ status: 'withheld' });
    expect(suggestLungRads({ ...new7, suspiciousFeatures: true })).toMatchObject({ status: 'withheld' });
  });

  it.each<[string, LungRadsInput]>([
    ['thin-walled cyst', cyst('thin-walled', 'baseline')],
    ['unchanged multilocular cyst', cyst('multilocular', 'stable', 'unchanged')],
    ['growing subsegmental airway nodule', airway('subsegmental', 'growing')],
    ['new proximal airway nodule', airway('segmental-or-proximal', 'new')],
  ])('has no row for a %s', (_, input) => {
    expect(suggestLungRads(input).status).toBe('not-covered');
  });

  it.each<[string[], LungRadsInput]>([
    [['texture'], {}],
    [['meanDiameterMm'], { texture: 'solid' }],
    [['status'], { texture: 'solid', meanDiameterMm: 7 }],
    [['solidComponentMm'], at(7, 'baseline', { texture: 'part-solid' })],
    [['solidPart'], part(7, 3, 'growing')],
    [['airway'], { texture: 'airway-nodule' }],
    [['cyst'], { texture: 'atypical-cyst' }],
    [['cystChange'], cyst('thick-walled', 'stable')],
  ])('asks for %j', (inputs, input) => {
    expect(suggestLungRads(input)).toEqual({ status: 'missing', inputs });
  });

  it('never lowers the category of a larger solid nodule', () => {
    const order = ['1', '2', '3', '4A', '4B', '4X'];
    const of = (mm: number, status: LungRadsInput['status']): number => {
      const outcome = suggestLungRads(at(mm, status));
      return outcome.status === 'suggested' ? order.indexOf(outcome.category) : NaN;
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.constantFrom('baseline' as const, 'new' as const, 'growing' as const, 'stable' as const),
        (a, b, status) => of(Math.min(a, b), status) <= of(Math.max(a, b), status),
      ),
      { seed: 7 },
    );
  });

  it('measures to one decimal, and calls growth what note 6 does', () => {
    expect(meanDiameter(6.24, 5.75)).toBe(6);
    expect(meanDiameter(6.1, 5.8)).toBe(6);
    expect(meanDiameter(6, 5.7)).toBe(5.9);
    expect([hasGrown(6, 7.5, 12), hasGrown(6, 7.6, 12), hasGrown(6, 7.6, 13), hasGrown(6, 7, 24)]).toEqual([
      false,
      true,
      null,
      false,
    ]);
  });
});
