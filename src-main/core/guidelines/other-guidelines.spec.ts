import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { biRads, suggestBiRads, type BiRadsInput } from './bi-rads';
import { dme, icdr, suggestDme, suggestIcdr, type IcdrInput } from './icdr';
import { paris, suggestParis, type ParisInput } from './paris';
import {
  bidimensionalProduct,
  isMeasurable,
  rano,
  ranoNotDecided,
  suggestRano,
  sumOfProducts,
  type RanoInput,
} from './rano';
import { doublingTime, grownByDiameter, growthOf, growthOfDiameters, sphereVolume } from './volume-doubling';

/** Gastrointest Endosc 2003;58(6 Suppl):S3-43 and Endoscopy 2005;37:570-578; columnar epithelium. */
describe('Paris', () => {
  const table: [string, ParisInput][] = [
    ['0-Ip', { profile: 'pedunculated', secondPart: 'none' }],
    ['0-Isp', { profile: 'semi-pedunculated', secondPart: 'none' }],
    ['0-Is', { profile: 'raised', height: 'above-forceps', secondPart: 'none' }],
    ['0-Is', { profile: 'raised', heightMm: 2.5, height: 'below-forceps', secondPart: 'none' }],
    ['0-IIa', { profile: 'raised', heightMm: 2.4, secondPart: 'none' }],
    ['0-IIa', { profile: 'raised', height: 'below-forceps', secondPart: 'none' }],
    ['0-IIb', { profile: 'flat', secondPart: 'none' }],
    ['0-IIc', { profile: 'depressed', secondPart: 'none' }],
    ['0-III', { profile: 'excavated', secondPart: 'none' }],
    ['0-IIa+IIc', { profile: 'raised', height: 'below-forceps', secondPart: 'depressed-part' }],
    ['0-IIc+IIa', { profile: 'depressed', secondPart: 'elevated-part' }],
    ['0-IIc+III', { profile: 'depressed', secondPart: 'ulcer' }],
    ['0-III+IIc', { profile: 'excavated', secondPart: 'depressed-part' }],
  ];
  it.each(table)('%s', (category, input) =>
    expect(suggestParis(input)).toMatchObject({ category, verified: true, management: null }),
  );

  it('withholds the mixture that is not in its tables', () => {
    const mixed: ParisInput = { profile: 'raised', height: 'below-forceps', secondPart: 'sessile-part' };
    expect(suggestParis(mixed).status).toBe('withheld');
    expect(suggestParis(mixed, { unverified: true })).toMatchObject({
      category: '0-IIa+Is',
      verified: false,
    });
    const named = [...table.map(([category]) => category), '0-IIa+Is'];
    expect([...new Set(named)].sort()).toEqual(paris.categories.map((c) => c.category).sort());
  });

  it('asks, and makes up no type', () => {
    expect(suggestParis({})).toEqual({ status: 'missing', inputs: ['profile'] });
    expect(suggestParis({ profile: 'raised' })).toEqual({ status: 'missing', inputs: ['height'] });
    expect(suggestParis({ profile: 'flat' })).toEqual({ status: 'missing', inputs: ['secondPart'] });
    expect(suggestParis({ profile: 'pedunculated', secondPart: 'ulcer' }).status).toBe('not-covered');
  });
});

/** Wilkinson CP et al., Ophthalmology 2003;110:1677-1682, tables 1 and 2. */
describe('International Clinical Diabetic Retinopathy scale', () => {
  const table: [string, string, IcdrInput][] = [
    ['no-apparent-retinopathy', 'none', { lesions: [] }],
    ['mild-npdr', 'mild', { lesions: ['microaneurysm'] }],
    ['moderate-npdr', 'moderate', { lesions: ['microaneurysm', 'hard-exudate'] }],
    ['moderate-npdr', 'moderate', { lesions: ['cotton-wool-spot'] }],
    ['moderate-npdr', 'moderate', { lesions: ['haemorrhage'], haemorrhageQuadrants: 3 }],
    ['moderate-npdr', 'moderate', { lesions: ['venous-beading'], beadingQuadrants: 1 }],
    ['severe-npdr', 'severe-4', { lesions: ['haemorrhage'], haemorrhageQuadrants: 4 }],
    ['severe-npdr', 'severe-2', { lesions: ['venous-beading'], beadingQuadrants: 2 }],
    ['severe-npdr', 'severe-1', { lesions: ['irma'] }],
    ['pdr', 'pdr', { lesions: ['microaneurysm', 'neovascularisation'] }],
    ['pdr', 'pdr', { lesions: ['preretinal-haemorrhage'] }],
    ['pdr', 'pdr', { lesions: ['vitreous-haemorrhage', 'irma'] }],
  ];
  it.each(table)('%s by %s', (category, rule, input) =>
    expect(suggestIcdr(input)).toMatchObject({
      category,
      rule: { id: `icdr.${rule}` },
      notes: [expect.stringContaining('One photograph')],
    }),
  );

  it('names every level, asks, and grades nothing else', () => {
    expect([...new Set(table.map(([category]) => category))]).toEqual(icdr.categories.map((c) => c.category));
    expect(suggestIcdr({})).toEqual({ status: 'missing', inputs: ['lesions'] });
    expect(suggestIcdr({ lesions: ['haemorrhage'] })).toEqual({
      status: 'missing',
      inputs: ['haemorrhageQuadrants'],
    });
    expect(suggestIcdr({ lesions: ['other-lesion'] }).status).toBe('not-covered');
  });

  it.each([
    ['absent', 'dme-absent'],
    ['distant', 'dme-mild'],
    ['approaching', 'dme-moderate'],
    ['involving', 'dme-severe'],
  ] as const)('macular edema %s: %s', (nearest, category) =>
    expect(suggestDme({ nearest })).toMatchObject({
      category,
      notes: [expect.stringContaining('one photograph does not show it')],
    }),
  );

  it('asks where the macular edema is', () => {
    expect(suggestDme({})).toEqual({ status: 'missing', inputs: ['nearest'] });
    expect(dme.categories).toHaveLength(4);
  });
});

/** D'Orsi CJ et al., ACR BI-RADS Atlas, 5th edition, 2013: likelihood of malignancy of each category. */
describe('BI-RADS', () => {
  const table: [string, BiRadsInput][] = [
    ['0', { incomplete: true }],
    ['3', { likelihoodPercent: 0.1 }],
    ['3', { likelihoodPercent: 2 }],
    ['4A', { likelihoodPercent: 2.1 }],
    ['4A', { likelihoodPercent: 10 }],
    ['4B', { likelihoodPercent: 10.1 }],
    ['4B', { likelihoodPercent: 50 }],
    ['4C', { likelihoodPercent: 50.1 }],
    ['4C', { likelihoodPercent: 94.9 }],
    ['5', { likelihoodPercent: 95 }],
    ['5', { likelihoodPercent: 100 }],
    ['6', { knownMalignancy: true, likelihoodPercent: 3 }],
  ];
  it.each(table)('%s for %j', (category, input) =>
    expect(suggestBiRads(input)).toMatchObject({ category, verified: true }),
  );

  it('makes nothing of terms, and leaves 1 and 2 to the reader', () => {
    const terms = ['margin spiculated', 'shape irregular'];
    expect(suggestBiRads({ terms })).toEqual({ status: 'missing', inputs: ['likelihoodPercent'] });
    expect(suggestBiRads({ likelihoodPercent: 0 }).status).toBe('not-covered');
    expect(suggestBiRads({ terms, likelihoodPercent: 5 })).toMatchObject({
      category: '4A',
      notes: [expect.any(String), expect.stringContaining('margin spiculated: 81 %, shape irregular: 73 %')],
    });
    const named = [...table.map(([category]) => category), '1', '2'];
    expect([...new Set(named)].sort()).toEqual(biRads.categories.map((c) => c.category));
  });
});

/** Wen PY et al., J Clin Oncol 2010;28:1963-1972: what the sum of products says. */
describe('RANO, imaging part', () => {
  const lesion = (longMm: number, shortMm: number) => ({ longMm, shortMm });
  const base: RanoInput = { lesions: [lesion(20, 10)], baselineMm2: 200, nadirMm2: 200, newLesion: false };
  const table: [string, string, RanoInput][] = [
    ['CR', 'cr', { lesions: [] }],
    ['PR', 'pr', { baselineMm2: 400 }],
    ['SD', 'sd', { baselineMm2: 399 }],
    ['SD', 'sd', {}],
    ['PD', 'pd', { nadirMm2: 160 }],
    ['SD', 'sd', { nadirMm2: 160.1 }],
    // Half of the baseline, and a quarter more than the smallest: progression goes before response.
    ['PD', 'pd', { baselineMm2: 400, nadirMm2: 100 }],
    ['PD', 'new-lesion', { newLesion: true }],
  ];
  it.each(table)('%s by %s for %j', (category, rule, more) =>
    expect(suggestRano({ ...base, ...more })).toMatchObject({
      category,
      rule: { id: `rano.${rule}` },
      notes: [expect.stringContaining(ranoNotDecided[0])],
    }),
  );

  it('names every response, and asks', () => {
    expect([...new Set(table.map(([category]) => category))]).toEqual(rano.categories.map((c) => c.category));
    expect(suggestRano({})).toEqual({ status: 'missing', inputs: ['newLesion'] });
    expect(suggestRano({ newLesion: false })).toEqual({ status: 'missing', inputs: ['lesions'] });
    expect(suggestRano({ newLesion: false, lesions: [lesion(20, 10)] })).toEqual({
      status: 'missing',
      inputs: ['baselineMm2', 'nadirMm2'],
    });
    expect(suggestRano({ ...base, lesions: [lesion(20, 9)] }).status).toBe('not-covered');
  });

  it('measures from 10 mm both ways, the five largest', () => {
    expect(bidimensionalProduct(lesion(21, 11))).toBe(231);
    expect([isMeasurable(lesion(10, 10)), isMeasurable(lesion(30, 9.9))]).toEqual([true, false]);
    const many = [10, 11, 12, 13, 14, 15, 16].map((mm) => lesion(mm, 10));
    expect(sumOfProducts([...many, lesion(90, 9)])).toBe(160 + 150 + 140 + 130 + 120);
  });
});

/** t ln 2 / ln(V2 / V1) (Schwartz 1961); 25 %, 400 and 600 days (BTS 2015, NELSON). */
describe('volume doubling time', () => {
  it('doubles in the time between where the volume doubled', () => {
    expect(doublingTime(100, 200, 90)).toBeCloseTo(90, 9);
    expect(doublingTime(200, 100, 90)).toBeCloseTo(-90, 9);
    expect(doublingTime(100, 100, 90)).toBeNull();
    expect(sphereVolume(6)).toBeCloseTo(113.1, 1);
    // 5 mm to 6.3 mm doubles the volume of a sphere.
    expect(growthOfDiameters(5, 5 * 2 ** (1 / 3), 400).doublingTimeDays).toBeCloseTo(400, 6);
  });

  it('calls growth what is at least 25 % of volume', () => {
    expect(growthOf(100, 124.9, 90)).toMatchObject({ grown: false, band: null });
    expect(growthOf(100, 125, 90)).toMatchObject({ grown: true, band: 'below-400-days' });
    expect(growthOf(100, 200, 399)).toMatchObject({ band: 'below-400-days' });
    expect(growthOf(100, 200, 400)).toMatchObject({ band: '400-to-600-days' });
    expect(growthOf(100, 200, 601)).toMatchObject({ band: 'above-600-days' });
    expect(growthOf(200, 100, 90)).toMatchObject({ grown: false, volumeChangePercent: -50 });
    expect([grownByDiameter(6, 7.4), grownByDiameter(6, 7.5)]).toEqual([false, true]);
  });

  it('refuses what is no size and no time', () => {
    for (const [a, b, days] of [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
      [NaN, 1, 1],
    ] as const)
      expect(() => doublingTime(a, b, days)).toThrow(RangeError);
  });

  it('is shorter for more growth in the same time', () => {
    const above = fc.double({ min: 1.3, max: 50, noNaN: true });
    fc.assert(
      fc.property(above, above, fc.integer({ min: 1, max: 4000 }), (a, b, days) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        return doublingTime(1, more, days)! <= doublingTime(1, less, days)!;
      }),
      { seed: 11 },
    );
  });
});
