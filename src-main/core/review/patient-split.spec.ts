import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSplitRules, heldBackPatients, type SplitPatient } from './patient-split';

const patients = fc.uniqueArray(
  fc.record({
    patient: fc.string({ minLength: 1, maxLength: 6 }),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    pictures: fc.integer({ min: 1, max: 9 }),
    lesions: fc.integer({ min: 0, max: 4 }),
  }),
  { selector: (p) => p.patient, minLength: 1, maxLength: 40 },
);
const sum = (list: readonly SplitPatient[], key: 'pictures' | 'lesions'): number =>
  list.reduce((total, p) => total + p[key], 0);

describe('the held-back patients', () => {
  it('hold a fifth of the pictures and two lesions at least, where there are so many', () => {
    fc.assert(
      fc.property(patients, (all) => {
        const names = heldBackPatients(all);
        const held = all.filter((p) => names.has(p.patient));
        expect(sum(held, 'pictures')).toBeGreaterThanOrEqual(
          defaultSplitRules.leastPictures * sum(all, 'pictures'),
        );
        expect(sum(held, 'lesions')).toBeGreaterThanOrEqual(
          Math.min(defaultSplitRules.leastLesions, sum(all, 'lesions')),
        );
        // Nobody whose hash is below the share learns.
        for (const p of all) if (p.place < defaultSplitRules.share) expect(names).toContain(p.patient);
      }),
      { seed: 7 },
    );
  });

  it('do not depend on the order, and stay held back when others come', () => {
    const some: SplitPatient[] = Array.from({ length: 30 }, (_, n) => ({
      patient: `p${n}`,
      place: ((n * 37) % 30) / 30,
      pictures: 2,
      lesions: 1,
    }));
    const early = heldBackPatients(some.slice(0, 20));
    expect(heldBackPatients(some.slice(0, 20).reverse())).toEqual(early);
    const later = heldBackPatients(some);
    for (const p of some.filter(({ place }) => place < defaultSplitRules.share).slice(0, 3)) {
      expect(later).toContain(p.patient);
    }
    expect(later.size / some.length).toBeCloseTo(0.25, 1);
  });
});
